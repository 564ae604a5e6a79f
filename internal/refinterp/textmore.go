package refinterp

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/helios-stream/helios/ir"
)

// longestText is the most bytes of a text that a function makes.
const longestText = 64 << 20

var moreTexts = map[string]scalar{
	"INITCAP": initcap, "LPAD": pad(true), "RPAD": pad(false), "REPEAT": repeatText, "CONCAT_WS": concatWith, "SPLIT_PART": splitPart,
	"ASCII": ascii, "CHR": chr, "TRANSLATE": translate, "OVERLAY": overlay, "LOCATE": locate, "INSTR": instr, "ENDS_WITH": endsWith,
	"REGEXP_LIKE": regexpLike, "REGEXP_EXTRACT": regexpExtract, "REGEXP_REPLACE": regexpReplace, "SIMILAR TO": similarTo,
	"MD5":       bytesText(func(b []byte) string { return fmt.Sprintf("%x", md5.Sum(b)) }),
	"SHA1":      bytesText(func(b []byte) string { return fmt.Sprintf("%x", sha1.Sum(b)) }),
	"SHA224":    bytesText(func(b []byte) string { return fmt.Sprintf("%x", sha256.Sum224(b)) }),
	"SHA256":    bytesText(func(b []byte) string { return fmt.Sprintf("%x", sha256.Sum256(b)) }),
	"SHA384":    bytesText(func(b []byte) string { return fmt.Sprintf("%x", sha512.Sum384(b)) }),
	"SHA512":    bytesText(func(b []byte) string { return fmt.Sprintf("%x", sha512.Sum512(b)) }),
	"TO_BASE64": bytesText(base64.StdEncoding.EncodeToString),
	"HEX":       hexOf, "FROM_BASE64": fromBase64, "UNHEX": unhex, "ENCODE": encode, "DECODE": decode, "HASH": hashOf,
	"UUID": func(*ir.Call, []ir.Value) (ir.Value, error) { return "00000000-0000-4000-8000-000000000000", nil },
}

func initcap(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	inside := false
	return strings.Map(func(r rune) rune {
		word := unicode.IsLetter(r) || unicode.IsDigit(r)
		switch {
		case word && inside:
			r = unicode.ToLower(r)
		case word:
			r = unicode.ToUpper(r)
		}
		inside = word
		return r
	}, a[0].(string)), nil
}

func pad(front bool) scalar {
	return func(_ *ir.Call, a []ir.Value) (ir.Value, error) {
		s, n, fill := []rune(a[0].(string)), a[1].(int64), []rune(" ")
		if len(a) == 3 {
			fill = []rune(a[2].(string))
		}
		if n < 0 || len(fill) == 0 {
			return nil, nil
		}
		missing := n - int64(len(s))
		if missing <= 0 {
			return string(s[:n]), nil
		}
		if missing > longestText || missing/int64(len(fill))*int64(len(string(fill))) > longestText {
			return nil, fail(BadArgument, "the text would be too long")
		}
		var more []rune
		for i := range missing {
			more = append(more, fill[i%int64(len(fill))])
		}
		if front {
			return string(more) + string(s), nil
		}
		return string(s) + string(more), nil
	}
}

func repeatText(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	s, n := a[0].(string), max(0, a[1].(int64))
	if s == "" {
		return "", nil
	}
	if n > longestText || n*int64(len(s)) > longestText {
		return nil, fail(BadArgument, "the text would be too long")
	}
	return strings.Repeat(s, int(n)), nil
}

func concatWith(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	if a[0] == nil {
		return nil, nil
	}
	var parts []string
	for _, v := range a[1:] {
		if v != nil {
			parts = append(parts, v.(string))
		}
	}
	return strings.Join(parts, a[0].(string)), nil
}

func splitPart(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	s, sep, n := a[0].(string), a[1].(string), a[2].(int64)
	if n == 0 {
		return nil, fail(BadArgument, "part 0")
	}
	parts := []string{s}
	if sep != "" {
		parts = strings.Split(s, sep)
	}
	if n < 0 {
		n += int64(len(parts)) + 1
	}
	if n < 1 || n > int64(len(parts)) {
		return "", nil
	}
	return parts[n-1], nil
}

func ascii(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	for _, r := range a[0].(string) {
		return int64(r), nil
	}
	return int64(0), nil
}

func chr(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	if a[0].(int64) < 0 {
		return "", nil
	}
	return string(rune(a[0].(int64) % 256)), nil
}

func translate(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	from, to := []rune(a[1].(string)), []rune(a[2].(string))
	var b strings.Builder
next:
	for _, r := range a[0].(string) {
		for i, f := range from {
			if f == r {
				if i < len(to) {
					b.WriteRune(to[i])
				}
				continue next
			}
		}
		b.WriteRune(r)
	}
	return b.String(), nil
}

func overlay(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	s, t, start := []rune(a[0].(string)), []rune(a[1].(string)), a[2].(int64)
	length := int64(len(t))
	if len(a) == 4 {
		length = max(0, a[3].(int64))
	}
	if start < 1 || start > int64(len(s)) {
		return a[0], nil
	}
	end := min(int64(len(s)), start-1+length)
	return string(s[:start-1]) + string(t) + string(s[end:]), nil
}

func locate(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	part, s, start := a[0].(string), []rune(a[1].(string)), int64(1)
	if len(a) == 3 {
		start = a[2].(int64)
	}
	if start < 1 || start-1 > int64(len(s)) {
		return int64(0), nil
	}
	at := strings.Index(string(s[start-1:]), part)
	if at < 0 {
		return int64(0), nil
	}
	return start + int64(len([]rune(string(s[start-1:])[:at]))), nil
}

