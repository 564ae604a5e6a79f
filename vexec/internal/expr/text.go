package expr

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/helios-stream/helios/kernels"
)

// textFns has the functions of text by name.
var textFns = map[string]strict{
	"||":           concat,
	"CONCAT":       concat,
	"LOWER":        caseFn(kernels.LowerShort, kernels.AppendLower),
	"UPPER":        caseFn(kernels.UpperShort, kernels.AppendUpper),
	"REVERSE":      appendFn(kernels.AppendReverse),
	"REPLACE":      replace,
	"TRIM":         trimFn(true, true),
	"LTRIM":        trimFn(true, false),
	"RTRIM":        trimFn(false, true),
	"SUBSTRING":    substring,
	"LEFT":         pieceFn(kernels.Left),
	"RIGHT":        pieceFn(kernels.Right),
	"SPLIT_INDEX":  splitIndex,
	"CHAR_LENGTH":  lengthFn(utf8.RuneCount),
	"OCTET_LENGTH": octetLength,
	"POSITION":     position,
	"STARTS_WITH":  startsWith,
	"LIKE":         like,
}

func appendFn(f func(dst, s []byte) []byte) strict {
	return func(c *call) {
		c.appendText(func(dst []byte, i int) ([]byte, bool) { return f(dst, c.bytes(0, i)), false })
	}
}

// caseFn changes short ASCII text in place, in its view, and writes the rest anew.
func caseFn(short func(kernels.View) (kernels.View, bool), long func(dst, s []byte) []byte) strict {
	rest := appendFn(long)
	return func(c *call) {
		in, out := c.args[0].Views(), c.out.Views()
		left, k := c.step.flats[0].room(c.n), 0
		forRows(c.n, c.live, func(i int32) {
			v, ok := short(in[i])
			out[i], left[k] = v, i
			if !ok {
				k++
			}
		})
		if k > 0 {
			c.live = left[:k]
			rest(c)
		}
	}
}

func concat(c *call) {
	c.appendText(func(dst []byte, i int) ([]byte, bool) {
		begin := len(dst)
		for k := range c.args {
			dst = append(dst, c.bytes(k, i)...)
			if len(dst)-begin > kernels.MaxText {
				break
			}
		}
		return dst, false
	})
}

func replace(c *call) {
	c.appendText(func(dst []byte, i int) ([]byte, bool) {
		out, ok := kernels.AppendReplace(dst, c.bytes(0, i), c.bytes(1, i), c.bytes(2, i))
		if !ok {
			c.fail(int32(i), tooLong)
		}
		return out, false
	})
}

func trimFn(start, end bool) strict {
	return func(c *call) {
		chars := []byte(" ")
		c.pieceText(func(s []byte, i int) ([]byte, bool) {
			if len(c.args) == 2 {
				chars = c.bytes(1, i)
			}
			if start {
				s = kernels.TrimLeft(s, chars)
			}
			if end {
				s = kernels.TrimRight(s, chars)
			}
			return s, false
		})
	}
}

// substring with a negative length is NULL, as in Flink.
func substring(c *call) {
	from, n := c.args[1].Int32s(), []int32(nil)
	if len(c.args) == 3 {
		n = c.args[2].Int32s()
	}
	c.pieceText(func(s []byte, i int) ([]byte, bool) {
		length := int64(len(s))
		if n != nil {
			length = int64(at(n, c.args[2], i))
		}
		if length < 0 {
			return nil, true
		}
		return kernels.Substring(s, int64(at(from, c.args[1], i)), length), false
	})
}

func pieceFn(f func(s []byte, n int64) []byte) strict {
	return func(c *call) {
		n := c.args[1].Int32s()
		c.pieceText(func(s []byte, i int) ([]byte, bool) { return f(s, int64(at(n, c.args[1], i))), false })
	}
}

func splitIndex(c *call) {
	n := c.args[2].Int32s()
	c.pieceText(func(s []byte, i int) ([]byte, bool) {
		part, ok := kernels.SplitIndex(s, c.bytes(1, i), int64(at(n, c.args[2], i)))
		return part, !ok
	})
}

func lengthFn(f func(s []byte) int) strict {
	return func(c *call) {
		dst := c.out.Int32s()
		c.each(func(i int) { dst[i] = int32(f(c.bytes(0, i))) })
	}
}

func octetLength(c *call) {
	dst, views := c.out.Int32s(), c.args[0].Views()
	c.each(func(i int) { dst[i] = int32(views[i].Len()) })
}

func position(c *call) {
	dst := c.out.Int32s()
	c.each(func(i int) { dst[i] = int32(kernels.Position(c.bytes(0, i), c.bytes(1, i))) })
}

func startsWith(c *call) {
	c.each(func(i int) {
		kernels.PutBit(c.out.Data, i, bytes.HasPrefix(c.bytes(0, i), c.bytes(1, i)))
	})
}

// like compiles the pattern once for as long as it stays the same.
func like(c *call) {
	var compiled *kernels.Like
	var ok, have bool
	last := ""
	c.each(func(i int) {
		escape := rune(0)
		if len(c.args) == 3 {
			e := c.bytes(2, i)
			r, n := utf8.DecodeRune(e)
			if n == 0 || n != len(e) {
				c.fail(int32(i), fmt.Sprintf("ESCAPE takes one character, not %s", quote(e)))
				return
			}
			escape = r
		}
		pattern := c.bytes(1, i)
		if !have || last != string(pattern) || len(c.args) == 3 && !c.isConst(2) {
			compiled, ok = kernels.CompileLike(pattern, escape)
			last, have = string(pattern), true
		}
		if !ok {
			c.fail(int32(i), "the escape character stands before something other than %, _ and itself in "+quote(pattern))
			return
		}
		kernels.PutBit(c.out.Data, i, compiled.Match(c.bytes(0, i)))
	})
}

// quote prints a value for a reason, shortened.
func quote(s []byte) string { return "'" + shorten(string(s), 60) + "'" }
