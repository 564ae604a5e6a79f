package ops

import (
	"slices"

	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// rowCopies gives rows that are made of others, some of them of the same one, what stands
// beside the columns: each has the late mark, the kind and the ordinal of its row.
type rowCopies struct {
	late []vexec.LateMark
	kind []vexec.RowKind
	ord  []uint64
}

// of returns a batch without columns of which row i is made of the physical row src[i] of b.
// src never falls. The batch is valid until the next call.
func (c *rowCopies) of(b *vexec.Batch, src []int32) vexec.Batch {
	out := vexec.Batch{Rows: len(src), Part: b.Part}
	if len(b.Late) > 0 {
		out.Late = c.marks(b.Late, src)
	}
	if b.Kind != nil {
		c.kind = slices.Grow(c.kind[:0], len(src))[:len(src)]
		kernels.Take(c.kind, b.Kind, src)
		out.Kind = c.kind
	}
	if b.Ord != nil {
		c.ord = slices.Grow(c.ord[:0], len(src))[:len(src)]
		kernels.Take(c.ord, b.Ord, src)
		out.Ord = c.ord
	}
	return out
}

func (c *rowCopies) marks(late []vexec.LateMark, src []int32) []vexec.LateMark {
	c.late = c.late[:0]
	m := 0
	for i, r := range src {
		for m < len(late) && late[m].Row < r {
			m++
		}
		if m < len(late) && late[m].Row == r {
			c.late = append(c.late, vexec.LateMark{Row: int32(i), WM: late[m].WM})
		}
	}
	if len(c.late) == 0 {
		return nil
	}
	return c.late
}