func instr(c *ir.Call, a []ir.Value) (ir.Value, error) {
	return position(c, []ir.Value{a[1], a[0]})
}

func endsWith(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	return strings.HasSuffix(a[0].(string), a[1].(string)), nil
}

func regex(text ir.Value) (*regexp.Regexp, error) {
	re, err := regexp.Compile(text.(string))
	if err != nil || len(text.(string)) > 10_000 {
		return nil, fail(BadArgument, "%q is no regular expression", text)
	}
	return re, nil
}

func regexpLike(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	re, err := regex(a[1])
	if err != nil {
		return nil, err
	}
	return re.MatchString(a[0].(string)), nil
}

func regexpExtract(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	re, err := regex(a[1])
	if err != nil {
		return nil, err
	}
	group := int64(0)
	if len(a) == 3 {
		group = a[2].(int64)
	}
	m := re.FindStringSubmatchIndex(a[0].(string))
	if m == nil || group < 0 || 2*group >= int64(len(m)) || m[2*group] < 0 {
		return nil, nil
	}
	return a[0].(string)[m[2*group]:m[2*group+1]], nil
}

// javaDollar matches what has a meaning in a replacement: \x, $1, and what is wrong.
var javaDollar = regexp.MustCompile(`(?s)\\.|\$\d|\\$|\$`)

func regexpReplace(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	re, err := regex(a[1])
	if err != nil {
		return nil, err
	}
	wrong := false
	template := javaDollar.ReplaceAllStringFunc(a[2].(string), func(m string) string {
		switch {
		case m[0] == '\\' && len(m) > 1:
			return strings.ReplaceAll(m[1:], "$", "$$")
		case len(m) == 2 && int(m[1]-'0') <= re.NumSubexp():
			return "${" + m[1:] + "}"
		}
		wrong = true
		return ""
	})
	if wrong {
		return nil, fail(BadArgument, "%q has a $ or a \\ without a meaning", a[2])
	}
	return re.ReplaceAllString(a[0].(string), template), nil
}

// bytesText is a function from the bytes of a text, or bytes, to a text.
func bytesText(f func(b []byte) string) scalar {
	return func(_ *ir.Call, a []ir.Value) (ir.Value, error) { return f([]byte(text(a[0]))), nil }
}

func hexOf(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	if n, ok := a[0].(int64); ok {
		return fmt.Sprintf("%X", uint64(n)), nil
	}
	return fmt.Sprintf("%X", []byte(text(a[0]))), nil
}

func fromBase64(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	b, err := base64.StdEncoding.DecodeString(a[0].(string))
	if err != nil {
		return nil, fail(BadArgument, "%q is not base64", a[0])
	}
	return string(b), nil
}

func unhex(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	b, err := hex.DecodeString(a[0].(string))
	if err != nil {
		return nil, fail(BadArgument, "%q is not hexadecimal", a[0])
	}
	return b, nil
}

func encode(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	s, charset := a[0].(string), strings.ToUpper(a[1].(string))
	switch charset {
	case "UTF-8":
		return []byte(s), nil
	case "US-ASCII", "ISO-8859-1":
		out := []byte{}
		for _, r := range s {
			if r > map[string]rune{"US-ASCII": 127, "ISO-8859-1": 255}[charset] {
				r = '?'
			}
			out = append(out, byte(r))
		}
		return out, nil
	case "UTF-16", "UTF-16BE", "UTF-16LE":
		out := []byte{}
		if charset == "UTF-16" {
			out = []byte{0xFE, 0xFF}
		}
		for _, u := range utf16.Encode([]rune(s)) {
			pair := []byte{byte(u >> 8), byte(u)}
			if charset == "UTF-16LE" {
				pair[0], pair[1] = pair[1], pair[0]
			}
			out = append(out, pair...)
		}
		return out, nil
	}
	return nil, fail(BadArgument, "no charset %q", charset)
}

func decode(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	b, charset := a[0].([]byte), strings.ToUpper(a[1].(string))
	switch charset {
	case "UTF-8":
		return strings.ToValidUTF8(string(b), "\ufffd"), nil
	case "US-ASCII", "ISO-8859-1":
		var out []rune
		for _, c := range b {
			r := rune(c)
			if r > 127 && charset == "US-ASCII" {
				r = unicode.ReplacementChar
			}
			out = append(out, r)
		}
		return string(out), nil
	case "UTF-16", "UTF-16BE", "UTF-16LE":
		high, low := 0, 1
		if charset == "UTF-16LE" || charset == "UTF-16" && len(b) >= 2 && b[0] == 0xFF && b[1] == 0xFE {
			high, low = 1, 0
		}
		if charset == "UTF-16" && len(b) >= 2 && (b[high] == 0xFE && b[low] == 0xFF) {
			b = b[2:]
		}
		var units []uint16
		for ; len(b) >= 2; b = b[2:] {
			units = append(units, uint16(b[high])<<8|uint16(b[low]))
		}
		out := string(utf16.Decode(units))
		if len(b) == 1 {
			out += "\ufffd"
		}
		return out, nil
	}
	return nil, fail(BadArgument, "no charset %q", charset)
}

func hashOf(c *ir.Call, a []ir.Value) (ir.Value, error) {
	h := fnv.New64a()
	for i, v := range a {
		if f, ok := v.(float64); ok {
			if f == 0 {
				f = 0 // not -0
			}
			v = castToText(f, c.Args[i].Type())
		}
		if v == nil {
			h.Write([]byte{1})
			continue
		}
		h.Write(append([]byte(text(v)), 0))
	}
	return int64(h.Sum64()), nil
}
