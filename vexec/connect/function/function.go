// Package function is the connector of rows that a Go function of the embedding program finds by
// their keys: TYPE Function.
package function

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/memory"
)

// Func returns the rows of some keys: all of them, in any order but always the same for one key.
// A key has the values of the mapping's PRIMARY KEY, in its order, and none of them is nil; no
// key comes twice. A row has a value for each column that the mapping declares, in its order; nil
// is NULL. Values are what ir.Value says for their type, or any Go integer or float that fits.
// Rows of other keys are left out.
//
// It is called by several goroutines at once, and returns soon when ctx ends. An error is of
// all keys of the call: their rows go the way of 'on.error'. With a *vexec.RetryError the call
// is made again before.
type Func func(ctx context.Context, keys [][]ir.Value) (rows [][]ir.Value, err error)

type connector struct{ funcs map[string]Func }

// New returns the connector of TYPE Function. funcs are by the mapping's name.
func New(funcs map[string]Func) vexec.Connector { return &connector{maps.Clone(funcs)} }

const optionMaxKeys = "max.keys"

// defaultMaxKeys is how many keys a call gets at most.
const defaultMaxKeys = 1000

// Spec describes the connector.
func (*connector) Spec() *ir.ConnectorSpec {
	return &ir.ConnectorSpec{
		Name:    "function",
		Summary: "Rows that a Go function of the program finds by the values of the PRIMARY KEY, for joins.",
		Source:  true,
		ByKey:   true,
		Options: append([]ir.OptionSpec{
			{Name: optionMaxKeys, Type: ir.OptionInt, Default: strconv.Itoa(defaultMaxKeys), Doc: "How many keys one call gets at most."},
		}, vexec.LookupOptions()...),
		Examples: []string{"CREATE MAPPING users (id BIGINT, name VARCHAR, PRIMARY KEY (id) NOT ENFORCED) TYPE Function"},
	}
}

// Check refuses a table without a key that can be looked up.
func (c *connector) Check(t *ir.Table, _ bool) error {
	if len(t.Key) == 0 {
		return fmt.Errorf("say by which columns its rows are found: PRIMARY KEY (id) NOT ENFORCED")
	}
	if _, err := vexec.LookupTimesOf(t); err != nil {
		return err
	}
	if _, err := maxKeys(t); err != nil {
		return err
	}
	return vexec.CheckLookupKey(t, t.Key)
}

func maxKeys(t *ir.Table) (int, error) {
	text, given := t.Options[optionMaxKeys]
	if !given {
		return defaultMaxKeys, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 1_000_000 {
		return 0, &ir.OptionError{Option: optionMaxKeys, Reason: fmt.Sprintf("is a number from 1 to 1000000; '%s' is not", text)}
	}
	return n, nil
}

// Infer fails: a function does not say what its rows are.
func (*connector) Infer(context.Context, *ir.Table) ([]ir.Column, error) {
	return nil, fmt.Errorf("what the function returns is said by the columns")
}

// Bounded is true.
func (*connector) Bounded(*ir.Table) bool { return true }

// Source fails: rows are found by key alone.
func (*connector) Source(t *ir.Table) (vexec.Source, error) {
	return nil, fmt.Errorf("%s: a function finds rows by key, and cannot be read", t.Name)
}

// Sink fails: a function takes no rows.
func (*connector) Sink(t *ir.Table) (vexec.Sink, error) {
	return nil, fmt.Errorf("%s: a function finds rows by key, and takes none", t.Name)
}

// LookupKey is the PRIMARY KEY.
func (*connector) LookupKey(t *ir.Table) []string { return t.Key }

// Lookup returns what calls the function of the mapping's name.
func (c *connector) Lookup(t *ir.Table) (vexec.Lookup, error) {
	f := c.funcs[t.Name]
	if f == nil {
		there := "there are none"
		if len(c.funcs) > 0 {
			there = "there are: " + strings.Join(slices.Sorted(maps.Keys(c.funcs)), ", ")
		}
		return nil, fmt.Errorf("%s: the program has no function of this name (Options.Lookups); %s", t.Name, there)
	}
	most, err := maxKeys(t)
	return &lookup{call: f, most: most}, err
}

type lookup struct {
	call     Func
	most     int
	physical *ir.Schema
	cols     []int
	schema   *ir.Schema
}

// Open implements vexec.Lookup.
func (l *lookup) Open(_ context.Context, lc *vexec.LookupContext) error {
	l.physical, l.cols, l.schema = lc.Table.Physical(), lc.Cols, lc.Schema
	return nil
}

// MaxKeys implements vexec.Lookup.
func (l *lookup) MaxKeys() int { return l.most }

// Find implements vexec.Lookup.
func (l *lookup) Find(ctx context.Context, keys, out *vexec.Batch) error {
	list := make([][]ir.Value, keys.Rows)
	for i := range list {
		list[i] = keys.Values(i)
	}
	rows, err := l.call(ctx, list)
	if err != nil {
		return err
	}
	few := make([][]ir.Value, len(rows))
	for i, row := range rows {
		if len(row) != len(l.physical.Cols) {
			return fmt.Errorf("the function returned a row of %d values, and the mapping has %d columns", len(row), len(l.physical.Cols))
		}
		few[i] = make([]ir.Value, len(l.cols))
		for k, c := range l.cols {
			few[i][k] = row[c]
		}
	}
	b, err := memory.NewBatch(l.schema, few)
	if err != nil {
		return fmt.Errorf("the function returned a wrong row: %w", err)
	}
	*out = *b
	return nil
}

// Close implements vexec.Lookup.
func (*lookup) Close() error { return nil }
