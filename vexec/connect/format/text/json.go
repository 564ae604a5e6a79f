package text

import (
	"encoding/json"
	"unicode/utf8"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// AppendJSON prints row i of v as JSON on one line: numbers as numbers (DECIMAL
// exactly, NaN and infinities as strings), times and bytes (base64) as strings,
// ROW and MAP as objects, NULL as null.
func AppendJSON(dst []byte, v *vexec.Vec, i int) []byte { return appendJSON(dst, v, i, "") }

// AppendJSONZoned is AppendJSON with a Z behind each TIMESTAMP_LTZ: text that says by itself
// that it is in UTC.
func AppendJSONZoned(dst []byte, v *vexec.Vec, i int) []byte { return appendJSON(dst, v, i, "Z") }

// appendJSON prints a value with the text zone behind instants.
func appendJSON(dst []byte, v *vexec.Vec, i int, zone string) []byte {
	if v.Null(i) {
		return append(dst, "null"...)
	}
	f, j := v.At(i)
	switch f.Type.Kind {
	case ir.Boolean, ir.TinyInt, ir.SmallInt, ir.Integer, ir.BigInt, ir.Decimal, ir.IntervalMonth:
		return AppendScalar(dst, f, j)
	case ir.Real, ir.Double:
		return appendJSONFloat(dst, f, j)
	case ir.Varchar:
		return AppendJSONString(dst, f.Bytes(j))
	case ir.JSON:
		return appendRawJSON(dst, f.Bytes(j))
	case ir.Row, ir.Array, ir.Map:
		return appendNested(dst, f, j, zone)
	case ir.TimestampLTZ:
		return append(append(AppendScalar(append(dst, '"'), f, j), zone...), '"')
	}
	return append(AppendScalar(append(dst, '"'), f, j), '"')
}

func appendJSONFloat(dst []byte, f *vexec.Vec, j int) []byte {
	at := len(dst)
	dst = AppendScalar(dst, f, j)
	if c := dst[len(dst)-1]; c != 'N' && c != 'y' { // NaN, Infinity
		return dst
	}
	dst = append(dst, '"', '"')
	copy(dst[at+1:], dst[at:len(dst)-2])
	dst[at], dst[len(dst)-1] = '"', '"'
	return dst
}

func appendNested(dst []byte, v *vexec.Vec, i int, zone string) []byte {
	switch v.Type.Kind {
	case ir.Array:
		dst = append(dst, '[')
		for j := v.Offs[i]; j < v.Offs[i+1]; j++ {
			if j > v.Offs[i] {
				dst = append(dst, ',')
			}
			dst = appendJSON(dst, &v.Kids[0], int(j), zone)
		}
		return append(dst, ']')
	case ir.Map:
		dst = append(dst, '{')
		for j := v.Offs[i]; j < v.Offs[i+1]; j++ {
			if j > v.Offs[i] {
				dst = append(dst, ',')
			}
			dst = append(appendKey(dst, &v.Kids[0], int(j), zone), ':')
			dst = appendJSON(dst, &v.Kids[1], int(j), zone)
		}
		return append(dst, '}')
	}
	dst = append(dst, '{')
	for k := range v.Kids {
		if k > 0 {
			dst = append(dst, ',')
		}
		dst = append(AppendJSONString(dst, []byte(v.Type.Fields[k].Name)), ':')
		dst = appendJSON(dst, &v.Kids[k], i, zone)
	}
	return append(dst, '}')
}

// appendKey prints a map's key, which JSON wants as a string whatever its type.
func appendKey(dst []byte, v *vexec.Vec, i int, zone string) []byte {
	at := len(dst)
	dst = appendJSON(dst, v, i, zone)
	if dst[at] == '"' {
		return dst
	}
	return AppendJSONString(dst[:at], append([]byte(nil), dst[at:]...))
}

// appendRawJSON puts JSON text on one line. Text that is not JSON, which only a
// faulty source can bring, is printed as a string: the line stays readable.
func appendRawJSON(dst, s []byte) []byte {
	if !json.Valid(s) {
		return AppendJSONString(dst, s)
	}
	for _, c := range s {
		if c == '\n' || c == '\r' { // outside of strings: in them JSON has none
			c = ' '
		}
		dst = append(dst, c)
	}
	return dst
}

// plain says which bytes stand in a JSON string as they are.
var plain = func() (t [256]bool) {
	for c := 0x20; c < utf8.RuneSelf; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

const hex = "0123456789abcdef"

// AppendJSONString prints s as a JSON string. Bytes that are not UTF-8 become U+FFFD.
func AppendJSONString(dst, s []byte) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if plain[c] {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRune(s[i:])
			if r == utf8.RuneError && n == 1 {
				dst = append(append(dst, s[from:i]...), "\ufffd"...)
				from = i + 1
			}
			i += n
			continue
		}
		dst = appendEscape(append(dst, s[from:i]...), c)
		i++
		from = i
	}
	return append(append(dst, s[from:]...), '"')
}

func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	return append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
}
