package run

import (
	"runtime"
	"testing"
)

// The last word of a task tells the coordinator two things, that it has passed the
// barrier and that it has nothing to say to later ones. Who could see the first without
// the second would begin an epoch that waits for the task for ever.
func TestLastWordIsHeardAtOnce(t *testing.T) {
	last := &task{}
	c := newCoordinator(&job{cfg: Config{Clock: systemClock{}}, tasks: []*task{last}})
	c.epoch = 1
	for range 20000 {
		clear(c.acks)
		clear(c.final)
		go c.ackLast(last, 1, &ack{token: []byte("x")})
		for done := false; !done; runtime.Gosched() {
			c.mu.Lock()
			passed, ended := c.acks[last] != nil, c.final[last] != nil
			c.mu.Unlock()
			if passed && !ended {
				t.Fatal("the task has passed the barrier and seems to go on")
			}
			done = passed
		}
	}
	if c.acks[last].token == nil || c.final[last].token != nil {
		t.Error("the token belongs to the epoch of the barrier alone")
	}
}
