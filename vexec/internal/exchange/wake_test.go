package exchange

import (
	"testing"
	"testing/synctest"
)

// A receiver looks at what it may be woken for, finds nothing, asks for a message, and
// waits. Whoever wakes it in between comes too late for the look, so that the wake-up has
// to last until it waits; it ends one wait and no more.
func TestAWakeUpBeforeTheWaitIsNotLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := NewInbox([]Input{{Ports: 1}}, Limits{Rows: 10, Bytes: 1 << 20}, nil)
		waits := 0
		wait := func() {
			if err := in.Wait(); err != nil {
				t.Error(err)
			}
			waits++
		}
		in.Wake()
		if _, ok, err := in.Next(); ok || err != nil {
			t.Fatal("there is a message")
		}
		go wait()
		synctest.Wait()
		if waits != 1 {
			t.Error("the wake-up is lost")
			in.Wake()
			synctest.Wait()
		}
		go wait()
		synctest.Wait()
		if waits != 1 {
			t.Error("one wake-up has ended two waits")
			return
		}
		in.Wake()
		synctest.Wait()
		if waits != 2 {
			t.Error("a receiver that waits is not woken")
		}
	})
}
