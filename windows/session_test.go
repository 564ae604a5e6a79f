package windows

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helios-stream/helios/ir"
)

// plainSession is what Sessions is held against: the rows of a session, looked at one by one.
type plainSession struct {
	key         uint32
	start, last int64
	rows        []int
}

// plainSessions puts rows into sessions as the definition says.
func plainSessions(gap int64, rows []sessionRow) (all []string, late []int) {
	var open, out []plainSession
	for i, r := range rows {
		var rest []plainSession
		x := plainSession{r.key, r.t, r.t, []int{i}}
		joins := false
		for _, s := range open {
			switch {
			case s.key == r.key && r.behind && s.last+gap <= r.wm:
				out = append(out, s)
			case s.key == r.key && s.start-gap <= r.t && r.t <= s.last+gap:
				x.start, x.last, x.rows, joins = min(x.start, s.start), max(x.last, s.last), append(x.rows, s.rows...), true
			default:
				rest = append(rest, s)
			}
		}
		if open = rest; !joins && r.behind && r.t+gap <= r.wm {
			late = append(late, i)
			continue
		}
		open = append(open, x)
	}
	for _, s := range append(out, open...) {
		slices.Sort(s.rows)
		all = append(all, fmt.Sprint(s.key, s.start, s.last+gap, s.rows))
	}
	slices.Sort(all)
	return all, late
}

type sessionRow struct {
	key    uint32
	t, wm  int64
	behind bool
}

func TestSessionsAgainstTheDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	lates, merges := 0, 0
	for range 3000 {
		gap, lag := 1+r.Int64N(8), r.Int64N(12)
		var rows []sessionRow
		greatest := int64(-50)
		for range r.IntN(40) {
			x := sessionRow{key: uint32(r.IntN(3)), t: greatest + r.Int64N(8) - r.Int64N(20)*int64(r.IntN(2)), wm: greatest - lag}
			x.behind = len(rows) > 0 && x.t < x.wm
			rows = append(rows, x)
			greatest = max(greatest, x.t)
		}
		want, wantLate := plainSessions(gap, rows)
		s := NewSessions(gap, 0)
		var got []string
		var late []int
		of := map[int32][]int{}
		take := func() {
			for _, m := range s.TakeMerged() {
				of[m.To] = append(of[m.To], of[m.From]...)
				merges++
			}
			for _, n := range s.TakeClosed() {
				slices.Sort(of[n])
				got = append(got, fmt.Sprint(s.At(n).Key, s.At(n).Start, s.End(n), of[n]))
			}
		}
		for i, x := range rows {
			mark := ir.MinMicros
			if x.behind {
				mark = ir.Micros(x.wm)
			}
			if n, ok := s.Put(x.key, x.t, mark); ok {
				of[n] = append(of[n], i)
			} else {
				late = append(late, i)
			}
			take()
			if i > 0 && r.IntN(4) == 0 { // watermarks that come or do not
				s.Close(ir.Micros(x.wm))
				take()
			}
			if r.IntN(10) == 0 {
				moved := map[int32][]int{}
				for n := range int32(s.Len()) {
					if s.At(n).Open {
						moved[int32(len(moved))] = of[n]
					}
				}
				of = moved
				s.Renumber(func(k uint32) uint32 { return k })
			}
		}
		s.Close(ir.MaxMicros)
		take()
		slices.Sort(got)
		if !slices.Equal(got, want) || !slices.Equal(late, wantLate) || s.Live() != 0 {
			t.Fatalf("gap %d, rows %v:\ngot  %v, late %v\nwant %v, late %v", gap, rows, got, late, want, wantLate)
		}
		lates += len(late)
	}
	if lates < 1000 || merges < 500 {
		t.Errorf("only %d late rows and %d merges", lates, merges)
	}
}

func TestSessionsBound(t *testing.T) {
	s := NewSessions(10, 2)
	put := func(key uint32, at int64) int32 {
		n, ok := s.Put(key, at, ir.MinMicros)
		if !ok {
			t.Fatalf("the row of %d at %d is late", key, at)
		}
		return n
	}
	a := put(0, 0)
	put(1, 5)
	put(0, 9)
	c := put(2, 9) // the session of 1 has been quiet for longest
	if got := slices.Clone(s.TakeClosed()); len(got) != 1 || s.At(got[0]).Key != 1 || s.Early() != 1 || s.Live() != 2 {
		t.Fatalf("closed %v, %d live", got, s.Live())
	}
	put(1, 10) // 0 and 2 are equally quiet: 0 began first
	if got := slices.Clone(s.TakeClosed()); len(got) != 1 || got[0] != a || !s.At(c).Open {
		t.Fatalf("closed %v", got)
	}
	far := put(0, 1000) // the only session of its key, and the oldest goes
	if s.At(c).Open || !s.At(far).Open || s.Live() != 2 {
		t.Fatalf("%d live", s.Live())
	}
}
