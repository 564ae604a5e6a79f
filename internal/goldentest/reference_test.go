package goldentest

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/helios-stream/helios/internal/querytest"
	"github.com/helios-stream/helios/internal/refinterp"
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// checkReference runs the statements of a file through the reference interpreter,
// as they are bound and as they are optimized: hand-made expectations and
// interpreter must agree, too.
func checkReference(t *testing.T, g *querytest.File) {
	t.Helper()
	dir := scratch(t)
	defer os.RemoveAll(dir)
	if err := g.WriteInputs(dir); err != nil {
		t.Fatal(err)
	}
	e := newEngine(dir, 0)
	e.define = g.Define
	v := variant{batch: 1024, tasks: 1}
	for i, s := range g.Queries {
		if len(s.Errors) > 0 {
			continue
		}
		c, err := e.compile(s.Text, v)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range []*ir.Logical{c.Logical, c.Optimized} {
			out, err := e.interpret(l)
			if err == nil {
				err = checkRows(s, out)
			}
			if err != nil {
				t.Errorf("reference interpreter, sql section %d: %v\n%s", i+1, err, ir.Print(l))
				return
			}
		}
		if _, err := e.run(c, v, ""); err != nil { // what it writes is the next section's input
			t.Fatal(err)
		}
	}
}

// interpret runs a plan in the reference interpreter, over the same files.
func (e *engine) interpret(l *ir.Logical) (*outcome, error) {
	out := &outcome{inserts: map[string]*result{}}
	for _, sink := range l.Sinks {
		if ir.ReadsLetters(sink) { // of records the interpreter knows nothing
			out.unknown = append(out.unknown, sink.Table.Name)
			continue
		}
		tables := map[*ir.Table]refinterp.Table{}
		if err := e.load(sink, tables); err != nil {
			return nil, err
		}
		res, err := refinterp.Run(&ir.Logical{Sinks: []*ir.Sink{sink}}, func(t *ir.Table) (refinterp.Table, bool) {
			table, ok := tables[t]
			return table, ok
		})
		if err != nil {
			return nil, err
		}
		rows := newResult(res[0].Schema, res[0].Rows)
		switch {
		case sink.Table == nil:
			out.selects = append(out.selects, rows)
		case sink.Table.Connector == "memory":
			rows.cols = sink.Table.Schema().Cols
			if old := out.inserts[sink.Table.Name]; old != nil {
				rows.rows = append(old.rows, rows.rows...)
			}
			out.inserts[sink.Table.Name] = rows
		}
		out.late += res[0].Late
		for _, bad := range res[0].Errors {
			out.letters = append(out.letters, fmt.Sprintf("%s: %s", bad.Kind, bad.Reason))
		}
	}
	return out, nil
}

// load reads the tables that a plan scans: of each only the columns that it uses,
// as the engine checks no others. A further scan of a table adds its columns.
func (e *engine) load(n ir.Node, tables map[*ir.Table]refinterp.Table) error {
	for _, in := range n.Inputs() {
		if err := e.load(in, tables); err != nil {
			return err
		}
	}
	scan, ok := n.(*ir.Scan)
	if !ok {
		return nil
	}
	used := scan.Decoded()
	physical := scan.Table.Physical()
	src, err := e.connector(scan.Table.Connector).Source(scan.Table)
	if err != nil {
		return err
	}
	ctx := context.Background()
	splits, err := src.Splits(ctx)
	if err != nil {
		return err
	}
	request := &vexec.Scan{Table: scan.Table, TimeCol: -1, MaxRows: 1024, NullBad: scan.Table.Options["on.error"] == "null" || vexec.IgnoresParseErrors(scan.Table)}
	if request.Schema, err = scan.Table.Read(used); err != nil {
		return err
	}
	for _, p := range used {
		request.Cols = append(request.Cols, p.Col)
		request.Paths = append(request.Paths, scan.Table.Path(p))
	}
	if !slices.ContainsFunc(used, func(p ir.Place) bool { return len(p.Fields) > 0 }) {
		request.Paths = nil
	}
	var table refinterp.Table
	before, again := tables[scan.Table]
	for i, split := range splits {
		var rows [][]ir.Value
		err := readSplit(ctx, src, request, split, func(row []ir.Value, _ []vexec.BadRow) {
			if row == nil {
				return
			}
			full := make([]ir.Value, len(physical.Cols))
			if again && len(rows) < len(before.Splits[i]) {
				full = before.Splits[i][len(rows)]
			}
			for i, p := range used {
				full[p.Col] = within(full[p.Col], physical.Cols[p.Col].Type, p.Fields, row[i])
			}
			rows = append(rows, full)
		})
		if err != nil {
			return err
		}
		if again && len(rows) != len(before.Splits[i]) {
			return fmt.Errorf("scans of %s read %d and %d rows", scan.Table.Name, len(before.Splits[i]), len(rows))
		}
		table.Splits = append(table.Splits, rows)
	}
	tables[scan.Table] = table
	return nil
}

// within puts v where fields lead to in a ROW, whose other fields nothing looks at.
func within(row ir.Value, t *ir.Type, fields []int, v ir.Value) ir.Value {
	if len(fields) == 0 {
		return v
	}
	parts, ok := row.([]ir.Value)
	if !ok {
		parts = make([]ir.Value, len(t.Fields))
	}
	parts[fields[0]] = within(parts[fields[0]], t.Fields[fields[0]].Type, fields[1:], v)
	return parts
}
