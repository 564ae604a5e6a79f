package agg

import (
	"fmt"
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// listPart is COLLECT, ARRAY_AGG(DISTINCT x) and STRING_AGG(DISTINCT x): the values that
// the set has when they are asked for, in their order.
type listPart struct {
	set       *valueSet
	at        int // which part of the set it is
	desc      bool
	nullsLast bool
	noNulls   bool
}

func newListPart(c *ir.AggCall, v *valueSet) *listPart {
	p := &listPart{set: v, at: len(v.parts), noNulls: c.Fn != "ARRAY_AGG" || c.IgnoreNulls}
	if len(c.OrderBy) > 0 {
		p.desc, p.nullsLast = c.OrderBy[0].Desc, c.OrderBy[0].NullsLast
	}
	return p
}

func (p *listPart) final(call *ir.AggCall, ids []uint32, out *vexec.Vec, fail failed) {
	var entries, own []uint32
	offs := make([]int32, 1, len(ids)+1)
	for _, id := range ids {
		own = p.set.members(p.at, id, own[:0])
		if p.noNulls {
			own = slices.DeleteFunc(own, func(e uint32) bool { return p.set.group[e]&nullGroup != 0 })
		}
		slices.SortFunc(own, p.compare)
		entries = append(entries, own...)
		offs = append(offs, int32(len(entries)))
	}
	vals := make([]vexec.Vec, 1)
	p.set.readEntries(entries, vals)
	writeList(call, &vals[0], offs, out, fail)
}

func (p *listPart) compare(a, b uint32) int {
	an, bn := p.set.group[a]&nullGroup != 0, p.set.group[b]&nullGroup != 0
	less := p.set.words.less(p.set.word[a], p.set.word[b])
	switch {
	case an || bn:
		less = an != p.nullsLast
	case p.desc:
		less = !less
	}
	if less {
		return -1
	}
	return 1
}

// writeList writes the elements of each row as the result of a call: as an ARRAY, or
// joined. A row without elements is NULL, and one whose text is too long fails.
func writeList(call *ir.AggCall, elems *vexec.Vec, offs []int32, out *vexec.Vec, fail failed) {
	n := len(offs) - 1
	if call.Fn == "STRING_AGG" {
		joinTexts(call, elems, offs, out, fail)
	} else {
		copy(out.Offs, offs)
		out.Kids = []vexec.Vec{*elems}
	}
	for i := range n {
		if offs[i] == offs[i+1] {
			out.SetNull(i, n)
		}
	}
}

// maxBuf keeps places in a buffer of strings in 31 bits.
const maxBuf = 1 << 30

// joinTexts puts the separator between the texts of each row.
func joinTexts(call *ir.AggCall, elems *vexec.Vec, offs []int32, out *vexec.Vec, fail failed) {
	sep, ok := call.Option().(string)
	if !ok {
		sep = ","
	}
	var text []byte
	for i := range len(offs) - 1 {
		text = text[:0]
		for e := offs[i]; e < offs[i+1] && len(text) <= kernels.MaxText; e++ {
			if e > offs[i] {
				text = append(text, sep...)
			}
			text = append(text, elems.Bytes(int(e))...)
		}
		if len(text) > kernels.MaxText {
			fail(i, fmt.Sprintf("the text of %s would have more than %d bytes", call.Fn, kernels.MaxText))
			text = text[:0]
		}
		if last := len(out.Bufs) - 1; last >= 0 && len(out.Bufs[last])+len(text) > maxBuf {
			out.Bufs = append(out.Bufs, nil)
		}
		out.SetBytes(i, text)
	}
}

func (p *listPart) enter(*gather, []*vexec.Vec, []uint32, []int32, int, []uint32) {}
func (p *listPart) leave(*gather, []*vexec.Vec, []uint32, []int32, int, []uint32) {}
func (p *listPart) grow(int) error                                                { return nil }
func (p *listPart) moved([]uint32)                                                {}
func (p *listPart) bytes() int64                                                  { return 0 }
func (p *listPart) reset()                                                        {}
func (p *listPart) release()                                                      {}
