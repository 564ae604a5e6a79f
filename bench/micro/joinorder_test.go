package micro

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/helios-stream/helios"
)

// joinTables are made-up tables of known sizes.
const joinTables = `
CREATE MAPPING fact (id BIGINT, a BIGINT, b BIGINT, v BIGINT) TYPE Generator OPTIONS ('number-of-rows'='200000', 'fields.id.kind'='sequence',
  'fields.a.min'='0', 'fields.a.max'='999', 'fields.b.min'='0', 'fields.b.max'='9999', 'fields.v.min'='0', 'fields.v.max'='999');
CREATE MAPPING other (id BIGINT, fact BIGINT, v BIGINT) TYPE Generator OPTIONS ('number-of-rows'='400000', 'seed'='2', 'fields.id.kind'='sequence',
  'fields.fact.min'='0', 'fields.fact.max'='199999', 'fields.v.min'='0', 'fields.v.max'='999');
CREATE MAPPING a (id BIGINT, x BIGINT, PRIMARY KEY (id) NOT ENFORCED) TYPE Generator OPTIONS ('number-of-rows'='1000', 'fields.id.kind'='sequence', 'fields.x.min'='0', 'fields.x.max'='99');
CREATE MAPPING b (id BIGINT, x BIGINT, PRIMARY KEY (id) NOT ENFORCED) TYPE Generator OPTIONS ('number-of-rows'='10000', 'fields.id.kind'='sequence', 'fields.x.min'='0', 'fields.x.max'='99');
CREATE MAPPING c (id BIGINT, x BIGINT, PRIMARY KEY (id) NOT ENFORCED) TYPE Generator OPTIONS ('number-of-rows'='100', 'fields.id.kind'='sequence', 'fields.x.min'='0', 'fields.x.max'='9');
`

// timedTables are made-up streams in the order of time, a day long.
const timedTables = `
CREATE MAPPING views_in (u BIGINT, p BIGINT, ts TIMESTAMP(3)) TYPE Generator OPTIONS ('number-of-rows'='20000', 'seed'='1', 'fields.u.min'='0', 'fields.u.max'='9', 'fields.p.min'='0', 'fields.p.max'='99', 'fields.ts.kind'='sequence', 'fields.ts.start'='2024-01-01 00:00:00', 'fields.ts.step'='4320ms');
CREATE MAPPING carts_in (u BIGINT, p BIGINT, ts TIMESTAMP(3)) TYPE Generator OPTIONS ('number-of-rows'='20000', 'seed'='2', 'fields.u.min'='0', 'fields.u.max'='9', 'fields.p.min'='0', 'fields.p.max'='99', 'fields.ts.kind'='sequence', 'fields.ts.start'='2024-01-01 00:00:00', 'fields.ts.step'='4320ms');
CREATE MAPPING pays_in (u BIGINT, amount BIGINT, ts TIMESTAMP(3)) TYPE Generator OPTIONS ('number-of-rows'='500', 'seed'='3', 'fields.u.min'='0', 'fields.u.max'='9', 'fields.amount.min'='1', 'fields.amount.max'='99', 'fields.ts.kind'='sequence', 'fields.ts.start'='2024-01-01 00:00:00', 'fields.ts.step'='172800ms');
CREATE MAPPING backs_in (u BIGINT, ts TIMESTAMP(3)) TYPE Generator OPTIONS ('number-of-rows'='100', 'seed'='4', 'fields.u.min'='0', 'fields.u.max'='9', 'fields.ts.kind'='sequence', 'fields.ts.start'='2024-01-01 00:00:00', 'fields.ts.step'='864s');
`

// timedViews are these without rows that come too late.
const timedViews = timedTables + `
CREATE VIEW views AS SELECT * FROM TABLE(IMPOSE_ORDER(TABLE views_in, DESCRIPTOR(ts), INTERVAL '5' SECOND));
CREATE VIEW carts AS SELECT * FROM TABLE(IMPOSE_ORDER(TABLE carts_in, DESCRIPTOR(ts), INTERVAL '5' SECOND));
CREATE VIEW pays AS SELECT * FROM TABLE(IMPOSE_ORDER(TABLE pays_in, DESCRIPTOR(ts), INTERVAL '5' SECOND));
CREATE VIEW backs AS SELECT * FROM TABLE(IMPOSE_ORDER(TABLE backs_in, DESCRIPTOR(ts), INTERVAL '5' SECOND));
`

// joinQueries are written in an order that joins what is large first.
var joinQueries = []struct{ name, sql string }{
	{"four", `SELECT COUNT(*) AS n, SUM(o.v + f.v) AS v FROM other o JOIN other p ON p.v = o.v JOIN fact f ON o.fact = f.id JOIN c ON p.id = c.id WHERE c.x = 3;`},
	{"eight", `SELECT COUNT(*) AS n, SUM(o.v + f.v) AS v FROM b b1 JOIN b b2 ON b1.x = b2.x JOIN fact f ON f.b = b1.id JOIN a a1 ON a1.id = f.a
  JOIN other o ON o.fact = f.id JOIN a a2 ON a2.id = b2.x JOIN c c1 ON c1.id = b2.id JOIN c c2 ON c2.id = a2.x WHERE c1.x = 3 AND c2.x = 4;`},
	{"interval", timedViews + `SELECT COUNT(*) AS n, SUM(v.p + c.p) AS p, SUM(amount) AS amount FROM views v JOIN carts c ON c.p > v.p AND c.ts BETWEEN v.ts AND v.ts + INTERVAL '30' MINUTE
  JOIN pays p ON p.u = c.u AND p.ts BETWEEN c.ts AND c.ts + INTERVAL '5' MINUTE JOIN backs b ON b.u = p.u AND b.ts BETWEEN p.ts AND p.ts + INTERVAL '2' MINUTE;`},
}

// BenchmarkJoinOrder runs joins in the order that they are written in and in the chosen one.
// The chosen one is to be ten times as fast at least.
func BenchmarkJoinOrder(b *testing.B) {
	for _, q := range joinQueries {
		b.Run(q.name, func(b *testing.B) {
			for range b.N {
				want, written := runJoins(b, q.sql, "ReorderJoins")
				got, chosen := runJoins(b, q.sql)
				if got != want {
					b.Fatalf("%s, in the order as written %s", got, want)
				}
				ratio := written.Seconds() / chosen.Seconds()
				b.ReportMetric(written.Seconds(), "s/written")
				b.ReportMetric(chosen.Seconds(), "s/chosen")
				b.ReportMetric(ratio, "times")
				if ratio < 10 {
					b.Errorf("the chosen order takes %v, the written one %v", chosen, written)
				}
			}
		})
	}
}

func runJoins(b *testing.B, sql string, without ...string) (rows string, took time.Duration) {
	b.Helper()
	q, err := helios.Compile(context.Background(), []helios.File{{Name: "q.sql", Text: joinTables + sql}}, helios.Options{Parallelism: 2, DisableRules: without})
	if err != nil {
		b.Fatal(err)
	}
	var out []string
	start := time.Now()
	for row, err := range q.Rows(context.Background()) {
		if err != nil {
			b.Fatal(err)
		}
		out = append(out, fmt.Sprint(row))
	}
	return strings.Join(out, "\n"), time.Since(start)
}
