package refinterp

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
)

// Table is the content of one table: the rows of each split in their order, with
// the columns of ir.Table.Physical().
type Table struct {
	Splits [][][]ir.Value
}

// Result is what reached one sink, and what did not and why.
type Result struct {
	Sink   *ir.Sink
	Schema *ir.Schema
	Rows   [][]ir.Value
	Late   int        // rows dropped for being late, each counted once
	Errors []RowError // rows and groups that left with a row error
}

// RowError is one row that could not be processed.
type RowError struct {
	Kind   ErrorKind
	Reason string
	Row    []ir.Value // the input of the operator that failed
}

// Tables finds what is read of a table; false: there is none.
type Tables func(t *ir.Table) (Table, bool)

// ByName finds tables by their names.
func ByName(tables map[string]Table) Tables {
	return func(t *ir.Table) (Table, bool) {
		found, ok := tables[t.Name]
		return found, ok
	}
}

// Run runs all sinks of l over the tables. Each sink is run by itself, so
// the late rows and errors of a shared view count in each of its sinks. An error
// means that the plan or the tables are not sound; row errors are in the results.
func Run(l *ir.Logical, tables Tables) ([]Result, error) {
	results := make([]Result, 0, len(l.Sinks))
	steps := 0
	for _, s := range l.Sinks {
		r := &runner{tables: tables, steps: steps}
		rows, err := r.node(s.Input)
		if err != nil {
			return nil, err
		}
		steps = r.steps
		res := Result{Sink: s, Schema: s.Schema(), Late: r.late, Errors: r.errors}
		for _, row := range rows {
			if bad := lacks(s, row.vals); bad != nil {
				res.Errors = append(res.Errors, *bad)
				continue
			}
			res.Rows = append(res.Rows, row.vals)
		}
		results = append(results, res)
	}
	return results, nil
}

// lacks is what is wrong with a row that has NULL for a NOT NULL column of the sink;
// nil: nothing.
func lacks(s *ir.Sink, row []ir.Value) *RowError {
	if s.Table == nil {
		return nil
	}
	for i, c := range s.Table.Physical().Cols {
		if c.NotNull && row[i] == nil {
			return &RowError{Kind: NullColumn, Reason: fmt.Sprintf("column %s of %s is NOT NULL", c.Name, s.Table.Name), Row: row}
		}
	}
	return nil
}

// row is one row on its way.
type row struct {
	vals   []ir.Value
	split  int       // of the scan that it came from
	origin int       // of the row that it came from: the copies of a row share it
	wm     ir.Micros // the watermark of its relation before it came
	place  int64     // in the order of arrival
	marked bool      // it came behind the watermark of its split (ir.Watermark.Mark)
}

func (r row) with(vals []ir.Value) row {
	r.vals = vals
	return r
}

type runner struct {
	tables  Tables
	late    int
	errors  []RowError
	origins int // given out so far
	steps   int // taken so far
}

// reject notes what became of a row; an error that is not a row error is returned.
func (r *runner) reject(vals []ir.Value, err error) error {
	bad, ok := err.(*evalError)
	if !ok {
		return err
	}
	r.errors = append(r.errors, RowError{Kind: bad.kind, Reason: bad.reason, Row: vals})
	return nil
}

func (r *runner) origin() int {
	r.origins++
	return r.origins
}

// node is the rows that n gives.
func (r *runner) node(n ir.Node) ([]row, error) {
	out, err := r.rows(n)
	if err != nil {
		return nil, err
	}
	return out, r.spend(len(out))
}

func (r *runner) rows(n ir.Node) ([]row, error) {
	switch n := n.(type) {
	case *ir.Scan:
		return r.scan(n)
	case *ir.Values:
		return r.values(n)
	case *ir.Union:
		return r.union(n)
	case *ir.Join:
		return r.join(n)
	case *ir.DeadLetters:
		return nil, nil // what is wrong with records is the decoders' affair; those of rows are in Result.Errors
	}
	in, err := r.node(n.Inputs()[0])
	if err != nil {
		return nil, err
	}
	switch n := n.(type) {
	case *ir.Filter:
		return r.filter(n, in)
	case *ir.Project:
		return r.project(n, in)
	case *ir.Watermark:
		return r.watermark(n, in)
	case *ir.LateRows:
		return r.lateRows(n, in)
	case *ir.WindowTVF:
		return r.windowTVF(n, in)
	case *ir.Aggregate:
		return r.aggregate(n, in)
	case *ir.WindowAgg:
		return r.windowAgg(n, in)
	case *ir.ProcTime:
		return processed(n, in), nil
	case *ir.Over:
		return r.over(n, in)
	case *ir.Sort:
		return r.sorted(n, in), nil
	case *ir.Rank:
		return r.rank(n, in)
	case *ir.Expand:
		return expand(n, in), nil
	case *ir.Unnest:
		return r.unnest(n, in), nil
	case *ir.Repeat:
		return repeat(in), nil
	case *ir.Coarsen:
		return in, nil // when results come out is not its affair: it gives what is left of them
	case *ir.Changelog:
		return changelog(in), nil
	case *ir.Limit:
		return limit(n, in), nil
	case *ir.Sink:
		return in, nil
	}
	return nil, fmt.Errorf("refinterp: no such node: %T", n)
}

