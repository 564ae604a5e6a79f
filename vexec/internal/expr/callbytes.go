package expr

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
)

// The digests append theirs to dst.
func md5Sum(dst, s []byte) []byte {
	sum := md5.Sum(s)
	return append(dst, sum[:]...)
}

func sha1Sum(dst, s []byte) []byte {
	sum := sha1.Sum(s)
	return append(dst, sum[:]...)
}

func sha224Sum(dst, s []byte) []byte {
	sum := sha256.Sum224(s)
	return append(dst, sum[:]...)
}

func sha256Sum(dst, s []byte) []byte {
	sum := sha256.Sum256(s)
	return append(dst, sum[:]...)
}

func sha384Sum(dst, s []byte) []byte {
	sum := sha512.Sum384(s)
	return append(dst, sum[:]...)
}

func sha512Sum(dst, s []byte) []byte {
	sum := sha512.Sum512(s)
	return append(dst, sum[:]...)
}

func hexDigest(sum func(dst, s []byte) []byte) strict {
	return func(c *call) {
		var raw [64]byte
		c.appendText(func(dst []byte, i int) ([]byte, bool) {
			return hex.AppendEncode(dst, sum(raw[:0], c.bytes(0, i))), false
		})
	}
}

func toBase64(c *call) {
	c.appendText(func(dst []byte, i int) ([]byte, bool) {
		return base64.StdEncoding.AppendEncode(dst, c.bytes(0, i)), false
	})
}

func fromBase64(c *call) {
	c.appendText(func(dst []byte, i int) ([]byte, bool) {
		s := c.bytes(0, i)
		out, err := base64.StdEncoding.AppendDecode(dst, s)
		if err != nil {
			c.fail(int32(i), quote(s)+" is not base64")
			return dst, false
		}
		return out, false
	})
}

func hexNumber(c *call) {
	n := c.args[0].Int64s()
	c.appendText(func(dst []byte, i int) ([]byte, bool) {
		from := len(dst)
		dst = strconv.AppendUint(dst, uint64(n[i]), 16)
		upper(dst[from:])
		return dst, false
	})
}

func hexText(c *call) {
	c.appendText(func(dst []byte, i int) ([]byte, bool) {
		from := len(dst)
		dst = hex.AppendEncode(dst, c.bytes(0, i))
		upper(dst[from:])
		return dst, false
	})
}

func upper(s []byte) {
	for i, c := range s {
		if c >= 'a' && c <= 'z' {
			s[i] = c - 'a' + 'A'
		}
	}
}

func unhex(c *call) {
	c.appendText(func(dst []byte, i int) ([]byte, bool) {
		s := c.bytes(0, i)
		out, err := hex.AppendDecode(dst, s)
		if err != nil {
			c.fail(int32(i), quote(s)+" is not made of pairs of hexadecimal digits")
			return dst, false
		}
		return out, false
	})
}

func noCharset(name []byte) string {
	return "there is no charset " + quote(name) + "; there are UTF-8, US-ASCII, ISO-8859-1, UTF-16, UTF-16BE, UTF-16LE"
}

func encode(c *call) {
	c.appendText(func(dst []byte, i int) ([]byte, bool) {
		out, ok := appendEncoded(dst, c.bytes(0, i), string(c.bytes(1, i)))
		if !ok {
			c.fail(int32(i), noCharset(c.bytes(1, i)))
		}
		return out, false
	})
}

func appendEncoded(dst, s []byte, charset string) (out []byte, ok bool) {
	switch charset = strings.ToUpper(charset); charset {
	case "UTF-8":
		return append(dst, s...), true
	case "US-ASCII", "ISO-8859-1":
		limit := rune(0x80)
		if charset == "ISO-8859-1" {
			limit = 0x100
		}
		for len(s) > 0 {
			r, n := utf8.DecodeRune(s)
			if r >= limit {
				r = '?'
			}
			dst, s = append(dst, byte(r)), s[n:]
		}
		return dst, true
	case "UTF-16", "UTF-16BE", "UTF-16LE":
		if charset == "UTF-16" {
			dst = append(dst, 0xFE, 0xFF)
		}
		for _, u := range utf16.Encode([]rune(string(s))) {
			if charset == "UTF-16LE" {
				dst = binary.LittleEndian.AppendUint16(dst, u)
			} else {
				dst = binary.BigEndian.AppendUint16(dst, u)
			}
		}
		return dst, true
	}
	return dst, false
}

func decode(c *call) {
	c.appendText(func(dst []byte, i int) ([]byte, bool) {
		out, ok := appendDecoded(dst, c.bytes(0, i), string(c.bytes(1, i)))
		if !ok {
			c.fail(int32(i), noCharset(c.bytes(1, i)))
		}
		return out, false
	})
}

// appendDecoded takes U+FFFD for what the charset has not.
func appendDecoded(dst, s []byte, charset string) (out []byte, ok bool) {
	switch charset = strings.ToUpper(charset); charset {
	case "UTF-8":
		return append(dst, strings.ToValidUTF8(string(s), "\ufffd")...), true
	case "US-ASCII", "ISO-8859-1":
		for _, b := range s {
			r := rune(b)
			if charset == "US-ASCII" && b >= utf8.RuneSelf {
				r = utf8.RuneError
			}
			dst = utf8.AppendRune(dst, r)
		}
		return dst, true
	case "UTF-16", "UTF-16BE", "UTF-16LE":
		little := charset == "UTF-16LE"
		if charset == "UTF-16" && len(s) >= 2 && (s[0] == 0xFE && s[1] == 0xFF || s[0] == 0xFF && s[1] == 0xFE) {
			little = s[0] == 0xFF
			s = s[2:]
		}
		var units []uint16
		for ; len(s) >= 2; s = s[2:] {
			if little {
				units = append(units, binary.LittleEndian.Uint16(s))
			} else {
				units = append(units, binary.BigEndian.Uint16(s))
			}
		}
		if len(s) == 1 {
			units = append(units, utf8.RuneError)
		}
		return append(dst, string(utf16.Decode(units))...), true
	}
	return dst, false
}

// uuidStep makes a random UUID for each row.
type uuidStep struct{ dst, slot int }

func (s *uuidStep) run(p *Program) {
	dst := p.regs[s.dst]
	out := dst.reset(ir.TVarchar, p.n)
	buf := dst.text[:0]
	forRows(p.n, p.slots[s.slot].rows, func(i int32) {
		from := len(buf)
		hi, lo := rand.Uint64()&^0xF000|0x4000, rand.Uint64()&^(3<<62)|1<<63
		buf = fmt.Appendf(buf, "%08x-%04x-%04x-%04x-%012x", hi>>32, hi>>16&0xFFFF, hi&0xFFFF, lo>>48, lo&(1<<48-1))
		out.Views()[i] = kernels.MakeView(buf[from:], 0, int32(from))
	})
	out.Bufs = append(out.Bufs, buf)
	dst.text = buf
	dst.out = *out
}
