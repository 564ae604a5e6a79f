package parquet

import (
	"encoding/binary"
	"math"
	"math/big"
	"math/bits"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// decimalPlan reads whole numbers and DECIMALs as a DECIMAL of at least their scale.
func decimalPlan(l *leaf, want *ir.Type) decodeFunc {
	from := ir.AsDecimal(l.natural)
	up := want.S - from.S
	fits := want.P-want.S >= from.P-from.S // every value does: nothing to check
	factor := powerOfTen(up)
	limit := powerOfTen(want.P)
	return func(c *column, dst *vexec.Vec, at, n int) error {
		out := dst.Decs()[at : at+n]
		if err := c.decs(out, at); err != nil {
			return err
		}
		if up == 0 && fits {
			return nil
		}
		for i, d := range out {
			x, ok := mulDec(d, factor)
			if !ok || !belowDec(x, limit) {
				c.outOfRange(at+i, d.Format(ir.AsDecimal(l.natural).S))
			}
			out[i] = x
		}
		return nil
	}
}

// decs reads the next len(out) values of the page, unscaled.
func (c *column) decs(out []ir.Dec, at int) error {
	switch c.plan.leaf.phys {
	case physInt32, physInt64:
		v, err := c.ints(len(out))
		if err != nil {
			return err
		}
		wide := c.plan.leaf.unsigned && c.plan.leaf.phys == physInt64
		for i := range out {
			out[i] = ir.DecFromInt64(v[i])
			if wide {
				out[i].Hi = 0
			}
		}
	case physBytes:
		v := c.scratch(ir.TVarbinary, len(out)).Views()
		buf, err := c.page.vals.texts(v, 0)
		if err != nil {
			return err
		}
		for i := range out {
			c.bigEndian(&out[i], at+i, kernels.Bytes(&v[i], [][]byte{buf}))
		}
	default:
		raw, err := c.page.vals.fixedBytes(len(out))
		if err != nil {
			return err
		}
		l := c.plan.leaf.length
		for i := range out {
			c.bigEndian(&out[i], at+i, raw[i*l:(i+1)*l])
		}
	}
	return nil
}

// bigEndian reads two's complement of any length.
func (c *column) bigEndian(d *ir.Dec, row int, s []byte) {
	*d = ir.Dec{}
	if len(s) == 0 {
		return
	}
	sign := byte(0)
	if s[0] >= 0x80 {
		sign = 0xFF
	}
	var raw [16]byte
	for i := range raw {
		raw[i] = sign
	}
	for len(s) > 16 {
		if s[0] != sign || (s[1] >= 0x80) != (sign == 0xFF) {
			c.outOfRange(row, new(big.Int).SetBytes(s).String())
			return
		}
		s = s[1:]
	}
	copy(raw[16-len(s):], s)
	*d = ir.Dec{Hi: int64(binary.BigEndian.Uint64(raw[:8])), Lo: binary.BigEndian.Uint64(raw[8:])}
}

func decimalToDouble(c *column, dst *vexec.Vec, at, n int) error {
	decs := make([]ir.Dec, n)
	if err := c.decs(decs, at); err != nil {
		return err
	}
	scale := math.Pow10(c.plan.leaf.natural.S) // exact up to 10^22
	out := dst.Float64s()[at : at+n]
	for i, d := range decs {
		out[i] = decToFloat(d, scale)
	}
	return nil
}

// decToFloat is d / scale to within one unit in the last place.
func decToFloat(d ir.Dec, scale float64) float64 {
	if d.Hi == int64(d.Lo)>>63 {
		return float64(int64(d.Lo)) / scale
	}
	f, _ := new(big.Float).SetInt(d.Big()).Float64()
	return f / scale
}

func powerOfTen(n int) ir.Dec {
	d, _ := ir.DecFromBig(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil))
	return d
}

func absDec(d ir.Dec) (hi, lo uint64) {
	hi, lo = uint64(d.Hi), d.Lo
	if d.Hi < 0 {
		var carry uint64
		lo, carry = bits.Add64(^lo, 1, 0)
		hi = ^hi + carry
	}
	return hi, lo
}

// mulDec is d * f for f > 0; ok is false where it does not fit in 127 bits.
func mulDec(d, f ir.Dec) (x ir.Dec, ok bool) {
	hi, lo := absDec(d)
	fhi := uint64(f.Hi)
	if hi != 0 && fhi != 0 {
		return ir.Dec{}, false
	}
	h, l := bits.Mul64(lo, f.Lo)
	o1, m1 := bits.Mul64(hi, f.Lo)
	o2, m2 := bits.Mul64(lo, fhi)
	h, c1 := bits.Add64(h, m1, 0)
	h, c2 := bits.Add64(h, m2, 0)
	if o1|o2|c1|c2 != 0 || h > math.MaxInt64 {
		return ir.Dec{}, false
	}
	x = ir.Dec{Hi: int64(h), Lo: l}
	if d.Hi < 0 {
		nlo, carry := bits.Add64(^l, 1, 0)
		x = ir.Dec{Hi: int64(^h + carry), Lo: nlo}
	}
	return x, true
}

// belowDec reports whether |d| < limit.
func belowDec(d, limit ir.Dec) bool {
	hi, lo := absDec(d)
	return hi < uint64(limit.Hi) || hi == uint64(limit.Hi) && lo < limit.Lo
}
