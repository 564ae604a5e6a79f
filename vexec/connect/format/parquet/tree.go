package parquet

import (
	"errors"
	"fmt"
	"strings"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/connect/format/columnfile"
)

// How values stand in a file: the physical types.
const (
	physBoolean = 0
	physInt32   = 1
	physInt64   = 2
	physInt96   = 3
	physFloat   = 4
	physDouble  = 5
	physBytes   = 6
	physFixed   = 7
)

// The logical types, by their ids in the format.
const (
	logicalString    = 1
	logicalMap       = 2
	logicalList      = 3
	logicalEnum      = 4
	logicalDecimal   = 5
	logicalDate      = 6
	logicalTime      = 7
	logicalTimestamp = 8
	logicalInt       = 10
	logicalJSON      = 12
	logicalBSON      = 13
	logicalUUID      = 14
	logicalFloat16   = 15
	logicalVariant   = 16
)

// How often a node stands in its parent.
const (
	required = 0
	optional = 1
	repeated = 2
)

const (
	maxDepth  = 32      // of nested columns
	maxLength = 1 << 20 // of FIXED_LEN_BYTE_ARRAY
)

// node is a column of the file, or a part of a nested one: what SQL sees, not the
// groups that lists and maps are made of.
type node struct {
	name string
	path string  // with dots, for errors
	kind ir.Kind // Row, Array, Map; else a leaf
	kids []*node // ROW: its fields; ARRAY: the element; MAP: key and value
	leaf *leaf
	// def is the definition level from which on the node is not NULL, rep the
	// repetition level of the nearest repeated group that the node is in.
	def, rep uint8
	// listDef is the definition level from which on an entry is an element of that
	// group, which n then has a place in.
	listDef  uint8
	nullable bool
	// Of ARRAY and MAP: the levels of their elements.
	elemDef, elemRep uint8
}

// treeBuilder makes nodes of schema elements.
type treeBuilder struct {
	elems  []schemaElement
	next   int
	leaves []*leaf
}

var errSchema = errors.New("the file is damaged: its schema is no tree")

// raw is a node as the file has it.
type raw struct {
	schemaElement
	kids  []*raw
	index int // of a leaf
}

// buildTree returns the columns of a file and all of its leaves.
func buildTree(elems []schemaElement) (*node, []*leaf, error) {
	if len(elems) == 0 {
		return nil, nil, errSchema
	}
	b := &treeBuilder{elems: elems}
	root, err := b.raw(0)
	if err != nil {
		return nil, nil, err
	}
	if b.next != len(elems) || root.phys >= 0 {
		return nil, nil, errSchema
	}
	n := &node{kind: ir.Row}
	for _, k := range root.kids {
		n.kids = append(n.kids, b.node(k, levelsOf{}, ""))
	}
	return n, b.leaves, nil
}

// raw takes the next element with all below it.
func (b *treeBuilder) raw(depth int) (*raw, error) {
	if b.next >= len(b.elems) || depth > 3*maxDepth {
		return nil, errSchema
	}
	r := &raw{schemaElement: b.elems[b.next]}
	b.next++
	if depth == 0 {
		r.repeats = required
	}
	if r.repeats < required || r.repeats > repeated || int(r.children) > len(b.elems)-b.next {
		return nil, errSchema
	}
	if r.phys >= 0 {
		r.index = len(b.leaves)
		b.leaves = append(b.leaves, &leaf{index: r.index, phys: r.phys, length: int(r.length)})
		return r, nil
	}
	for range r.children {
		k, err := b.raw(depth + 1)
		if err != nil {
			return nil, err
		}
		r.kids = append(r.kids, k)
	}
	return r, nil
}

// levelsOf are the levels of a node: see node.
type levelsOf struct{ def, rep, listDef uint8 }

// elements are the levels of what is repeated in a node with the levels at.
func (at levelsOf) elements() levelsOf {
	return levelsOf{def: at.def + 1, rep: at.rep + 1, listDef: at.def + 1}
}

// node makes what SQL sees of r, whose parent has the levels.
func (b *treeBuilder) node(r *raw, at levelsOf, path string) *node {
	if path != "" {
		path += "."
	}
	path += r.name
	if r.repeats == repeated { // a list without the group that says so
		n := b.bare(r, at, path, false)
		n.array(at)
		n.kids = []*node{b.value(r, at.elements(), path, false)}
		return n
	}
	if r.repeats == optional {
		at.def++
	}
	return b.value(r, at, path, r.repeats == optional)
}

