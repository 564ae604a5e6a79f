package parse

import "testing"

func TestSmoke(t *testing.T) {
	f, errs := File("q.sql", `CREATE MAPPING trades (id BIGINT, ticker STRING, price DECIMAL(10,2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) TYPE File OPTIONS ('path'='x');
CREATE VIEW v AS SELECT * FROM TABLE(IMPOSE_ORDER(TABLE trades, DESCRIPTOR(ts), INTERVAL '0.5' SECONDS));
SELECT window_start, ticker, SUM(price) FILTER (WHERE price > 1) AS s, -5, -(5), - -5 FROM TABLE(HOP(TABLE v, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '5' MINUTE)) WHERE price > 10 GROUP BY 1, 2;`, Vars{})
	t.Log(errs.Error())
	t.Log(Print(f))
}
