package querytest

import (
	"path/filepath"
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/connect/memory"
)

// Output is what one SELECT gave, or what was inserted into one mapping.
type Output struct {
	Name  string // of the mapping; "": a SELECT
	store *memory.Store
	cols  []ir.Column
	ops   bool  // the first column is the kind of change
	key   []int // with it a row replaces another; nil: rows are taken back as a whole
	seen  int   // of the changes, those that were compared
}

// outputs are what a query gives that stays in memory.
func (e *Engine) outputs(c *Compiled) *Outcome {
	out, p := &Outcome{Tables: map[string]*Output{}}, c.Plan
	var ops []bool // of each SELECT
	for _, s := range c.Logical.Sinks {
		if s.Table == nil {
			ops = append(ops, isChangelog(s.Input))
		}
	}
	for _, st := range p.Stages {
		switch s := st.Sink; {
		case s == nil:
		case s.Table == nil:
			out.Selects = append(out.Selects, &Output{store: &memory.Store{}, cols: s.In.Cols, ops: ops[len(out.Selects)]})
		case e.holds(s.Table) && out.Tables[s.Table.Name] == nil:
			o := &Output{Name: s.Table.Name, store: e.Memory.Store(s.Table.Name), cols: s.Table.Schema().Cols}
			if s.Changes&ir.Afters != 0 && s.Changes&ir.Befores == 0 {
				o.key = keyOf(s.Table)
			}
			out.Tables[o.Name] = o
		}
	}
	return out
}

// isChangelog reports whether rows say in their first column which change they are.
func isChangelog(n ir.Node) bool {
	for len(n.Inputs()) == 1 {
		if _, is := n.(*ir.Changelog); is {
			return true
		}
		n = n.Inputs()[0]
	}
	return false
}

func keyOf(t *ir.Table) []int {
	key := []int{}
	for _, name := range t.Key {
		key = append(key, t.Schema().Index(name))
	}
	return key
}

// holds reports whether rows that go to a mapping stay in memory: all but those of files in
// the test's folder, which a later query may read.
func (e *Engine) holds(t *ir.Table) bool {
	return t.Connector != "file" || e.checked[t.Name] || t.Dir != e.Dir || !filepath.IsLocal(t.Options["path"])
}

// stores says where the sinks of a plan of the same statements write to.
func (o *Outcome) stores(p *ir.Plan) map[*ir.PhysSink]*memory.Store {
	out := map[*ir.PhysSink]*memory.Store{}
	n := 0
	for _, st := range p.Stages {
		switch s := st.Sink; {
		case s == nil:
		case s.Table == nil:
			out[s] = o.Selects[n].store
			n++
		case o.Tables[s.Table.Name] != nil:
			out[s] = o.Tables[s.Table.Name].store
		}
	}
	return out
}

// count is how many changes came.
func (o *Output) count() int { return len(o.store.Rows()) }

// Changes is what came, with the kind of change in a first column, from the change with
// this number on.
func (o *Output) changes(from int) *Result {
	r := &Result{Cols: o.cols}
	if !o.ops {
		r.Cols = slices.Concat([]ir.Column{{Name: ir.ChangelogColumn, Type: ir.TVarchar}}, o.cols)
	}
	for _, row := range o.store.Rows()[from:] {
		c := cells(row.Values, o.cols)
		if !o.ops {
			c = slices.Concat([]string{row.Kind.String()}, c)
		}
		r.Rows = append(r.Rows, c)
	}
	return r
}

// Rows is what is left of all changes.
func (o *Output) Rows() (*Result, error) { return Fold(o.changes(0), o.key) }
