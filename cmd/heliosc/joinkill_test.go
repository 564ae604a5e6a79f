package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// joinInputs writes two streams, orders, with lists of parts, and their fills: with late rows, with rows out
// of order, with NULL keys and ties, and with orders that nobody fills, and a table of
// items, where some are twice and others not at all.
func joinInputs(t *testing.T, dir string, seed int64) {
	t.Helper()
	r := rand.New(rand.NewSource(seed))
	at := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	clock := func(ts time.Time) string {
		switch r.Intn(40) {
		case 0:
			ts = ts.Add(-time.Duration(r.Intn(90_000)) * time.Millisecond) // late for some or for all
		case 1, 2:
			ts = ts.Add(-time.Duration(r.Intn(4_000)) * time.Millisecond) // out of order
		}
		return ts.Format("2006-01-02 15:04:05.000")
	}
	item := func() string {
		if r.Intn(30) == 0 {
			return "null"
		}
		return fmt.Sprintf(`"I%d"`, r.Intn(1_000))
	}
	parts := func() string {
		return []string{"null", "[]", "[1]", "[2,null,3]", "[3,3,1,2,4]"}[r.Intn(5)]
	}
	pad := strings.Repeat("x", 80)
	orders, fills := &bytes.Buffer{}, &bytes.Buffer{}
	for i := range 30_000 {
		at = at.Add(time.Duration(r.Intn(30)) * time.Millisecond)
		fmt.Fprintf(orders, `{"id":%d,"item":%s,"n":%d,"parts":%s,"pad":%q,"ts":%q}`+"\n", i, item(), r.Intn(100), parts(), pad, clock(at))
		if r.Intn(3) > 0 {
			fmt.Fprintf(fills, `{"id":%d,"item":%s,"n":%d,"pad":%q,"ts":%q}`+"\n", max(0, i-r.Intn(2_000)), item(), r.Intn(100), pad, clock(at))
		}
	}
	items := &strings.Builder{}
	for i := range 1_300 {
		fmt.Fprintf(items, `{"item":"I%d","name":"name %d"}`+"\n", i*3%970, i)
	}
	write(t, dir, "orders.ndjson", orders.String())
	write(t, dir, "fills.ndjson", fills.String())
	write(t, dir, "items.ndjson", items.String())
}

