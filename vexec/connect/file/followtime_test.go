//go:build unix

package file

import (
	"fmt"
	"testing"
	"time"
)

// Looks and restarts take time by the number of files, not by its square: for five times
// as many logs, of which half were rotated since the checkpoint, about five times as long.
// The processor's time is compared, of which others on the machine take none, and the best
// of many tries counts.
func TestFollowTakesTimeByLogs(t *testing.T) {
	steps := []string{"a restart", "the first look", "another look"}
	var best [2][3]time.Duration
	var of [2]*manyLogs
	for i, n := range []int{200, 1000} {
		of[i] = newManyLogs(t, n)
		of[i].checkpoint()
		of[i].rotate(n / 2)
	}
	slow := ""
	for range 30 {
		for i, m := range of {
			m.close()
			for step, f := range []func(){m.start, func() { m.look(t) }, func() { m.look(t) }} {
				begin := cpuTime(t)
				f()
				if took := cpuTime(t) - begin; best[i][step] == 0 || took < best[i][step] {
					best[i][step] = took
				}
			}
		}
		slow = ""
		for step, what := range steps {
			if best[1][step] > 14*max(best[0][step], 5*time.Millisecond) { // 5 times as many; their square is 25
				slow += fmt.Sprintf("%s takes %v with 200 logs and %v with 1000\n", what, best[0][step], best[1][step])
			}
		}
		if slow == "" {
			t.Logf("%v", best)
			return
		}
	}
	t.Error(slow)
}
