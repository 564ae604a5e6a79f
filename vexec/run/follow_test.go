package run

import (
	"testing"

	"github.com/helios-stream/helios/ir"
)

func TestIdleMembersFollow(t *testing.T) {
	m := &meeting{floor: ir.MinMicros}
	a, b, c := m.join(), m.join(), m.join()
	woken := 0
	c.wake = func() { woken++ }
	check := func(what string, x *member, wm ir.Micros, idle bool, want ir.Micros) {
		t.Helper()
		before := m.floor
		floor, grown := x.say(wm, idle)
		if floor != want || grown != (floor > before) {
			t.Errorf("%s: follow %d (%v), want %d", what, int64(floor), grown, int64(want))
		}
	}
	check("others have not begun", a, 100, false, ir.MinMicros)
	check("one has not begun", b, 50, false, ir.MinMicros)
	check("it has no rows", c, ir.MinMicros, true, 50)
	check("the slower of those that live", b, 70, false, 70)
	if woken != 2 {
		t.Errorf("woken %d times, want 2", woken)
	}
	check("what wakes behind holds back from where it joins", c, 70, false, 70)
	check("others go on", b, 200, false, 70)
	check("until it has gone on", c, 90, false, 90)
	check("one is idle", b, 200, true, 90)
	check("two are", c, 90, true, 100)
	check("all are: the greatest", a, 100, true, 200)
	check("nothing moves", b, 200, true, 200)
	check("one has ended", a, ir.MaxMicros, false, 200)
	check("and one lives", b, 250, false, 250)
	check("an end counts with what it had", b, ir.MaxMicros, false, 250)
	var none *member
	if floor, grown := none.say(7, true); floor != ir.MinMicros || grown {
		t.Error("a relation that meets no other follows", floor)
	}
}

// Which of them is idle first makes no difference.
func TestOrderOfIdling(t *testing.T) {
	for _, first := range []int{0, 1} {
		m := &meeting{floor: ir.MinMicros}
		x := []*member{m.join(), m.join()}
		wms := []ir.Micros{50, 100}
		x[0].say(50, false)
		x[1].say(100, false)
		x[first].say(wms[first], true)
		if floor, _ := x[1-first].say(wms[1-first], true); floor != 100 {
			t.Errorf("%d first: %d", first, int64(floor))
		}
	}
}
