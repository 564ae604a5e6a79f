package run

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// A load that is being read anew when the run comes to its end has not been read: neither
// the run's good end nor the warning about it is the reading's.
func TestTheEndOfTheRunIsNoEndOfAReading(t *testing.T) {
	dir := fastDir(t)
	for _, unasked := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			w, first := loadWorld(randomRows(rng(1), 100, 0, false), dimRows(9, 100))
			w.src.lazy, w.src.hold = true, true
			stop := make(chan struct{})
			w.cfg.Stop = stop
			reads, events := 0, w.cfg.Source
			w.cfg.Source = func(x *ir.Table) (vexec.Source, error) {
				if x.Name != "dim" {
					return events(x)
				}
				if reads++; reads == 1 {
					return first, nil
				}
				close(stop)
				return &rowSource{splits: [][]row{dimRows(9, 200)}, unit: 2, batch: 2, lazy: true, hold: true}, nil
			}
			l := loadOf(1, "dim", 2)
			l.Reload = 100_000
			plan := lookupPlan(l, 1)
			if unasked { // the last checkpoint waits for keys that nobody answers for
				w.cfg.Dir = dir
				w.cfg.Lookup = func(*ir.Table) (vexec.Lookup, error) {
					return &slowLookup{most: 1, find: func(ctx context.Context, _, _ *vexec.Batch) error {
						<-ctx.Done()
						return ctx.Err()
					}}, nil
				}
				by := byKeyPlan(1)
				for _, s := range by.Stages { // its scan is that of the other part
					s.ID += 10
					for i := range s.In {
						s.In[i].From += 10
					}
				}
				plan.Stages = append(plan.Stages, by.Stages...)
			}
			var warned []string
			w.cfg.Warn = func(text string) { warned = append(warned, text) }
			s, err := Run(t.Context(), plan, w.cfg)
			if err != nil {
				t.Fatal(err)
			}
			got := s.Loads[0]
			if reads != 2 || got.Reads != 1 || got.Rows != 9 || got.Failed != 0 || !s.Stopped {
				t.Errorf("unasked %t: begun %d times, %+v", unasked, reads, got)
			}
			if text := strings.Join(warned, "\n"); strings.Contains(text, "looked up") != unasked || len(warned) > 1 {
				t.Errorf("unasked %t: %d warnings: %s", unasked, len(warned), fmt.Sprint(warned))
			}
		})
	}
}
