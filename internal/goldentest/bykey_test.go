package goldentest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/function"
)

// keyed are the tables of a connector under another name, whose rows are looked up by the
// PRIMARY KEY, for joins by key: TYPE KeyedFile and TYPE KeyedMemory. The reference interpreter
// reads them as it reads others.
type keyed struct {
	vexec.Connector
	name string
}

// Spec adds the options of tables that are looked up.
func (k keyed) Spec() *ir.ConnectorSpec {
	s := *k.Connector.Spec()
	s.Name, s.Aliases, s.Sink, s.ByKey = k.name, nil, false, true
	for _, o := range vexec.LookupOptions() {
		if o.Name != ir.OptionOnError {
			s.Options = append(s.Options, o)
		}
	}
	return &s
}

// LookupKey is the PRIMARY KEY.
func (keyed) LookupKey(t *ir.Table) []string { return t.Key }

// Lookup finds rows by a function, which takes a few keys at a time and is asked by several
// goroutines at once.
func (k keyed) Lookup(t *ir.Table) (vexec.Lookup, error) {
	var once sync.Once
	var rows [][]ir.Value
	var err error
	find := func(ctx context.Context, keys [][]ir.Value) (out [][]ir.Value, _ error) {
		once.Do(func() { rows, err = k.readAll(ctx, t) })
		asked := map[string]bool{}
		for _, key := range keys {
			asked[keyText(key)] = true
		}
		for _, row := range rows {
			var key []ir.Value
			for _, name := range t.Key {
				key = append(key, row[t.Physical().Index(name)])
			}
			if asked[keyText(key)] {
				out = append(out, row)
			}
		}
		return out, err
	}
	few := *t
	few.Options = maps.Clone(t.Options)
	few.Options["max.keys"] = "3"
	return function.New(map[string]function.Func{t.Name: find}).(vexec.Looker).Lookup(&few)
}

// keyText tells keys apart: 0.0 and -0.0 are one.
func keyText(key []ir.Value) string {
	key = slices.Clone(key)
	for i, v := range key {
		if v == 0.0 {
			key[i] = 0.0
		}
	}
	return fmt.Sprintf("%q", key)
}

func (k keyed) readAll(ctx context.Context, t *ir.Table) (rows [][]ir.Value, err error) {
	src, err := k.Source(t)
	if err != nil {
		return nil, err
	}
	splits, err := src.Splits(ctx)
	if err != nil {
		return nil, err
	}
	scan := &vexec.Scan{Table: t, TimeCol: -1, MaxRows: 1024, Schema: t.Physical()}
	for i := range scan.Schema.Cols {
		scan.Cols = append(scan.Cols, i)
	}
	for _, split := range splits {
		if err := readSplit(ctx, src, scan, split, func(row []ir.Value, bad []vexec.BadRow) {
			if row != nil {
				rows = append(rows, cloneTexts(row))
			}
		}); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// cloneTexts is a row that points into no buffer.
func cloneTexts(row []ir.Value) []ir.Value {
	out := make([]ir.Value, len(row))
	for i, v := range row {
		if s, ok := v.(string); ok {
			v = strings.Clone(s)
		}
		out[i] = v
	}
	return out
}
