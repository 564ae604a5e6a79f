package parquet

import (
	"cmp"
	"math"
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// term is a condition on a column of the scan that rows and bounds can be looked at by.
type term struct {
	ir.ScanTerm
	typ    *ir.Type
	consts vexec.Vec // the values, Flat

	// Of a dictionary: which entries fulfil the condition.
	of   *page
	bits []byte
}

// newTerms are the terms that a decoder makes something of.
func newTerms(terms []ir.ScanTerm, scan *vexec.Scan, cols []columnReader) (out []*term) {
	for _, t := range terms {
		if _, flat := cols[t.Col].(*column); !flat {
			continue
		}
		typ := scan.Schema.Cols[t.Col].Type
		x := &term{ScanTerm: t, typ: typ, consts: vexec.NewVec(typ, len(t.Values))}
		ok := true
		for i, v := range t.Values {
			ok = ok && x.put(i, v)
		}
		if ok && (t.Op == ir.TermIn || t.Op == ir.TermIsNull || t.Op == ir.TermNotNull || len(t.Values) == 1) {
			out = append(out, x)
		}
	}
	return out
}

// put sets constant i; false: rows cannot be compared with it here.
func (t *term) put(i int, v ir.Value) bool {
	c := &t.consts
	switch x := v.(type) {
	case int64:
		switch t.typ.Kind {
		case ir.TinyInt:
			c.Int8s()[i] = int8(x)
		case ir.SmallInt:
			c.Int16s()[i] = int16(x)
		case ir.Integer, ir.Date:
			c.Int32s()[i] = int32(x)
		case ir.BigInt, ir.Time, ir.Timestamp, ir.TimestampLTZ:
			c.Int64s()[i] = x
		default:
			return false
		}
	case float64:
		switch t.typ.Kind {
		case ir.Real:
			c.Float32s()[i] = float32(x)
		case ir.Double:
			c.Float64s()[i] = x
		default:
			return false
		}
		return x == x // a NaN is left to the plan
	case ir.Dec:
		if t.typ.Kind != ir.Decimal {
			return false
		}
		c.Decs()[i] = x
	case string:
		if t.typ.Kind != ir.Varchar {
			return false
		}
		c.SetBytes(i, []byte(x))
	case []byte:
		if t.typ.Kind != ir.Varbinary {
			return false
		}
		c.SetBytes(i, x)
	case bool:
		if t.Op != ir.TermEqual && t.Op != ir.TermIn || t.typ.Kind != ir.Boolean {
			return false
		}
		setBit(c.Data, i, x)
	default:
		return false
	}
	return true
}

// rows writes to out which of the n rows of c, among sel, fulfil the condition. sel
// nil is all of them; out may be sel.
func (t *term) rows(c *column, n int, sel, out []int32) []int32 {
	v := c.vec()
	switch t.Op {
	case ir.TermIsNull:
		if v.Valid == nil {
			return out[:0]
		}
		return kernels.SelNotBits(v.Valid, n, sel, out)
	case ir.TermNotNull:
		if v.Valid == nil {
			return all(n, sel, out)
		}
		return kernels.SelBits(v.Valid, n, sel, out)
	}
	if v.Valid != nil {
		sel = kernels.SelBits(v.Valid, n, sel, out)
	}
	if v.Enc == vexec.Dict {
		return kernels.SelByCode(t.entries(c), v.Codes()[:n], sel, out)
	}
	if len(t.Values) > manyValues {
		return all(n, sel, out) // the plan is quicker
	}
	return t.values(v, n, sel, out)
}

// manyValues of an IN list are not compared with row by row.
const manyValues = 32

func all(n int, sel, out []int32) []int32 {
	if sel == nil {
		return kernels.SelAll(n, out)
	}
	return out[:copy(out, sel)]
}

// entries are the entries of the dictionary that fulfil the condition, as bits.
func (t *term) entries(c *column) []byte {
	if t.of == c.dict.page {
		return t.bits
	}
	d := &c.dict.vec
	n := max(c.dict.n, 1)
	t.bits = append(t.bits[:0], make([]byte, (n+7)/8)...)
	for _, i := range t.values(d, n, nil, make([]int32, n)) {
		vexec.SetBit(t.bits, int(i))
	}
	t.of = c.dict.page
	return t.bits
}

// values is rows for a Flat vector, of which the rows of sel are not NULL.
func (t *term) values(v *vexec.Vec, n int, sel, out []int32) []int32 {
	if t.Op != ir.TermIn {
		return t.compare(t.Op, v, 0, n, sel, out)
	}
	if sel == nil {
		sel = kernels.SelAll(n, out)
	}
	var found []int32
	for k := range t.Values {
		hits := t.compare(ir.TermEqual, v, k, n, sel, make([]int32, n))
		found = kernels.SelUnion(found, hits, make([]int32, len(found)+len(hits)))
	}
	return out[:copy(out, found)]
}

// compare compares with constant k.
func (t *term) compare(op ir.TermOp, v *vexec.Vec, k, n int, sel, out []int32) []int32 {
	c := &t.consts
	switch t.typ.Kind {
	case ir.TinyInt:
		return compareInts(op, v.Int8s()[:n], c.Int8s()[k], sel, out)
	case ir.SmallInt:
		return compareInts(op, v.Int16s()[:n], c.Int16s()[k], sel, out)
	case ir.Integer, ir.Date:
		return compareInts(op, v.Int32s()[:n], c.Int32s()[k], sel, out)
	case ir.BigInt, ir.Time, ir.Timestamp, ir.TimestampLTZ:
		return compareInts(op, v.Int64s()[:n], c.Int64s()[k], sel, out)
	case ir.Real:
		return compareFloats(op, v.Float32s()[:n], c.Float32s()[k], sel, out)
	case ir.Double:
		return compareFloats(op, v.Float64s()[:n], c.Float64s()[k], sel, out)
	case ir.Decimal:
		return compareDecs(masks[op], v.Decs()[:n], c.Decs()[k], sel, out)
	case ir.Boolean:
		if vexec.Bit(c.Data, k) {
			return kernels.SelBits(v.Data, n, sel, out)
		}
		return kernels.SelNotBits(v.Data, n, sel, out)
	}
	a := kernels.Text{Views: v.Views()[:n], Bufs: v.Bufs}
	return kernels.SelText(masks[op], a, kernels.Text{Views: c.Views()[k : k+1], Bufs: c.Bufs}, n, sel, out)
}

var masks = map[ir.TermOp]kernels.CmpMask{
	ir.TermEqual: kernels.IsEqual, ir.TermLess: kernels.IsLess, ir.TermLessEqual: kernels.IsLess | kernels.IsEqual,
	ir.TermGreater: kernels.IsGreater, ir.TermGreaterEqual: kernels.IsGreater | kernels.IsEqual,
}

func compareInts[T kernels.Int](op ir.TermOp, x []T, y T, sel, out []int32) []int32 {
	switch op {
	case ir.TermLess:
		return kernels.SelLtConst(x, y, sel, out)
	case ir.TermLessEqual:
		return kernels.SelLeConst(x, y, sel, out)
	case ir.TermGreater:
		return kernels.SelGtConst(x, y, sel, out)
	case ir.TermGreaterEqual:
		return kernels.SelGeConst(x, y, sel, out)
	}
	return kernels.SelEqConst(x, y, sel, out)
}

func compareFloats[T kernels.Float](op ir.TermOp, x []T, y T, sel, out []int32) []int32 {
	switch op {
	case ir.TermLess:
		return kernels.SelFloatLtConst(x, y, sel, out)
	case ir.TermLessEqual:
		return kernels.SelFloatLeConst(x, y, sel, out)
	case ir.TermGreater:
		return kernels.SelFloatGtConst(x, y, sel, out)
	case ir.TermGreaterEqual:
		return kernels.SelFloatGeConst(x, y, sel, out)
	}
	return kernels.SelFloatEqConst(x, y, sel, out)
}

func compareDecs(op kernels.CmpMask, x []ir.Dec, y ir.Dec, sel, out []int32) []int32 {
	k := 0
	if sel == nil {
		sel = kernels.SelAll(len(x), out)
	}
	for _, i := range sel {
		out[k] = i
		k += int(op>>(compareDec(x[i], y)+1)) & 1
	}
	return out[:k]
}

func compareDec(a, b ir.Dec) int {
	if a.Hi != b.Hi {
		return cmp.Compare(a.Hi, b.Hi)
	}
	return cmp.Compare(a.Lo, b.Lo)
}

// minStretch is how many rows in a row must be unwanted to be passed over.
const minStretch = 32

// stretches are the rows of sel, with gaps that are not worth passing over; nil:
// all of the n rows.
func stretches(sel []int32, n int, out []stretch) []stretch {
	out = out[:0]
	for _, r := range sel {
		i := int(r)
		if k := len(out); k > 0 && i-out[k-1].to < minStretch {
			out[k-1].to = i + 1
			continue
		}
		out = append(out, stretch{i, i + 1})
	}
	if len(out) == 1 && out[0].to-out[0].from > n-minStretch {
		return nil
	}
	return out
}

// nothing is a column of which no row is looked at: all are NULL.
func nothing(t *ir.Type) vexec.Vec {
	v := vexec.Vec{Type: t, Enc: vexec.Const, Valid: []byte{0}, Data: vexec.AlignedBytes(16)}
	switch t.Kind {
	case ir.Row:
		for _, f := range t.Fields {
			v.Kids = append(v.Kids, nothing(f.Type))
		}
	case ir.Array:
		v.Offs, v.Kids = []int32{0, 0}, []vexec.Vec{nothing(t.Elem)}
	case ir.Map:
		v.Offs, v.Kids = []int32{0, 0}, []vexec.Vec{nothing(t.Key), nothing(t.Elem)}
	}
	return v
}

// known is what is known of some rows of a column. nil: not known.
type known struct {
	min, max ir.Value
	nulls    int64 // -1: not known
	rows     int64
}

// excludes reports whether no row that k is about fulfils the condition.
func (t *term) excludes(k *known) bool {
	switch t.Op {
	case ir.TermIsNull:
		return k.nulls == 0
	case ir.TermNotNull:
		return k.nulls == k.rows
	}
	if k.nulls == k.rows && k.rows > 0 {
		return true
	}
	for _, v := range t.Values {
		if !t.misses(k, v) {
			return false
		}
	}
	return true
}

// misses reports whether no value within the bounds compares with v as asked for.
// NaN is greater than all others and in no bounds.
func (t *term) misses(k *known, v ir.Value) bool {
	below := k.max != nil && compareValue(k.max, v) < 0 // all are below v
	above := k.min != nil && compareValue(k.min, v) > 0
	switch t.Op {
	case ir.TermLess:
		return k.min != nil && compareValue(k.min, v) >= 0
	case ir.TermLessEqual:
		return above
	case ir.TermGreater:
		return !t.typ.Kind.IsFloat() && k.max != nil && compareValue(k.max, v) <= 0
	case ir.TermGreaterEqual:
		return !t.typ.Kind.IsFloat() && below
	}
	return below || above
}

// compareValue orders two values of one type.
func compareValue(a, b ir.Value) int {
	switch x := a.(type) {
	case int64:
		return cmp.Compare(x, b.(int64))
	case float64:
		return cmp.Compare(x, b.(float64))
	case ir.Dec:
		return compareDec(x, b.(ir.Dec))
	case string:
		return cmp.Compare(x, b.(string))
	case []byte:
		return slices.Compare(x, b.([]byte))
	case bool:
		return cmp.Compare(boolNumber(x), boolNumber(b.(bool)))
	}
	return 0
}

func boolNumber(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// isNaN reports whether v is a float that has no place in an order.
func isNaN(v ir.Value) bool {
	f, ok := v.(float64)
	return ok && math.IsNaN(f)
}
