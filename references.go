package helios

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/helios-stream/helios/compiler"
	"github.com/helios-stream/helios/ir"
)

// maxSecretFile is the most bytes of a file that ${file:PATH} names.
const maxSecretFile = 64 << 10

// minHidden is the length from which a text is looked for in messages: a shorter one
// would be found in words.
const minHidden = 4

// resolve replaces the references in an option's value. Paths start from dir.
func (q *Query) resolve(dir, value string) (string, error) {
	return ir.ReplaceReferences(value, func(kind, name string) (string, error) {
		text, err := q.referred(kind, dir, name)
		if err == nil {
			q.hide(text)
		}
		return text, err
	})
}

func (q *Query) referred(kind, dir, name string) (string, error) {
	if kind == "file" {
		return secretFile(dir, name)
	}
	if q.opt.LookupEnv != nil {
		if v, ok := q.opt.LookupEnv(name); ok {
			return v, nil
		}
	}
	return "", fmt.Errorf("refers to ${env:%s}, but there is no such variable in the environment", name)
}

// secretFile is what a file holds, without the line end that editors put there.
func secretFile(dir, name string) (string, error) {
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	fail := func(reason any) (string, error) {
		return "", fmt.Errorf("refers to ${file:%s}, but %s cannot be read: %v", name, path, reason)
	}
	f, err := os.Open(path)
	if err != nil {
		return fail(reasonOf(err))
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSecretFile+1))
	switch {
	case err != nil:
		return fail(reasonOf(err))
	case len(text) > maxSecretFile:
		return fail("it has more than 64 KB")
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r"), nil
}

func reasonOf(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// revealed is t with its references replaced, as connectors take it; t itself where it
// has none.
func (q *Query) revealed(t *ir.Table) (*ir.Table, error) {
	if t == nil {
		return nil, nil
	}
	out := t
	for k, v := range t.Options {
		if q.isSecret(t.Connector, k) && !ir.HasReference(v) {
			q.hide(v)
		}
		if !ir.HasReference(v) {
			continue
		}
		value, err := q.resolve(t.Dir, v)
		if err != nil {
			return nil, &ir.OptionError{Option: k, Reason: err.Error()}
		}
		if out == t {
			c := *t
			c.Options = make(map[string]string, len(t.Options))
			for k, v := range t.Options {
				c.Options[k] = v
			}
			out = &c
		}
		out.Options[k] = value
	}
	return out, nil
}

// shownTable is revealed where there is nobody to tell of an error, which Check has
// reported.
func (q *Query) shownTable(t *ir.Table) *ir.Table {
	if out, err := q.revealed(t); err == nil {
		return out
	}
	return t
}

// hide enters a value that must not stand in a message.
func (q *Query) hide(value string) {
	if len(value) >= minHidden && !slices.Contains(*q.hidden, value) {
		*q.hidden = append(*q.hidden, value)
		slices.SortFunc(*q.hidden, func(a, b string) int { return len(b) - len(a) }) // one may hold another
	}
}

// scrub is a text without the values that must not be shown.
func (q *Query) scrub(text string) string {
	for _, v := range *q.hidden {
		text = strings.ReplaceAll(text, v, "***")
	}
	return text
}

// scrubbed is an error whose text does not show what must not be shown.
type scrubbed struct {
	text string
	err  error
}

func (e *scrubbed) Error() string { return e.text }
func (e *scrubbed) Unwrap() error { return e.err }

func (q *Query) scrubError(err error) error {
	if err == nil {
		return nil
	}
	if text := q.scrub(err.Error()); text != err.Error() {
		return &scrubbed{text, err}
	}
	return err
}

// scrubAll scrubs what a compilation said.
func (q *Query) scrubAll(list compiler.Diagnostics) compiler.Diagnostics {
	if len(*q.hidden) == 0 {
		return list
	}
	out := slices.Clone(list)
	for i := range out {
		d := &out[i]
		d.Message, d.Hint = q.scrub(d.Message), q.scrub(d.Hint)
		d.Related = slices.Clone(d.Related)
		for j := range d.Related {
			d.Related[j].Message = q.scrub(d.Related[j].Message)
		}
	}
	return out
}

// revealedPlan is the plan with the values that connectors take. It lives as long as a
// run, and is never shown.
func (q *Query) revealedPlan() (*ir.Plan, error) {
	tables := map[*ir.Table]*ir.Table{}
	return revealPlan(q.compiled.Plan, func(t *ir.Table) (*ir.Table, error) {
		if out, done := tables[t]; done || t == nil {
			return out, nil
		}
		out, err := q.revealed(t)
		if err != nil {
			return nil, fmt.Errorf("table `%s`: %w", t.Name, err)
		}
		tables[t] = out
		return out, nil
	})
}

// revealPlan copies a plan, and those of its loads, with other tables.
func revealPlan(plan *ir.Plan, reveal func(t *ir.Table) (*ir.Table, error)) (*ir.Plan, error) {
	p := *plan
	p.Stages, p.Loads = slices.Clone(p.Stages), slices.Clone(p.Loads)
	for i, was := range p.Loads {
		l := *was
		var err error
		if l.Plan, err = revealPlan(l.Plan, reveal); err != nil {
			return nil, err
		}
		p.Loads[i] = &l
	}
	for i, was := range p.Stages {
		st := *was
		p.Stages[i] = &st
		var err error
		if st.Scan != nil {
			scan := *st.Scan
			st.Scan = &scan
			if scan.Table, err = reveal(scan.Table); err != nil {
				return nil, err
			}
		}
		if st.Ops, err = revealOps(st.Ops, reveal); err != nil {
			return nil, err
		}
		if st.Sink != nil {
			sink := *st.Sink
			st.Sink = &sink
			if sink.Table, err = reveal(sink.Table); err != nil {
				return nil, err
			}
		}
	}
	return &p, nil
}

// revealOps copies the operators that have a table, with another one.
func revealOps(ops []ir.PhysOp, reveal func(t *ir.Table) (*ir.Table, error)) ([]ir.PhysOp, error) {
	out := slices.Clone(ops)
	for i, op := range ops {
		x, ok := op.(*ir.ByKeyOp)
		if !ok {
			continue
		}
		c := *x
		var err error
		if c.Table, err = reveal(x.Table); err != nil {
			return nil, err
		}
		out[i] = &c
	}
	return out, nil
}
