package expr

import (
	"bytes"
	"unicode/utf8"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
)

// moreTextFn returns the functions of texts and bytes beyond the basic ones; nil: it
// has no such name. Those that keep compiled patterns are made anew for each call.
func moreTextFn(name string, in []*ir.Type) strict {
	switch name {
	case "SIMILAR TO":
		return similarTo()
	case "REGEXP_LIKE":
		return regexpLike()
	case "REGEXP_EXTRACT":
		return regexpExtract()
	case "REGEXP_REPLACE":
		return regexpReplace()
	case "HEX":
		if in[0].Kind == ir.BigInt {
			return hexNumber
		}
	}
	return moreTexts[name]
}

var moreTexts = map[string]strict{
	"INITCAP":     appendFn(kernels.AppendInitcap),
	"LPAD":        padFn(true),
	"RPAD":        padFn(false),
	"REPEAT":      repeatText,
	"CONCAT_WS":   concatWith,
	"SPLIT_PART":  splitPart,
	"ASCII":       asciiOf,
	"CHR":         chr,
	"TRANSLATE":   translate,
	"OVERLAY":     overlay,
	"LOCATE":      locate,
	"INSTR":       instr,
	"ENDS_WITH":   endsWith,
	"MD5":         hexDigest(md5Sum),
	"SHA1":        hexDigest(sha1Sum),
	"SHA224":      hexDigest(sha224Sum),
	"SHA256":      hexDigest(sha256Sum),
	"SHA384":      hexDigest(sha384Sum),
	"SHA512":      hexDigest(sha512Sum),
	"TO_BASE64":   toBase64,
	"FROM_BASE64": fromBase64,
	"HEX":         hexText,
	"UNHEX":       unhex,
	"ENCODE":      encode,
	"DECODE":      decode,
	"HASH":        hashTexts,
}

func padFn(front bool) strict {
	return func(c *call) {
		n := c.args[1].Int32s()
		pad := []byte(" ")
		c.appendText(func(dst []byte, i int) ([]byte, bool) {
			if len(c.args) == 3 {
				pad = c.bytes(2, i)
			}
			want := int64(at(n, c.args[1], i))
			if want < 0 || len(pad) == 0 {
				return dst, true
			}
			out, ok := kernels.AppendPad(dst, c.bytes(0, i), pad, want, front)
			if !ok {
				c.fail(int32(i), tooLong)
			}
			return out, false
		})
	}
}

func repeatText(c *call) {
	n := c.args[1].Int32s()
	c.appendText(func(dst []byte, i int) ([]byte, bool) {
		out, ok := kernels.AppendRepeat(dst, c.bytes(0, i), int64(at(n, c.args[1], i)))
		if !ok {
			c.fail(int32(i), tooLong)
		}
		return out, false
	})
}

// concatWith takes NULLs: they are left out.
func concatWith(c *call) {
	c.appendText(func(dst []byte, i int) ([]byte, bool) {
		if c.null(0, i) {
			return dst, true
		}
		first, begin := true, len(dst)
		for k := 1; k < len(c.args) && len(dst)-begin <= kernels.MaxText; k++ {
			if c.null(k, i) {
				continue
			}
			if !first {
				dst = append(dst, c.bytes(0, i)...)
			}
			dst, first = append(dst, c.bytes(k, i)...), false
		}
		return dst, false
	})
}

func splitPart(c *call) {
	n := c.args[2].Int32s()
	c.pieceText(func(s []byte, i int) ([]byte, bool) {
		want := int64(at(n, c.args[2], i))
		if want == 0 {
			c.fail(int32(i), "the number of the part is 1 or more, or negative to count from the end")
			return nil, false
		}
		return kernels.SplitPart(s, c.bytes(1, i), want), false
	})
}

func asciiOf(c *call) {
	dst := c.out.Int32s()
	c.each(func(i int) {
		dst[i] = 0
		if s := c.bytes(0, i); len(s) > 0 {
			r, _ := utf8.DecodeRune(s)
			dst[i] = r
		}
	})
}

func chr(c *call) {
	n := c.args[0].Int64s()
	c.appendText(func(dst []byte, i int) ([]byte, bool) {
		if n[i] < 0 {
			return dst, false
		}
		return utf8.AppendRune(dst, rune(n[i]&0xFF)), false
	})
}

func translate(c *call) {
	c.appendText(func(dst []byte, i int) ([]byte, bool) {
		return kernels.AppendTranslate(dst, c.bytes(0, i), c.bytes(1, i), c.bytes(2, i)), false
	})
}

func overlay(c *call) {
	from, n := c.args[2].Int32s(), []int32(nil)
	if len(c.args) == 4 {
		n = c.args[3].Int32s()
	}
	c.appendText(func(dst []byte, i int) ([]byte, bool) {
		t := c.bytes(1, i)
		length := int64(utf8.RuneCount(t))
		if n != nil {
			length = int64(at(n, c.args[3], i))
		}
		return kernels.AppendOverlay(dst, c.bytes(0, i), t, int64(at(from, c.args[2], i)), length), false
	})
}

func locate(c *call) {
	dst, from := c.out.Int32s(), []int32(nil)
	if len(c.args) == 3 {
		from = c.args[2].Int32s()
	}
	c.each(func(i int) {
		start := int64(1)
		if from != nil {
			start = int64(at(from, c.args[2], i))
		}
		dst[i] = int32(kernels.Locate(c.bytes(0, i), c.bytes(1, i), start))
	})
}

func instr(c *call) {
	dst := c.out.Int32s()
	c.each(func(i int) { dst[i] = int32(kernels.Position(c.bytes(1, i), c.bytes(0, i))) })
}

func endsWith(c *call) {
	c.each(func(i int) {
		kernels.PutBit(c.out.Data, i, bytes.HasSuffix(c.bytes(0, i), c.bytes(1, i)))
	})
}

// The seed and the factor of FNV-1a in 64 bits.
const (
	fnvSeed  = 0xcbf29ce484222325
	fnvPrime = 0x100000001b3
)

// hashTexts takes NULLs: see the registry.
func hashTexts(c *call) {
	dst := c.out.Int64s()
	var float [32]byte
	c.each(func(i int) {
		h := uint64(fnvSeed)
		for k := range c.args {
			if c.null(k, i) {
				h = (h ^ 1) * fnvPrime
				continue
			}
			for _, b := range c.hashed(k, i, float[:0]) {
				h = (h ^ uint64(b)) * fnvPrime
			}
			h *= fnvPrime // a byte 0
		}
		dst[i] = int64(h)
	})
}

// hashed is what HASH takes of argument k, in the memory of room where it is a float. -0 + 0 is 0.
func (c *call) hashed(k, i int, room []byte) []byte {
	switch a := c.args[k]; a.Type.Kind {
	case ir.Double:
		return kernels.AppendFloat(room, at(a.Float64s(), a, i)+0)
	case ir.Real:
		return appendFloat(room, float64(at(a.Float32s(), a, i))+0, 32)
	}
	return c.bytes(k, i)
}
