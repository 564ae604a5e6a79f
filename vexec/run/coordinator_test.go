package run

import (
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/helios-stream/helios/ir"
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

// An epoch begins at once, though a scan that is reading learns of it later: meanwhile
// tasks end and others look on, and neither wait for the source.
func TestAnEpochBeginsWhileAScanReads(t *testing.T) {
	w := newWorld(&rowSource{splits: [][]row{randomRows(rng(1), 10, 0, false)}, unit: 10, batch: 10})
	j, err := newJob(context.Background(), passPlan(testTable(), 1, 0, 50, false, ir.Gather), w.cfg, true)
	if err != nil {
		t.Fatal(err)
	}
	defer j.close()
	j.scans[0].claims.Lock() // as if it read
	begun := make(chan struct{})
	go func() {
		j.coord.begin()
		close(begun)
	}()
	deadline := time.Now().Add(10 * time.Second)
	for seen := false; !seen; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Error("the coordinator is locked while it waits for a scan")
			break
		}
		if j.coord.mu.TryLock() {
			seen = j.coord.epoch == 1
			j.coord.mu.Unlock()
		}
	}
	j.scans[0].claims.Unlock()
	<-begun
	if j.scans[0].barrier != 1 {
		t.Error("the scan has not been told")
	}
}
