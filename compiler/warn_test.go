package compiler_test

import (
	"strings"
	"testing"

	"github.com/helios-stream/helios/compiler"
)

// stuck is a query whose watermark stands still.
const stuck = `CREATE MAPPING u (id BIGINT, ts AS TIMESTAMP '2024-01-01 00:00:00', WATERMARK FOR ts AS ts) TYPE Generator;
CREATE VIEW v AS SELECT window_start, id, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE u, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, id;
SELECT n FROM v UNION ALL SELECT id FROM v;
SELECT * FROM v;`

// TestGrowingState holds that state that nothing frees is said once, where it is made,
// and that StrictState makes an error of it.
func TestGrowingState(t *testing.T) {
	c, messages := compile(t, stuck, compiler.Options{})
	if c == nil || len(c.Warnings) != 1 {
		t.Fatal(messages)
	}
	want := "q.sql:2:131: warning[H0401]: this keeps more and more the longer it runs: the groups by window_start, id of each open window; " +
		"nothing frees it: the event time `ts` is the same for all rows, so the watermark stands still\n"
	if !strings.HasPrefix(messages, want) {
		t.Errorf("got:\n%s\nwant:\n%s", messages, want)
	}
	if c, messages := compile(t, stuck, compiler.Options{StrictState: true, NoWarn: []string{"H0401"}}); c != nil || !strings.Contains(messages, "error[H0401]") {
		t.Errorf("with StrictState:\n%s", messages)
	}
	if c, messages := compile(t, stuck, compiler.Options{NoWarn: []string{"H0401"}}); c == nil || messages != "" {
		t.Errorf("with NoWarn:\n%s", messages)
	}
	bounded := strings.Replace(stuck, "TYPE Generator", "TYPE File OPTIONS ('path' = 'x')", 1)
	if c, messages := compile(t, bounded, compiler.Options{StrictState: true}); c == nil || messages != "" {
		t.Errorf("over a file, which ends:\n%s", messages)
	}
	moving := strings.Replace(stuck, "ts AS TIMESTAMP '2024-01-01 00:00:00'", "ts TIMESTAMP", 1)
	if c, messages := compile(t, moving, compiler.Options{StrictState: true}); c == nil || messages != "" {
		t.Errorf("with an event time that grows:\n%s", messages)
	}
}

// unending is a stream for queries whose state grows.
const unending = "CREATE MAPPING u (k VARCHAR, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) TYPE Generator;\n"

// TestGrowingStateOf holds what is said of state that grows: what it is, and what would bound it,
// which it does when it is done.
func TestGrowingStateOf(t *testing.T) {
	const (
		ttl  = "SET 'state.ttl' = '1 h'"
		span = "RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW"
	)
	f := func(final bool, query, state, fixes string, followed ...string) {
		t.Helper()
		o := compiler.Options{}
		if final {
			o.Changelog = "final"
		}
		c, messages := compile(t, unending+query, o)
		if c == nil || len(c.Warnings) != 1 || !strings.Contains(messages, "the longer it runs: "+state) || !strings.Contains(messages, "help: "+fixes) {
			t.Errorf("%s\n%s", query, messages)
		}
		o.StrictState = true
		for _, q := range followed {
			if ops, is := strings.CutPrefix(q, "ops: "); is {
				q, o.Changelog = ops, "ops"
			}
			if c, messages := compile(t, unending+q, o); c == nil || messages != "" {
				t.Errorf("followed: %s\n%s", q, messages)
			}
		}
	}
	f(false, "SELECT COUNT(*) OVER (PARTITION BY k ORDER BY ts) FROM u", "the rows that the watermark has not passed, those in the frames that have a start, and totals of each k; one that gets no more rows keeps its last ones",
		"look back over a span of time alone: "+span+"; or have partitions forgotten that get no more rows: "+ttl,
		"SELECT COUNT(*) OVER (PARTITION BY k ORDER BY ts "+span+") FROM u", ttl+"; SELECT COUNT(*) OVER (PARTITION BY k ORDER BY ts) FROM u")
	f(false, "SELECT LAG(v) OVER (PARTITION BY v, k ORDER BY ts) FROM u", "the rows that the watermark has not passed, and those in the frames of each v, k", "have partitions forgotten that get no more rows: "+ttl,
		ttl+"; SELECT LAG(v) OVER (PARTITION BY v, k ORDER BY ts) FROM u", "SELECT /*+ STATE_TTL('u' = '1 h') */ LAG(v) OVER (PARTITION BY v, k ORDER BY ts) FROM u")
	f(false, "SELECT SUM(v) OVER (PARTITION BY k ORDER BY ts ROWS BETWEEN 9 PRECEDING AND CURRENT ROW) FROM u", "the rows that the watermark has not passed, and those in the frames of each k", "look back over a span")
	f(false, ttl+"; SELECT COUNT(DISTINCT v) OVER (ORDER BY ts) FROM u", "the rows that the watermark has not passed, and those in the frames, with all values that COUNT(DISTINCT v) is made of, since the first row",
		"look back over a span of time alone: "+span+"\n", "SELECT COUNT(DISTINCT v) OVER (ORDER BY ts "+span+") FROM u")
	f(false, ttl+"; SELECT ARRAY_AGG(v) FROM u", "one group, with all values that ARRAY_AGG(v) is made of; ", "group by a window too, whose groups are freed when it closes: TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE))\n",
		"SELECT ARRAY_AGG(v) FROM TABLE(TUMBLE(TABLE u, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start")
	f(false, ttl+"; SELECT MAX(n) FROM (SELECT k, COUNT(*) AS n FROM u GROUP BY k)", "one group, with all values that MAX(n) is made of; ", "take rows that stay as they are")
	f(false, ttl+"; SELECT k, COUNT(*) AS n FROM u GROUP BY k ORDER BY n DESC LIMIT 2", "all rows, as they may be taken back; the input never ends",
		"rank within windows, whose rows are freed when they close: PARTITION BY window_start, window_end, ... over TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE))\n",
		"SELECT k, n FROM (SELECT window_start, window_end, k, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE u, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end, k) QUALIFY ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY n DESC) <= 2")
	group, first := ttl+"; SELECT k, COUNT(*) AS n FROM u GROUP BY k", ttl+"; SELECT v FROM u QUALIFY ROW_NUMBER() OVER (PARTITION BY k ORDER BY v) = 1"
	f(true, group, "a group for each value of k; all are kept to be shown when the run is stopped", "group by a window too", "ops: "+group)
	f(true, first, "the first 1 row of each k; all are kept to be shown when the run is stopped", "rank within windows", "ops: "+first)
	for _, q := range []string{"SUM(v) OVER (ORDER BY ts)", "SUM(v) OVER (ORDER BY ts ROWS BETWEEN 9 PRECEDING AND CURRENT ROW), LAG(v) OVER (ORDER BY ts)", "COUNT(*), SUM(v), MAX(v), APPROX_COUNT_DISTINCT(k)", "COUNT(DISTINCT v) OVER (PARTITION BY k ORDER BY ts " + span + ")"} {
		if c, messages := compile(t, unending+"SELECT "+q+" FROM u", compiler.Options{StrictState: true}); c == nil || messages != "" {
			t.Errorf("%s\n%s", q, messages)
		}
	}
}

