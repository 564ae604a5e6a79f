package ndjson

import (
	"fmt"
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/parse"
)

// shape is an object whose fields are looked at: a line, the value of a ROW, or an
// object that only leads to fields that are asked for.
type shape struct {
	fields []*field
	byName map[string]*field
	depth  int  // of the line's own object 1
	inList bool // stands in an ARRAY or a MAP: any number of times in a line
}

// field is a value that is asked for: of a shape, or the elements of a list. What is
// known of it in the object at hand stands in it too: a type has no recursion, so
// that the same field is never read while it is read.
type field struct {
	name string
	col  *parse.Column // nil: it only leads to fields
	sub  *shape        // of an object; nil: it is none
	key  *field        // of a MAP's keys
	elem *field        // of the elements of an ARRAY, the values of a MAP

	bit  uint64           // its own among all fields outside of lists, for what is learned
	bits uint64           // that and those of the fields below
	keys map[string]int32 // of a large MAP: where each stands

	seen  bool
	fault *fault // of the last value of that name
}

func newShape(depth int, inList bool) *shape {
	return &shape{byName: map[string]*field{}, depth: depth, inList: inList}
}

func (s *shape) add(f *field) *field {
	s.fields = append(s.fields, f)
	s.byName[f.name] = f
	return f
}

// fieldOf is the field of the name that fills c.
func fieldOf(name string, c *parse.Column, depth int, inList bool) *field {
	f := &field{name: name, col: c}
	switch c.Type.Kind {
	case ir.Row:
		f.sub = newShape(depth+1, inList)
		for i := range c.Kids {
			f.sub.add(fieldOf(c.Kids[i].Name, &c.Kids[i], depth+1, inList))
		}
	case ir.Array:
		f.elem = fieldOf("", &c.Kids[0], depth+1, true)
	case ir.Map:
		f.key, f.elem = fieldOf("", &c.Kids[0], depth+1, true), fieldOf("", &c.Kids[1], depth+1, true)
	}
	return f
}

// wants makes the tree of what the scan asks for. at is for each column of the batch
// the one that holds it: its own, or where another asks for the ROW that it is a
// field of, the field's.
func wants(scan *vexec.Scan, set *parse.Set) (root *shape, at []*parse.Column, err error) {
	root = newShape(1, false)
	order := make([]int, len(set.Cols))
	for i := range order {
		order[i] = i
	}
	path := func(i int) []string {
		if scan.Paths == nil {
			return []string{set.Cols[i].Name}
		}
		return scan.Paths[i]
	}
	// ROWs before their fields.
	slices.SortStableFunc(order, func(a, b int) int { return len(path(a)) - len(path(b)) })
	at = make([]*parse.Column, len(set.Cols))
	for _, i := range order {
		if at[i], err = root.want(path(i), &set.Cols[i]); err != nil {
			return nil, nil, err
		}
	}
	return root, at, nil
}

// want adds the field at the end of the path, unless it is there, and returns its column.
func (s *shape) want(path []string, c *parse.Column) (*parse.Column, error) {
	f := s.byName[path[0]]
	if len(path) == 1 {
		switch {
		case f == nil:
			s.add(fieldOf(path[0], c, s.depth, s.inList))
			return c, nil
		case !f.col.Type.Equal(c.Type):
			return nil, fmt.Errorf("the field %s is asked for as %s and as %s", path[0], f.col.Type, c.Type)
		}
		return f.col, nil
	}
	if f == nil {
		f = s.add(&field{name: path[0], sub: newShape(s.depth+1, false)})
	}
	if f.sub == nil || f.col != nil && f.sub.byName[path[1]] == nil {
		return nil, fmt.Errorf("%s has no field %s", path[0], path[1])
	}
	return f.sub.want(path[1:], c)
}

// number gives each field outside of lists a bit, and returns them in order.
func (s *shape) number(list []*field) []*field {
	for _, f := range s.fields {
		f.bit = 1 << len(list)
		list = append(list, f)
		from := len(list)
		if f.sub != nil {
			list = f.sub.number(list)
		}
		f.bits = f.bit
		for _, below := range list[from:] {
			f.bits |= below.bit
		}
	}
	return list
}
