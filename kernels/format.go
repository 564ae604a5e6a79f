package kernels

import (
	"math"
	"math/bits"
	"strconv"
)

// AppendDec appends d at the scale s, such as -0.05.
func AppendDec(dst []byte, d Dec, s int) []byte {
	if d.Hi < 0 {
		dst = append(dst, '-')
	}
	hi, lo := uint64(d.Abs().Hi), d.Abs().Lo
	var buf [40]byte
	i := len(buf)
	for {
		var rem uint64
		q := hi / 10
		lo, rem = bits.Div64(hi%10, lo, 10)
		hi = q
		i--
		buf[i] = byte('0' + rem)
		if hi|lo == 0 && len(buf)-i > s {
			break
		}
	}
	dst = append(dst, buf[i:len(buf)-s]...)
	if s > 0 {
		dst = append(dst, '.')
		dst = append(dst, buf[len(buf)-s:]...)
	}
	return dst
}

// AppendFloat appends f in its shortest exact form; Infinity, -Infinity and NaN by name.
func AppendFloat(dst []byte, f float64) []byte {
	switch {
	case f != f:
		return append(dst, "NaN"...)
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	}
	if a := math.Abs(f); a != 0 && (a < 1e-6 || a >= 1e21) {
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	from := len(dst)
	dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
	for _, c := range dst[from:] {
		if c == '.' {
			return dst
		}
	}
	return append(dst, ".0"...)
}

// AppendDate appends a day since 1970-01-01 as YYYY-MM-DD.
func AppendDate(dst []byte, day int64) []byte {
	y, m, d := CivilDate(day)
	dst = appendYear(dst, y)
	dst = append(dst, '-')
	dst = append2(dst, m)
	dst = append(dst, '-')
	return append2(dst, d)
}

func appendYear(dst []byte, y int) []byte {
	if y < 0 {
		dst = append(dst, '-')
		y = -y
	}
	for lim := 1000; lim > y && lim > 1; lim /= 10 {
		dst = append(dst, '0')
	}
	return strconv.AppendInt(dst, int64(y), 10)
}

func append2(dst []byte, v int) []byte { return append(dst, byte('0'+v/10), byte('0'+v%10)) }

// AppendTime appends a time of day in units of a second as HH:MM:SS, with all
// digits of the fraction where it is not zero. units is a power of ten.
func AppendTime(dst []byte, t, units int64) []byte {
	sec, frac := t/units, t%units
	dst = append2(dst, int(sec/3600))
	dst = append(dst, ':')
	dst = append2(dst, int(sec/60%60))
	dst = append(dst, ':')
	dst = append2(dst, int(sec%60))
	if frac == 0 {
		return dst
	}
	dst = append(dst, '.')
	for u := units / 10; u > 0; u /= 10 {
		dst = append(dst, byte('0'+frac/u%10))
	}
	return dst
}

// AppendTimestamp appends t, counted in units of a second since 1970, as
// YYYY-MM-DD HH:MM:SS[.f].
func AppendTimestamp(dst []byte, t, units int64) []byte {
	day := FloorDiv(t, 86400*units)
	dst = AppendDate(dst, day)
	dst = append(dst, ' ')
	return AppendTime(dst, t-day*86400*units, units)
}
