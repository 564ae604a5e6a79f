package parquet

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// build makes v, with slots rows, of what the leaves below s have.
func (c *nestedColumn) build(s *shape, v *vexec.Vec, slots int) error {
	if s.node.leaf != nil {
		l := c.leaves[s.leaf]
		if l.slots != slots {
			return l.unlike()
		}
		*v = l.out
		return nil
	}
	l := c.leaves[s.leaf]
	v.Type, v.Enc, v.Dict, v.Data, v.Bufs, v.Valid = s.want, vexec.Flat, nil, nil, nil, nil
	if len(v.Kids) != len(s.kids) {
		v.Kids = make([]vexec.Vec, len(s.kids))
	}
	if s.node.kind == ir.Row {
		if s.node.def > s.node.listDef {
			if err := l.validity(s.node, v, slots); err != nil {
				return err
			}
		}
		for i, k := range s.kids {
			if err := c.build(k, &v.Kids[i], slots); err != nil {
				return err
			}
		}
		return nil
	}
	elems, err := l.lists(s.node, v, slots)
	if err != nil {
		return err
	}
	for i, k := range s.kids {
		if err := c.build(k, &v.Kids[i], elems); err != nil {
			return err
		}
	}
	return nil
}

func (l *nestedLeaf) unlike() error {
	return fmt.Errorf("%s: the file is damaged: the columns of a nested column have different numbers of elements", l.plan.leaf.name)
}

// validity marks which slots of n are NULL.
func (l *nestedLeaf) validity(n *node, v *vexec.Vec, slots int) error {
	valid := make([]byte, (slots+7)/8)
	at, nulls := 0, 0
	for i, d := range l.defs {
		if l.reps[i] > n.rep || d < n.listDef {
			continue
		}
		if at == slots {
			return l.unlike()
		}
		if d >= n.def {
			vexec.SetBit(valid, at)
		} else {
			nulls++
		}
		at++
	}
	if at != slots {
		return l.unlike()
	}
	if nulls > 0 {
		v.Valid = valid
	}
	return nil
}

// lists makes the offsets of an ARRAY or a MAP, and returns how many elements there are.
func (l *nestedLeaf) lists(n *node, v *vexec.Vec, slots int) (int, error) {
	if cap(v.Offs) < slots+1 {
		v.Offs = make([]int32, slots+1)
	}
	v.Offs = v.Offs[:slots+1]
	valid := make([]byte, (slots+7)/8)
	at, nulls, elems := 0, 0, 0
	for i, d := range l.defs {
		if l.reps[i] <= n.rep && d >= n.listDef {
			if at == slots {
				return 0, l.unlike()
			}
			v.Offs[at] = int32(elems)
			if d >= n.def {
				vexec.SetBit(valid, at)
			} else {
				nulls++
			}
			at++
		}
		if l.reps[i] <= n.elemRep && d >= n.elemDef {
			elems++
		}
	}
	if at != slots {
		return 0, l.unlike()
	}
	v.Offs[slots] = int32(elems)
	if nulls > 0 {
		v.Valid = valid
	}
	return elems, nil
}
