package agg

import "github.com/helios-stream/helios/vexec"

// nestedFinder finds keys some of which are nested. A value that has no number gets one that
// no value has.
type nestedFinder struct {
	cols []numberer // by column; nil: it is not nested
	flat Finder
	keys []vexec.Vec
	rows rowScratch
}

// Finder implements Grouper.
func (g *nestedGrouper) Finder() Finder {
	f := &nestedFinder{cols: make([]numberer, len(g.cols)), flat: g.flat.Finder(), keys: make([]vexec.Vec, len(g.cols))}
	for i, k := range g.cols {
		if k != nil {
			f.cols[i] = k.finder()
		}
	}
	return f
}

// Find implements Finder.
func (f *nestedFinder) Find(keys []vexec.Vec, sel []int32, n int, ids []uint32) {
	for i, k := range f.cols {
		if k == nil {
			f.keys[i] = keys[i]
			continue
		}
		_ = f.rows.number(k, &keys[i], &f.keys[i], sel, n) // finding never fails
	}
	f.flat.Find(f.keys, sel, n, ids)
}

// fieldsFinder numbers ROWs by their fields.
type fieldsFinder struct{ fields Finder }

func (k *fieldsKey) finder() numberer { return fieldsFinder{k.fields.Finder()} }

func (f fieldsFinder) number(v *vexec.Vec, rows []int32, n int, ids []uint32) error {
	f.fields.Find(v.Kids, rows, n, ids)
	return nil
}

func (k *listKey) finder() numberer {
	return &listNumbers{typ: k.typ, part: finds(k.parts.Finder()), whole: finds(k.lists.Finder())}
}

// finds is Find as Intern is called.
func finds(f Finder) func(keys []vexec.Vec, sel []int32, n int, ids []uint32) error {
	return func(keys []vexec.Vec, sel []int32, n int, ids []uint32) error {
		f.Find(keys, sel, n, ids)
		return nil
	}
}
