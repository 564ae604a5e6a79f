package goldentest

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/helios-stream/helios/internal/refinterp"
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/connect/memory"
)

// zoneChanges are zones, each with a moment around which its clock changes.
var zoneChanges = []struct{ zone, at string }{
	{"Europe/Berlin", "2024-03-31T01:00:00Z"}, {"Europe/Berlin", "2024-10-27T01:00:00Z"},
	{"America/New_York", "2024-03-10T07:00:00Z"}, {"America/New_York", "2024-11-03T06:00:00Z"},
	{"Australia/Lord_Howe", "2024-04-06T15:00:00Z"}, {"Australia/Lord_Howe", "2024-10-05T15:30:00Z"},
	{"Asia/Kathmandu", "2024-02-01T00:00:00Z"}, {"America/Havana", "2024-11-03T05:00:00Z"}, {"Asia/Beirut", "2024-03-30T22:00:00Z"},
	{"Pacific/Apia", "2011-12-30T10:00:00Z"}, {"UTC", "2024-01-01T00:00:00Z"}, {"-03:30", "2024-01-01T00:00:00Z"},
}

// lateQuery is a random query over windows that wait for late rows, of days in a time zone.
type lateQuery struct {
	sql  string
	rows [][]ir.Value
}

func (g *gen) lateQuery() *lateQuery {
	z := zoneChanges[g.r.IntN(len(zoneChanges))]
	around, _ := time.Parse(time.RFC3339, z.at)
	q := &lateQuery{}
	now := around.UnixMicro() - 60*3600*1e6
	for range 20 + g.r.IntN(120) {
		now += g.r.Int64N(3*3600*1e3) * 1e3 * int64(g.r.IntN(2))
		at := now
		if g.chance(30) {
			at -= g.r.Int64N(40*3600*1e3) * 1e3
		}
		if g.chance(20) {
			at -= at % (1800 * 1e6) // the bounds of windows
		}
		q.rows = append(q.rows, []ir.Value{at, g.pick("a", "b", "c"), g.r.Int64N(100)})
	}
	window := g.pick(
		"TUMBLE(TABLE t, DESCRIPTOR(at), INTERVAL '1' DAY)",
		"TUMBLE(TABLE t, DESCRIPTOR(at), INTERVAL '1' DAY, INTERVAL '6' HOUR)",
		"TUMBLE(TABLE t, DESCRIPTOR(at), INTERVAL '7' DAY)",
		"TUMBLE(TABLE t, DESCRIPTOR(at), INTERVAL '1' HOUR)",
		"HOP(TABLE t, DESCRIPTOR(at), INTERVAL '1' HOUR, INTERVAL '1' DAY)",
		"HOP(TABLE t, DESCRIPTOR(at), INTERVAL '30' MINUTE, INTERVAL '1' DAY)",
		"HOP(TABLE t, DESCRIPTOR(at), INTERVAL '1' DAY, INTERVAL '2' DAY)",
		"HOP(TABLE t, DESCRIPTOR(at), INTERVAL '7' HOUR, INTERVAL '1' DAY)",
		"CUMULATE(TABLE t, DESCRIPTOR(at), INTERVAL '2' HOUR, INTERVAL '1' DAY)",
		"CUMULATE(TABLE t, DESCRIPTOR(at), INTERVAL '30' MINUTE, INTERVAL '1' DAY)",
		"SESSION(TABLE t PARTITION BY k, DESCRIPTOR(at), INTERVAL '3' HOUR)",
		"SESSION(TABLE t PARTITION BY k, DESCRIPTOR(at), INTERVAL '40' MINUTE)")
	emit := ""
	if g.chance(30) {
		emit = " EMIT EVERY INTERVAL '10' SECOND"
	}
	q.sql = fmt.Sprintf("SET 'time.zone' = '%s';\nSET 'allowed.lateness' = '%s';\n", z.zone, g.pick("0 s", "1 h", "10 h", "2 d")) +
		fmt.Sprintf("CREATE MAPPING t (at TIMESTAMP_LTZ(3), k VARCHAR, b BIGINT, WATERMARK FOR at AS at - INTERVAL '%s' HOUR) TYPE Memory;\n", g.pick("0", "1", "20")) +
		"SELECT window_start, window_end, k, COUNT(*) AS n, SUM(b) AS s, MAX(b) AS hi FROM TABLE(" + window + ") GROUP BY window_start, window_end, k" + g.pick("", " HAVING SUM(b) > 50") + emit + ";"
	return q
}

// TestDifferentialLateness holds windows of time zones that wait for late rows against the
// reference interpreter: given once, and as changes, of which what is left counts.
func TestDifferentialLateness(t *testing.T) {
	t.Parallel()
	until := time.Now().Add(longTime(t))
	for seed := uint64(1); seed <= 40 || time.Now().Before(until); seed++ {
		q := newGen(seed).lateQuery()
		for _, changes := range []bool{false, true} {
			if err := q.check(seed, changes); err != nil {
				t.Fatalf("seed %d, changes %t: %v\n%s", seed, changes, err, q.sql)
			}
		}
	}
}

func (q *lateQuery) check(seed uint64, changes bool) error {
	g := newGen(seed ^ 0x1A7E)
	v := variant{batch: []int{1, 3, 16, 1024}[g.r.IntN(4)], tasks: 1 + g.r.IntN(3), changes: changes}
	if g.chance(30) {
		v.disable = []string{"*"}
	}
	state := ""
	if g.chance(40) {
		v.kill = seed | 1
		if g.chance(50) {
			v.replan = []int{1 + g.r.IntN(3), 1 + g.r.IntN(3), 1}
		}
		dir, err := os.MkdirTemp(shm(), "heliosc-late-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		state = dir
	}
	e := newEngine(".", 0)
	c, err := e.compile(q.sql, v)
	if err != nil {
		return err
	}
	var table *ir.Table
	ir.EachScan(c.Logical.Sinks[0], func(s *ir.Scan, _ *ir.Watermark) { table = s.Table })
	src, err := memory.FromRows(table.Physical(), q.rows, memory.Cut{Splits: 1, UnitRows: 1 + g.r.IntN(40), BatchRows: 1 + g.r.IntN(20)})
	if err != nil {
		return err
	}
	e.mem.Put("t", src)
	if c, err = e.compile(q.sql, v); err != nil {
		return err
	}
	once, err := e.compile(q.sql, variant{batch: 1024, tasks: 1})
	if err != nil {
		return err
	}
	want, err := refinterp.Run(once.Logical, refinterp.ByName(map[string]refinterp.Table{"t": {Splits: [][][]ir.Value{q.rows}}}))
	if err != nil {
		return err
	}
	out, err := e.run(c, v, state)
	if err != nil {
		return fmt.Errorf("%s: %w", v, err)
	}
	if msg := differ(newResult(want[0].Schema, want[0].Rows), out.selects[0], false); msg != "" {
		return fmt.Errorf("%s: %s\n%s", v, msg, ir.PrintPlan(c.Plan))
	}
	return nil
}
