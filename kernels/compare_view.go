package kernels

import (
	"bytes"
	"math/bits"
)

// Text is a column of strings: views and the buffers they point into. A Text of one
// view stands for every row.
type Text struct {
	Views []View
	Bufs  [][]byte
}

// CompareViews compares two strings byte by byte: -1, 0 or 1.
func CompareViews(a, b *View, abufs, bbufs [][]byte) int {
	// The prefix decides most comparisons. Unused bytes are zero, so that where
	// prefixes differ, a shorter string that is a prefix comes first as it should.
	if p, q := bits.ReverseBytes32(a.Prefix()), bits.ReverseBytes32(b.Prefix()); p != q {
		if p < q {
			return -1
		}
		return 1
	}
	return bytes.Compare(Bytes(a, abufs), Bytes(b, bbufs))
}

// SelText writes to out the rows of sel where a op b, and returns them. Rows of sel
// are not NULL; n is the number of rows.
func SelText(op CmpMask, a, b Text, n int, sel, out []int32) []int32 {
	if len(b.Views) == 1 && b.Views[0].IsInline() && (op == IsEqual || op == IsLess|IsGreater) {
		return selShort(op == IsEqual, a.Views, b.Views[0], n, sel, out)
	}
	ma, mb, k := mask(a.Views), mask(b.Views), 0
	if sel == nil {
		for i := range n {
			out[k] = int32(i)
			k += op.text(&a.Views[i&ma], &b.Views[i&mb], a.Bufs, b.Bufs)
		}
		return out[:k]
	}
	for _, i := range sel {
		out[k] = i
		k += op.text(&a.Views[int(i)&ma], &b.Views[int(i)&mb], a.Bufs, b.Bufs)
	}
	return out[:k]
}

// text is 1 where x op y, else 0.
func (m CmpMask) text(x, y *View, xb, yb [][]byte) int {
	switch m {
	case IsEqual:
		if EqualViews(x, y, xb, yb) {
			return 1
		}
		return 0
	case IsLess | IsGreater:
		if EqualViews(x, y, xb, yb) {
			return 0
		}
		return 1
	}
	return m.has(CompareViews(x, y, xb, yb))
}

// selShort selects by equality with a short string: two words, no branch.
func selShort(equal bool, a []View, c View, n int, sel, out []int32) []int32 {
	k, flip := 0, 0
	if !equal {
		flip = 1
	}
	ma := mask(a)
	if sel == nil {
		for i := range n {
			v := a[i&ma]
			hit := 0
			if (v.Lo^c.Lo)|(v.Hi^c.Hi) == 0 {
				hit = 1
			}
			out[k] = int32(i)
			k += hit ^ flip
		}
		return out[:k]
	}
	for _, i := range sel {
		v := a[int(i)&ma]
		hit := 0
		if (v.Lo^c.Lo)|(v.Hi^c.Hi) == 0 {
			hit = 1
		}
		out[k] = i
		k += hit ^ flip
	}
	return out[:k]
}

// BitsText sets bit i of dst just where a[i] op b[i], for the rows of sel, which
// are not NULL.
func BitsText(op CmpMask, dst []byte, a, b Text, n int, sel []int32) {
	ma, mb := mask(a.Views), mask(b.Views)
	if sel == nil {
		clear(dst[:BitBytes(n)])
		for i := range n {
			dst[i>>3] |= byte(op.text(&a.Views[i&ma], &b.Views[i&mb], a.Bufs, b.Bufs)) << (i & 7)
		}
		return
	}
	for _, i := range sel {
		PutBit(dst, int(i), op.text(&a.Views[int(i)&ma], &b.Views[int(i)&mb], a.Bufs, b.Bufs) == 1)
	}
}
