package goldentest

import (
	"strings"
	"testing"
)

// TestStateNames holds that a run goes on from a checkpoint whose state is named by text
// that is not UTF-8, and that such text is no part of the name.
func TestStateNames(t *testing.T) {
	g := newGen(1)
	s := &scenario{splits: 1, precision: 3, rows: g.rows(60, 5_000_000, true, false)}
	s.lines = s.columns() + ", WATERMARK FOR ts AS ts - INTERVAL '5' SECOND"
	s.sql = "SELECT window_start, MAX(CAST(x'00FF' AS VARCHAR)) AS m FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '5' SECOND)) GROUP BY window_start, window_end;"
	for seed := range uint64(40) {
		if err := s.check(seed, nil); err != nil {
			t.Fatalf("seed %d: %s", seed, strings.ToValidUTF8(err.Error(), "?"))
		}
	}
}
