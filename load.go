package helios

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/helios-stream/helios/compiler"
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// PlanJSON returns a form of the plan as JSON that LoadPlan reads. Values of secret
// options are left out; they are asked for by name when the plan is loaded. Folders of
// tables are written relative to dir, where the JSON is to stand.
func (q *Query) PlanJSON(s Stage, dir string) ([]byte, error) {
	o := ir.JSONOptions{
		Secret: q.isSecret,
		Dir: func(from string) string {
			if rel, err := relative(dir, from); err == nil {
				return rel
			}
			return from
		},
	}
	switch {
	case len(q.compiled.Analyses) > 0:
		return nil, errors.New("EXPLAIN ANALYZE runs its query before the plan of the file is known whole: leave it out, or write EXPLAIN")
	case s == Physical:
		return ir.MarshalPlan(q.compiled.Plan, o)
	case q.compiled.Logical == nil:
		return nil, errNoLogical
	case s == Logical:
		return ir.MarshalLogical(q.compiled.Logical, o)
	}
	return ir.MarshalLogical(q.compiled.Optimized, o)
}

var errNoLogical = fmt.Errorf("a physical plan that was loaded has no logical form")

// relative is the folder to, as seen from the folder from.
func relative(from, to string) (string, error) {
	if filepath.IsAbs(to) {
		return to, nil
	}
	a, err := filepath.Abs(from)
	if err != nil {
		return "", err
	}
	b, err := filepath.Abs(to)
	if err != nil {
		return "", err
	}
	return filepath.Rel(a, b)
}

func (q *Query) isSecret(connector, option string) bool {
	c := q.connector(connector)
	if c == nil {
		return false
	}
	o, _ := c.Spec().Option(option)
	return o != nil && o.Secret
}

// LoadPlan makes a query of a plan that PlanJSON wrote, which name calls in messages.
// A logical plan is optimized and planned as Options say, a physical one runs as it
// stands, at the parallelism that it was made for. Secret options come from
// Options.Vars and Options.LookupEnv; relative folders start from that of name. With
// Options.LookOnly none is needed.
func LoadPlan(name string, data []byte, o Options) (*Query, error) {
	q := newQuery([]File{{Name: name}}, o)
	fail := func(err error) (*Query, error) { return nil, fmt.Errorf("%s: %w", name, err) }
	var err error
	if q.functions, err = CheckFunctions(o.Functions...); err != nil {
		return nil, err
	}
	l, p, err := ir.UnmarshalPlan(data, ir.JSONOptions{
		Reveal: q.reveal, Functions: q.functions,
		Dir: func(dir string) string {
			if filepath.IsAbs(dir) {
				return dir
			}
			return filepath.Join(filepath.Dir(name), dir)
		},
	})
	if err != nil {
		return fail(err)
	}
	if p != nil && o.Parallelism > 0 {
		return fail(fmt.Errorf("a physical plan runs as many tasks as it was compiled for; leave the parallelism away, or load a logical plan"))
	}
	if err := q.checkTables(l, p); err != nil {
		return fail(err)
	}
	compiled, err := compiler.Load(l, p, q.env(), compiler.Options{
		Tasks: o.Parallelism, DefaultTasks: runtime.GOMAXPROCS(0), DisableRules: o.DisableRules, Trace: o.Trace, Limit: o.Limit,
	})
	if err != nil {
		return fail(err)
	}
	return q.ready(compiled)
}

// reveal finds the value of a secret option by the name that stands for it in a plan.
// Where the plan is only looked at, a reference stands for one that is missing.
func (q *Query) reveal(name string) (string, bool) {
	v, ok := q.lookup(name)
	if !ok && q.opt.LookOnly {
		return "${env:" + name + "}", true
	}
	return v, ok
}

// lookup finds a variable in Options.
func (q *Query) lookup(name string) (string, bool) {
	if v, ok := q.opt.Vars[name]; ok {
		return v, true
	}
	if q.opt.LookupEnv != nil {
		return q.opt.LookupEnv(name)
	}
	return "", false
}

// checkTables has the connectors look at the tables of a plan that was loaded.
func (q *Query) checkTables(l *ir.Logical, p *ir.Plan) error {
	var err error
	check := func(t *ir.Table, sink bool) {
		if t != nil && err == nil {
			err = q.checkTable(t, sink)
		}
	}
	if l != nil {
		var walk func(n ir.Node)
		walk = func(n ir.Node) {
			if s, ok := n.(*ir.Scan); ok {
				check(s.Table, false)
			}
			for _, in := range n.Inputs() {
				walk(in)
			}
		}
		for _, s := range l.Sinks {
			check(s.Table, true)
			walk(s.Input)
		}
		return err
	}
	for _, st := range p.AllStages() {
		if st.Scan != nil {
			check(st.Scan.Table, false)
		}
		for _, t := range st.ByKeyTables() {
			check(t, false)
		}
		if st.Sink != nil {
			check(st.Sink.Table, true)
		}
	}
	return err
}

func (q *Query) checkTable(t *ir.Table, sink bool) error {
	c := q.connector(t.Connector)
	if c == nil {
		return fmt.Errorf("table `%s`: there is no connector `%s`", t.Name, t.Connector)
	}
	spec, table := c.Spec(), t.Name
	if sink && !spec.Sink || !sink && !spec.Source {
		return fmt.Errorf("table `%s`: the connector %s cannot do that", t.Name, spec.Name)
	}
	for _, k := range slices.Sorted(maps.Keys(t.Options)) {
		if _, name := spec.Option(k); name != k {
			return fmt.Errorf("table `%s`: the connector %s has no option '%s'", t.Name, spec.Name, k)
		}
	}
	for _, o := range spec.Options {
		if _, given := t.Options[o.Name]; o.Required && !given {
			return fmt.Errorf("table `%s`: option '%s' is missing", t.Name, o.Name)
		}
	}
	t, err := q.revealed(t)
	if err != nil && q.opt.LookOnly {
		return nil // the connector can say nothing of a table whose values are missing
	}
	if err == nil {
		err = c.Check(t, sink)
	}
	if err != nil {
		return q.scrubError(fmt.Errorf("table `%s`: %w", table, err))
	}
	if looker, ok := c.(vexec.Looker); len(t.ByKey) > 0 && (!ok || !slices.Equal(looker.LookupKey(t), t.ByKey)) {
		return fmt.Errorf("table `%s`: the plan has the connector %s look rows up by %q, which it does not; compile the query anew", t.Name, spec.Name, t.ByKey)
	}
	p, _ := c.(vexec.Pruner)
	for _, col := range t.Prune {
		if p == nil || !p.Prunes(t, col) {
			return fmt.Errorf("table `%s`: the plan has the connector %s leave out rows by column %d, which it cannot; compile the query anew", t.Name, spec.Name, col+1)
		}
	}
	for _, col := range t.Narrow {
		if p == nil || !p.Narrows(t, col) {
			return fmt.Errorf("table `%s`: the plan has the connector %s read fields of column %d by themselves, which it cannot; compile the query anew", t.Name, spec.Name, col+1)
		}
	}
	return nil
}

// ReadPlan is LoadPlan for a file.
func ReadPlan(name string, o Options) (*Query, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, &QueryFileError{name, err}
	}
	return LoadPlan(name, data, o)
}