const (
	joinTables = `CREATE MAPPING orders (id BIGINT, item VARCHAR, n BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '3' SECOND)
    TYPE File OPTIONS ('path' = '${input}/orders.ndjson');
CREATE MAPPING fills (id BIGINT, item VARCHAR, n BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
    TYPE File OPTIONS ('path' = '${input}/fills.ndjson');
`
	// joinQuery has a join of each kind whose results are only added, and UNNEST.
	joinQuery = joinTables + `CREATE MAPPING items (item VARCHAR, name VARCHAR) TYPE File OPTIONS ('path' = '${input}/items.ndjson');
CREATE MAPPING timed (oid BIGINT, fid BIGINT, m BIGINT) TYPE File OPTIONS ('path' = 'timed/', 'format' = 'parquet', 'roll.interval' = '70ms');
CREATE MAPPING pairs (ws TIMESTAMP(3), oid BIGINT, fid BIGINT) TYPE File OPTIONS ('path' = 'pairs.ndjson');
CREATE MAPPING totals (ws TIMESTAMP(3), item VARCHAR, c BIGINT, m BIGINT) TYPE File OPTIONS ('path' = 'totals.ndjson');
CREATE MAPPING filled (oid BIGINT, fid BIGINT) TYPE File OPTIONS ('path' = 'filled/', 'format' = 'parquet', 'roll.rows' = '5000');
CREATE MAPPING named (oid BIGINT, name VARCHAR) TYPE File OPTIONS ('path' = 'named/', 'format' = 'ndjson', 'roll.rows' = '3000');
CREATE MAPPING prices (item VARCHAR, n BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND, PRIMARY KEY (item) NOT ENFORCED)
    TYPE File OPTIONS ('path' = '${input}/fills.ndjson');
CREATE MAPPING lists (id BIGINT, parts ARRAY<BIGINT>, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '3' SECOND) TYPE File OPTIONS ('path' = '${input}/orders.ndjson');
CREATE MAPPING priced (oid BIGINT, price BIGINT) TYPE File OPTIONS ('path' = 'priced/', 'format' = 'parquet', 'roll.rows' = '4000');
CREATE MAPPING parted (oid BIGINT, part BIGINT, place BIGINT) TYPE File OPTIONS ('path' = 'parted/', 'format' = 'parquet', 'roll.interval' = '50ms');
CREATE MAPPING perpart (ws TIMESTAMP(3), part BIGINT, c BIGINT) TYPE File OPTIONS ('path' = 'perpart.ndjson');
CREATE VIEW unnested AS SELECT id, ts, part, place FROM lists LEFT JOIN UNNEST(parts) WITH ORDINALITY AS u (part, place) ON TRUE;
INSERT INTO priced SELECT o.id, p.n FROM orders AS o LEFT JOIN prices FOR SYSTEM_TIME AS OF o.ts AS p ON o.item = p.item;
INSERT INTO parted SELECT id, part, place FROM unnested WHERE id > 100;
INSERT INTO perpart SELECT window_start, part, COUNT(*) FROM TABLE(TUMBLE(TABLE unnested, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, part;
INSERT INTO timed SELECT o.id, f.id, o.n + f.n FROM orders AS o FULL JOIN fills AS f
    ON o.item = f.item AND f.ts BETWEEN o.ts - INTERVAL '1' SECOND AND o.ts + INTERVAL '2' SECOND AND o.n < f.n;
INSERT INTO pairs SELECT o.window_start, o.id, f.id
    FROM (SELECT * FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '4' SECOND))) AS o
    LEFT JOIN (SELECT * FROM TABLE(TUMBLE(TABLE fills, DESCRIPTOR(ts), INTERVAL '4' SECOND))) AS f
    ON o.window_start = f.window_start AND o.window_end = f.window_end AND o.item = f.item;
INSERT INTO totals SELECT window_start, item, COUNT(*), SUM(m) FROM TABLE(TUMBLE((
        SELECT o.item, o.ts, f.n AS m FROM orders AS o LEFT JOIN fills AS f ON o.id = f.id AND f.ts BETWEEN o.ts AND o.ts + INTERVAL '20' SECOND
    ), DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, item;
INSERT INTO filled SELECT o.id, f.id FROM orders AS o FULL JOIN fills AS f ON o.id = f.id;
INSERT INTO named SELECT o.id, i.name FROM orders AS o LEFT JOIN items AS i ON o.item = i.item WHERE o.n < 30;
`
	// changingTotals and changingPairs have a join that gives outer rows and takes them
	// back.
	changingTotals = joinTables + `SELECT item, COUNT(*) AS c, COUNT(fid) AS f, SUM(m) AS s FROM (
    SELECT o.item, f.id AS fid, o.n * f.n AS m FROM orders AS o FULL JOIN fills AS f ON o.id = f.id AND o.n < f.n
) GROUP BY item;
`
	changingPairs = joinTables + `SELECT o.id AS oid, f.id AS fid, f.n FROM orders AS o LEFT JOIN fills AS f ON o.id = f.id AND o.n < f.n WHERE o.n < 40;
`
)

func joinArgs(input string, tasks int, more ...string) []string {
	return append([]string{"run", "q.sql", "-D", "input=" + input, "--quiet", "--parallelism", fmt.Sprint(tasks),
		"--checkpoint-dir", "state", "--checkpoint-interval", "10ms"}, more...)
}

