package goldentest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/connect/memory"
)

// where makes a condition: any, often with some that single columns decide.
func (g *gen) where(depth int) string {
	var parts []string
	if g.col("sm", "") == "" { // not the table's columns
		return g.expr(boolean, depth)
	}
	for range g.r.IntN(3) {
		parts = append(parts, g.single())
	}
	if len(parts) == 0 || g.chance(40) {
		parts = append(parts, g.expr(boolean, depth))
	}
	g.r.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	return strings.Join(parts, " AND ")
}

// single is a condition on one column and constants, of its type or of another.
func (g *gen) single() string {
	number := func() string {
		return g.pick("-20", "-3", "0", "1", "7", "2.5", "-0.5", "0.1", "99.995", "-1e1", "0.25e0", "3000000000", "CAST('NaN' AS DOUBLE)", "1e300")
	}
	at := func() string {
		return "TIMESTAMP '" + g.pick("2023-12-31 23:59:30", "2024-01-01 00:00:00", "2023-12-31 23:59:30.0005", "1969-12-31 23:59:59.9", "2023-12-20 12:00:00") + "'"
	}
	col, value := g.pick("i", "b", "sm", "d", "x", "r"), number
	if slices.Contains(g.cols[text], "o.s") && g.chance(40) {
		col = g.pick("o.n", "o.p.q", "o.p.e.z", "o.u")
	}
	switch g.r.IntN(8) {
	case 0:
		col, value = g.pick("ts", "dt"), at
	case 1:
		col, value = "k", func() string { return "'" + g.pick("", "a", "ab", "héé", "a longer text than twelve bytes") + "'" }
	case 2:
		return g.pick("f", "NOT f", "f IS TRUE", "f IS FALSE", "f = TRUE", "f > FALSE")
	case 3:
		return fmt.Sprintf("%s IS %sNULL", g.pick("k", "i", "x", "d", "ts", "f", "CAST(sm AS BIGINT)"), g.pick("", "NOT "))
	case 4:
		col = fmt.Sprintf("CAST(%s AS %s)", g.pick("i", "sm"), g.pick("BIGINT", "DOUBLE", "DECIMAL(14, 3)"))
	}
	if g.chance(20) && col != "dt" {
		return fmt.Sprintf("%s IN (%s, %s)", col, value(), value())
	}
	if g.chance(10) {
		return fmt.Sprintf("(%s = %s OR %s = %s)", col, value(), value(), col)
	}
	if g.chance(20) {
		return fmt.Sprintf("%s BETWEEN %s AND %s", col, value(), value())
	}
	op := g.pick("=", "<", "<=", ">", ">=", "<>")
	if g.chance(30) {
		return fmt.Sprintf("%s %s %s", value(), op, col)
	}
	return fmt.Sprintf("%s %s %s", col, op, value())
}

// TestTermsKeepRows holds that the terms of random conditions never leave out a row
// for which the condition is true.
func TestTermsKeepRows(t *testing.T) {
	ops := map[ir.TermOp]int{}
	for seed := range uint64(1500) {
		g := newGen(seed)
		g.cols = tableFamilies()
		s := &scenario{splits: 1, precision: []int{3, 6, 9}[seed%3], rows: g.rows(40, 5_000_000, true, true)}
		where := g.where(2)
		e := newEngine(".", 0)
		e.prune = true
		if _, err := s.put(e, memory.Cut{}); err != nil {
			t.Fatal(err)
		}
		c, err := e.compile(fmt.Sprintf("CREATE MAPPING t (%s) TYPE Memory; SELECT * FROM t WHERE %s;", tableColumns(s.precision), where), variant{tasks: 1})
		if err != nil {
			continue
		}
		results, err := s.reference(c.Logical)
		if err != nil {
			t.Fatal(err)
		}
		want := results[0]
		ir.EachScan(c.Optimized.Sinks[0], func(scan *ir.Scan, _ *ir.Watermark) {
			for _, term := range scan.Terms {
				ops[term.Op]++
			}
			for _, row := range want.Rows {
				if !wants(scan.Terms, row) {
					t.Errorf("seed %d: WHERE %s: the row %v is left out by\n%s", seed, where, row, ir.DescribeNode(scan))
				}
			}
		})
	}
	for _, op := range []ir.TermOp{ir.TermEqual, ir.TermLess, ir.TermLessEqual, ir.TermGreater, ir.TermGreaterEqual, ir.TermIn, ir.TermIsNull, ir.TermNotNull} {
		if ops[op] < 20 {
			t.Errorf("only %d terms %s: the conditions are not those that become terms", ops[op], op)
		}
	}
}