func (r *runner) scan(n *ir.Scan) ([]row, error) {
	table, ok := r.tables(n.Table)
	if !ok {
		return nil, fmt.Errorf("refinterp: no rows given for table %s", n.Table.Name)
	}
	var out []row
	for split, rows := range table.Splits {
		for _, physical := range rows {
			if want := len(n.Table.Physical().Cols); len(physical) != want {
				return nil, fmt.Errorf("refinterp: a row of %s has %d values, its table %d columns", n.Table.Name, len(physical), want)
			}
			vals, err := scanRow(n, physical)
			if err == nil {
				o := r.origin()
				out = append(out, row{vals: vals, split: split, origin: o, place: int64(o), wm: ir.MinMicros})
			} else if err := r.reject(physical, err); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// scanRow returns the columns that n asks for: physical ones and computed ones.
func scanRow(n *ir.Scan, physical []ir.Value) ([]ir.Value, error) {
	var vals []ir.Value
	for i, c := range n.Cols {
		if x := n.Table.Cols[c].Expr; x != nil {
			v, err := eval(x, physical)
			if err != nil {
				return nil, err
			}
			vals = append(vals, v)
			continue
		}
		before := 0 // physical columns in front of c
		for _, other := range n.Table.Cols[:c] {
			if other.Expr == nil {
				before++
			}
		}
		p, _ := n.Place(i)
		vals = append(vals, follow(physical[before], p.Fields))
	}
	return vals, nil
}

// follow is what fields lead to in a ROW; NULL where it or one in it is.
func follow(v ir.Value, fields []int) ir.Value {
	for _, f := range fields {
		if v == nil {
			return nil
		}
		v = v.([]ir.Value)[f]
	}
	return v
}

func (r *runner) values(n *ir.Values) ([]row, error) {
	var out []row
	for _, exprs := range n.Rows {
		vals, err := evalAll(exprs, nil)
		if err == nil {
			o := r.origin()
			out = append(out, row{vals: vals, origin: o, place: int64(o), wm: ir.MinMicros})
		} else if err := r.reject(nil, err); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (r *runner) union(n *ir.Union) ([]row, error) {
	var out []row
	splits := 0
	for _, in := range n.In {
		rows, err := r.node(in)
		if err != nil {
			return nil, err
		}
		before := splits
		for _, row := range rows {
			row.split += before // the splits of the inputs stay apart
			splits = max(splits, row.split+1)
			out = append(out, row)
		}
	}
	return out, nil
}

// processed has the clock stand still: all rows are processed in 1970.
func processed(n *ir.ProcTime, in []row) []row {
	out := make([]row, len(in))
	for i, r := range in {
		out[i] = r.with(append([]ir.Value{}, r.vals...))
		out[i].vals[n.TimeCol], out[i].wm, out[i].marked = int64(0), ir.MinMicros, false
	}
	return out
}

// expand gives each row once for each grouping set: what the set leaves out is NULL in the
// columns behind those of the row, the last of which is the number of the set.
func expand(n *ir.Expand, in []row) []row {
	var out []row
	for _, r := range in {
		for number, set := range n.Sets {
			vals := append([]ir.Value{}, r.vals...)
			for range n.Keys {
				vals = append(vals, nil)
			}
			for _, k := range set {
				vals[len(r.vals)+k] = r.vals[n.Keys[k]]
			}
			out = append(out, r.with(append(vals, int64(number))))
		}
	}
	return out
}

// repeat gives each row as often as its last value says.
func repeat(in []row) []row {
	var out []row
	for _, r := range in {
		n := len(r.vals) - 1
		times, _ := r.vals[n].(int64)
		for range times {
			out = append(out, r.with(r.vals[:n]))
		}
	}
	return out
}

// changelog says that all rows were added: the interpreter sees what is left of changes.
func changelog(in []row) []row {
	out := make([]row, len(in))
	for i, r := range in {
		out[i] = r.with(append([]ir.Value{"+I"}, r.vals...))
	}
	return out
}

// limit keeps rows by their place: the interpreter gives them in the source's order.
func limit(n *ir.Limit, in []row) []row {
	in = in[min(n.Offset, int64(len(in))):]
	if n.Count >= 0 {
		in = in[:min(n.Count, int64(len(in)))]
	}
	return in
}

func (r *runner) filter(n *ir.Filter, in []row) ([]row, error) {
	var out []row
	for _, row := range in {
		v, err := eval(n.Pred, row.vals)
		if err != nil {
			if err := r.reject(row.vals, err); err != nil {
				return nil, err
			}
			continue
		}
		if v == true {
			out = append(out, row)
		}
	}
	return out, nil
}

func (r *runner) project(n *ir.Project, in []row) ([]row, error) {
	var out []row
	for _, row := range in {
		vals, err := evalAll(n.Exprs, row.vals)
		if err == nil {
			out = append(out, row.with(vals))
		} else if err := r.reject(row.vals, err); err != nil {
			return nil, err
		}
	}
	return out, nil
}