// TestKillJoins kills the process at random instants while it joins streams, starts it
// again, and compares what its sinks hold in the end with an undisturbed run's.
func TestKillJoins(t *testing.T) {
	killUntilEqual(t, joinQuery, func(dir string) []string {
		return readBack(t, dir,
			`CREATE MAPPING r TYPE File OPTIONS ('path' = 'timed/*.parquet'); SELECT 'timed', * FROM r;`,
			`CREATE MAPPING r (ws VARCHAR, oid BIGINT, fid BIGINT) TYPE File OPTIONS ('path' = 'pairs.ndjson'); SELECT 'pairs', * FROM r;`,
			`CREATE MAPPING r (ws VARCHAR, item VARCHAR, c BIGINT, m BIGINT) TYPE File OPTIONS ('path' = 'totals.ndjson'); SELECT 'totals', * FROM r;`,
			`CREATE MAPPING r TYPE File OPTIONS ('path' = 'filled/*.parquet'); SELECT 'filled', * FROM r;`,
			`CREATE MAPPING r (oid BIGINT, name VARCHAR) TYPE File OPTIONS ('path' = 'named/*.ndjson'); SELECT 'named', * FROM r;`,
			`CREATE MAPPING r TYPE File OPTIONS ('path' = 'priced/*.parquet'); SELECT 'priced', * FROM r;`,
			`CREATE MAPPING r TYPE File OPTIONS ('path' = 'parted/*.parquet'); SELECT 'parted', * FROM r;`,
			`CREATE MAPPING r (ws VARCHAR, part BIGINT, c BIGINT) TYPE File OPTIONS ('path' = 'perpart.ndjson'); SELECT 'perpart', * FROM r;`)
	})
}

// nexmarkQuery is queries 4 and 9 of Nexmark, into files.
const nexmarkQuery = `CREATE MAPPING auction (id BIGINT, "dateTime" TIMESTAMP(3), expires TIMESTAMP(3), seller BIGINT, category BIGINT,
    WATERMARK FOR "dateTime" AS "dateTime" - INTERVAL '4' SECOND) TYPE Nexmark OPTIONS ('table' = 'auction', 'events' = '${events}');
CREATE MAPPING bid (auction BIGINT, bidder BIGINT, price BIGINT, "dateTime" TIMESTAMP(3), extra VARCHAR,
    WATERMARK FOR "dateTime" AS "dateTime" - INTERVAL '4' SECOND) TYPE Nexmark OPTIONS ('table' = 'bid', 'events' = '${events}');
CREATE MAPPING means (category BIGINT, mean DOUBLE) TYPE File OPTIONS ('path' = 'means.ndjson');
CREATE MAPPING winners (id BIGINT, seller BIGINT, bidder BIGINT, price BIGINT, at TIMESTAMP(3), extra VARCHAR) TYPE File OPTIONS ('path' = 'winners/', 'format' = 'parquet');
INSERT INTO means SELECT category, AVG(final) FROM (
    SELECT a.id, a.category, MAX(b.price) AS final FROM auction AS a
    JOIN bid AS b ON b.auction = a.id AND b."dateTime" BETWEEN a."dateTime" AND a.expires GROUP BY a.id, a.category
) GROUP BY category;
INSERT INTO winners SELECT id, seller, bidder, price, "at", extra FROM (
    SELECT a.*, b.bidder, b.price, b."dateTime" AS "at", b.extra, ROW_NUMBER() OVER (PARTITION BY a.id ORDER BY b.price DESC, b."dateTime") AS place
    FROM auction AS a JOIN bid AS b ON b.auction = a.id AND b."dateTime" BETWEEN a."dateTime" AND a.expires
) WHERE place = 1;
`

// TestKillNexmark does the same with queries whose join feeds aggregates and ranks.
func TestKillNexmark(t *testing.T) {
	killUntilEqual(t, strings.ReplaceAll(nexmarkQuery, "${events}", "150000"), func(dir string) []string {
		return readBack(t, dir,
			`CREATE MAPPING r (category BIGINT, mean DOUBLE) TYPE File OPTIONS ('path' = 'means.ndjson'); SELECT 'means', * FROM r;`,
			`CREATE MAPPING r TYPE File OPTIONS ('path' = 'winners/*.parquet'); SELECT 'winners', * FROM r;`)
	})
}