func TestNoWarnCodes(t *testing.T) {
	f := func(code, want string) {
		t.Helper()
		if c, messages := compile(t, "SELECT 1 AS a", compiler.Options{NoWarn: []string{code}}); (c == nil) != (want != "") || !strings.Contains(messages, want) {
			t.Errorf("%s: %s", code, messages)
		}
	}
	f("H0404", "")
	f("H0116", "")
	f("H0202", "error[H0303]: H0202 is an error, not a warning")
	f("H9999", `error[H0303]: there is no warning "H9999"`)
	f("unused", `there is no warning "unused"`)
}

// TestUnused holds when a mapping or view is not missed.
func TestUnused(t *testing.T) {
	const u, v = "CREATE MAPPING u (id BIGINT) TYPE Generator;", "CREATE VIEW v AS SELECT id FROM u;"
	f := func(want string, files ...string) {
		t.Helper()
		var list []compiler.File
		for i, text := range files {
			list = append(list, compiler.File{Name: string(rune('a'+i)) + ".sql", Text: text})
		}
		c, diags := compiler.Compile(t.Context(), list, testEnv(), compiler.Options{})
		if c == nil || !strings.Contains(diags.Error(), want) || want == "" && len(diags) > 0 {
			t.Errorf("%q: %s", files, diags.Error())
		}
	}
	f("no statement uses the view `v`", u+v+"SELECT id FROM u")
	f("no statement uses the mapping `u`", u+"SELECT 1 AS a")
	f("", u+v)
	f("", u+v, "SELECT 1 AS a")
	f("", u+v+"SELECT id FROM v")
	f("no statement uses the view `v`", u, v+"SELECT id FROM u")
	f("", u+v+"DROP VIEW v; SELECT id FROM u")
	f("", u+"CREATE MAPPING o (id BIGINT) TYPE Print; INSERT INTO o SELECT id FROM u")
	f("", u+"CREATE OR REPLACE MAPPING u (id BIGINT) TYPE Generator; SELECT id FROM u")
}

// TestCrossProduct holds which joins are said to be products. Joins themselves are
// refused: the warning stands beside that.
func TestCrossProduct(t *testing.T) {
	const setup = "CREATE MAPPING a (id BIGINT, x BIGINT) TYPE Generator; CREATE MAPPING b (id BIGINT, y BIGINT) TYPE Generator; CREATE MAPPING c (id BIGINT) TYPE Generator;\n"
	f := func(from, want string) {
		t.Helper()
		_, messages := compile(t, setup+"SELECT a.id FROM "+from, compiler.Options{})
		if got := strings.Contains(messages, "warning[H0402]"); got != (want != "") || !strings.Contains(messages, want) {
			t.Errorf("%s:\n%s", from, messages)
		}
	}
	f("a, b", "no condition relates `b` to `a`")
	f("a AS l, a AS r WHERE l.id > 5 AND r.x = 3", "no condition relates `r` to `l`")
	f("a JOIN b ON a.id = 5", "no condition relates `b` to `a`")
	f("a LEFT JOIN b ON TRUE", "no condition relates `b` to `a`")
	f("a, b, c WHERE a.id = b.id", "no condition relates `c` to `a`")
	f("a, b WHERE a.id = b.id", "")
	f("a JOIN b ON a.id = b.id", "")
	f("a JOIN b USING (id)", "")
	f("a NATURAL JOIN b", "")
	f("a CROSS JOIN b", "")
	f("a, b WHERE x = y", "")
	f("a, b WHERE a.id IN (SELECT id FROM c WHERE c.id = b.id)", "")
	f("a, b, c WHERE a.id = c.id AND c.id = b.id", "")
	f("a, b JOIN c ON b.id = c.id WHERE a.id = c.id", "")
	f("a CROSS JOIN UNNEST(a.x) AS t(v)", "")
	f("a, UNNEST(a.x) AS t(v)", "")
	f("a, LATERAL (SELECT y FROM b WHERE b.id = a.id) AS l", "")
}