func (b *treeBuilder) bare(r *raw, at levelsOf, path string, nullable bool) *node {
	return &node{name: r.name, path: path, def: at.def, rep: at.rep, listDef: at.listDef, nullable: nullable}
}

func (n *node) array(at levelsOf) {
	e := at.elements()
	n.kind, n.elemDef, n.elemRep = ir.Array, e.def, e.rep
}

// value makes a node of what r holds, with the levels of its own.
func (b *treeBuilder) value(r *raw, at levelsOf, path string, nullable bool) *node {
	n := b.bare(r, at, path, nullable)
	switch {
	case r.phys >= 0:
		n.kind = ir.Invalid
		n.leaf = b.leaves[r.index]
		n.leaf.set(r, n)
	case r.isMap():
		kv := r.kids[0]
		n.array(at)
		n.kind = ir.Map
		n.kids = []*node{b.node(kv.kids[0], at.elements(), path), b.node(kv.kids[1], at.elements(), path)}
	case r.isList():
		n.array(at)
		n.kids = []*node{b.element(r, path, at.elements())}
	default:
		n.kind = ir.Row
		for _, k := range r.kids {
			n.kids = append(n.kids, b.node(k, at, path))
		}
	}
	return n
}

func (r *raw) isList() bool {
	return (r.logical.id == logicalList || r.logical.id == 0 && r.converted == 3) && len(r.kids) == 1 && r.kids[0].repeats == repeated
}

func (r *raw) isMap() bool {
	return (r.logical.id == logicalMap || r.logical.id == 0 && (r.converted == 1 || r.converted == 2)) &&
		len(r.kids) == 1 && r.kids[0].repeats == repeated && len(r.kids[0].kids) == 2 && r.kids[0].kids[0].repeats != repeated
}

// element is the element of a list. Old writers left out the group between; these
// are the format's rules for telling.
func (b *treeBuilder) element(list *raw, path string, at levelsOf) *node {
	r := list.kids[0]
	if r.phys >= 0 || len(r.kids) != 1 || r.name == "array" || r.name == list.name+"_tuple" || r.kids[0].repeats == repeated {
		return b.value(r, at, path+"."+r.name, false)
	}
	return b.node(r.kids[0], at, path)
}

// typ is the SQL type that says the same as n.
func (n *node) typ() (*ir.Type, error) {
	switch n.kind {
	case ir.Row:
		t := &ir.Type{Kind: ir.Row}
		if len(n.kids) == 0 {
			return nil, fmt.Errorf("column %s is a group without fields, which no SQL type matches; declare the columns without it", n.path)
		}
		for _, k := range n.kids {
			kt, err := k.typ()
			if err != nil {
				return nil, err
			}
			t.Fields = append(t.Fields, ir.Field{Name: k.name, Type: kt})
		}
		return t, nil
	case ir.Array:
		e, err := n.kids[0].typ()
		return &ir.Type{Kind: ir.Array, Elem: e}, err
	case ir.Map:
		k, err := n.kids[0].typ()
		if err != nil {
			return nil, err
		}
		v, err := n.kids[1].typ()
		return &ir.Type{Kind: ir.Map, Key: k, Elem: v}, err
	}
	if n.leaf.natural == nil {
		return nil, n.leaf.unknown()
	}
	return n.leaf.natural, nil
}

// describe is n's type for errors.
func (n *node) describe() string {
	t, err := n.typ()
	if err != nil {
		return "of a type that no SQL type matches"
	}
	return t.String()
}

// find returns the node at the path below n, through fields of ROWs.
func (n *node) find(path []string) (*node, error) {
	for i, name := range path {
		if n.kind != ir.Row {
			return nil, fmt.Errorf("column %s is %s in the Parquet file and has no field %s", strings.Join(path[:i], "."), n.describe(), name)
		}
		k := n.kid(name)
		if k == nil {
			return nil, n.missing(path[:i], name)
		}
		n = k
	}
	return n, nil
}

func (n *node) kid(name string) *node {
	for _, k := range n.kids {
		if k.name == name {
			return k
		}
	}
	return nil
}

// missing says that n, which the path leads to, has no field called name.
func (n *node) missing(path []string, name string) error {
	var names []string
	for _, k := range n.kids {
		names = append(names, k.name)
	}
	return columnfile.Missing(kind, strings.Join(path, "."), name, names)
}