// killUntilEqual kills runs of the query until it was killed often enough, and compares
// the results of each with those of an undisturbed run.
func killUntilEqual(t *testing.T, query string, results func(dir string) []string) {
	t.Helper()
	seed := time.Now().UnixNano()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewSource(seed))
	base := t.TempDir()
	joinInputs(t, base, seed)
	calm := newFolder(t, base, "calm", query)
	begin := time.Now()
	if out, errs, code := heliosc(t, calm, joinArgs(base, 2)...); code != 0 {
		t.Fatalf("undisturbed run: exit %d\n%s%s", code, out, errs)
	}
	whole := time.Since(begin)
	want := results(calm)
	t.Logf("undisturbed run: %v, %d rows", whole, len(want))
	if len(want) < 1000 {
		t.Fatal("too few rows")
	}
	for round, kills := 0, 0; kills < wantKills; round++ {
		dir := newFolder(t, base, fmt.Sprint("round", round), query)
		n, _ := killRound(t, r, dir, whole, func(tasks int) []string { return joinArgs(base, tasks) }, nil)
		kills += n
		if n == 0 {
			whole = whole * 3 / 4 // it is faster than it was when nobody disturbed it
		}
		t.Logf("round %d: %d kills", round, n)
		if got := results(dir); !slices.Equal(got, want) {
			t.Fatalf("after %d kills the results differ: %s", kills, firstDifference(got, want))
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
}

// TestKillChanging kills the process while it prints the changes of a regular join, which
// it never prints twice: what they come to is what is left without a kill, unless
// the restart says that rows may be lost.
func TestKillChanging(t *testing.T) {
	for name, query := range map[string]string{"pairs": changingPairs, "totals": changingTotals} {
		t.Run(name, func(t *testing.T) {
			seed := time.Now().UnixNano()
			t.Logf("seed %d", seed)
			r := rand.New(rand.NewSource(seed))
			base := t.TempDir()
			joinInputs(t, base, seed)
			calm := newFolder(t, base, "calm", query)
			args := func(tasks int) []string {
				return joinArgs(base, tasks, "--changelog", "ops", "--delivery", "at-most-once", "--format", "csv")
			}
			begin := time.Now()
			out, errs, code := heliosc(t, calm, args(2)...)
			if code != 0 {
				t.Fatalf("undisturbed run: exit %d\n%s", code, errs)
			}
			whole := time.Since(begin)
			want := newChanges()
			want.add(t, []byte(out))
			t.Logf("undisturbed run: %v, %d changes, %d rows are left", whole, want.n, len(want.rows))
			for round, kills := 0, 0; kills < wantKills; round++ {
				dir := newFolder(t, base, fmt.Sprint("round", round), query)
				got, lost := newChanges(), 0
				n, _ := killRound(t, r, dir, whole, args, func(out, errs []byte) {
					got.add(t, out)
					lost += saidLost(errs)
				})
				t.Logf("round %d: %d kills, %d changes, %d may be lost", round, n, got.n, lost)
				if n == 0 {
					whole = whole * 3 / 4
				}
				diff, missing := got.minus(want)
				if lost == 0 {
					kills += n // else one was between a checkpoint and its rows
				}
				if missing > lost {
					t.Fatalf("after %d kills %d rows differ by %d changes, and %d may be lost: %v", n, len(diff), missing, lost, diff[:min(len(diff), 10)])
				}
			}
		})
	}
}

// changes is what a changelog comes to: how often each row is there.
type changes struct {
	rows map[string]int
	n    int
}

func newChanges() *changes { return &changes{rows: map[string]int{}} }

// add takes the changes that one start has printed. A line that the kill has cut is none.
func (c *changes) add(t *testing.T, text []byte) {
	t.Helper()
	text = text[:bytes.LastIndexByte(text, '\n')+1]
	lines, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Errorf("%v in %q", err, text)
	}
	for _, l := range lines {
		by := map[string]int{"+I": 1, "+U": 1, "-U": -1, "-D": -1}[l[0]]
		if by == 0 {
			continue // the header
		}
		c.n++
		row := strings.Join(l[1:], ",")
		if c.rows[row] += by; c.rows[row] == 0 {
			delete(c.rows, row)
		}
	}
}

// minus lists the rows that are not as often in c as in other, and counts by how many changes
// they differ at least.
func (c *changes) minus(other *changes) (diff []string, changes int) {
	differ := func(row string, has, want int) {
		if has != want {
			diff = append(diff, fmt.Sprintf("%s: %d times, not %d", row, has, want))
			changes += max(has-want, want-has)
		}
	}
	for row, n := range c.rows {
		differ(row, n, other.rows[row])
	}
	for row, n := range other.rows {
		if _, ok := c.rows[row]; !ok {
			differ(row, 0, n)
		}
	}
	return diff, changes
}
