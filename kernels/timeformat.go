package kernels

import (
	"fmt"
	"strconv"
	"strings"
)

// TimeFormat is a compiled pattern of Java's DateTimeFormatter, in English.
type TimeFormat struct{ parts []formatPart }

// formatPart is one field, or literal text where field is 0.
type formatPart struct {
	field byte
	n     int // how often the letter stands
	text  string
}

// formatFields are the letters that are known.
const formatFields = "yuMLdDEaHhKkmsSnQ"

// CompileTimeFormat reads a pattern: letters are fields, text in ” stands for itself.
func CompileTimeFormat(pattern string) (*TimeFormat, error) {
	f := &TimeFormat{}
	for i := 0; i < len(pattern); {
		c := pattern[i]
		switch {
		case c == '\'':
			text, n, err := quotedText(pattern[i:])
			if err != nil {
				return nil, err
			}
			f.literal(text)
			i += n
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			n := 1
			for i+n < len(pattern) && pattern[i+n] == c {
				n++
			}
			if strings.IndexByte(formatFields, c) < 0 {
				return nil, fmt.Errorf("%s is no field of a time pattern; there are y M d D E a H h K k m s S n Q, and text in ''", pattern[i:i+n])
			}
			if n > mostLetters(c) {
				return nil, fmt.Errorf("%s has too many letters; %c stands at most %d times", pattern[i:i+n], c, mostLetters(c))
			}
			f.parts = append(f.parts, formatPart{field: c, n: n})
			i += n
		case strings.IndexByte("[]{}#", c) >= 0:
			return nil, fmt.Errorf("%c has a meaning of its own in time patterns; write '%c'", c, c)
		default:
			f.literal(pattern[i : i+1])
			i++
		}
	}
	return f, nil
}

func mostLetters(c byte) int {
	switch c {
	case 'y', 'u', 'S', 'n':
		return 9
	case 'M', 'L', 'E':
		return 5
	case 'D':
		return 3
	case 'a', 'Q':
		return 1
	}
	return 2
}

func (f *TimeFormat) literal(text string) {
	if n := len(f.parts); n > 0 && f.parts[n-1].field == 0 {
		f.parts[n-1].text += text
		return
	}
	f.parts = append(f.parts, formatPart{text: text})
}

// quotedText reads '...' at the start of s; two quotes are one.
func quotedText(s string) (text string, n int, err error) {
	if strings.HasPrefix(s, "''") {
		return "'", 2, nil
	}
	for i := 1; i < len(s); i++ {
		if s[i] != '\'' {
			continue
		}
		if i+1 < len(s) && s[i+1] == '\'' {
			i++
			continue
		}
		return strings.ReplaceAll(s[1:i], "''", "'"), i + 1, nil
	}
	return "", 0, fmt.Errorf("a quote is not closed")
}

var (
	monthNames = []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
	dayNames   = []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
)

// nameOf shows a name: whole with 4 letters, its first three with fewer, one with 5.
func nameOf(name string, n int) string {
	switch n {
	case 4:
		return name
	case 5:
		return name[:1]
	}
	return name[:3]
}

// Steps is how many seconds pass at least between times with other texts, at whole multiples of
// it; 0: less than one.
func (f *TimeFormat) Steps() int64 {
	step := int64(86400)
	for _, p := range f.parts {
		switch p.field {
		case 'a', 'H', 'h', 'K', 'k':
			step = min(step, 3600)
		case 'm':
			step = min(step, 60)
		case 's':
			step = min(step, 1)
		case 'S', 'n':
			return 0
		}
	}
	return step
}

// Append appends t, counted in units of a second since 1970.
func (f *TimeFormat) Append(dst []byte, t, units int64) []byte {
	day := FloorDiv(t, 86400*units)
	clock := t - day*86400*units
	sec, nanos := int(clock/units), clock%units*(1_000_000_000/units)
	y, m, d := CivilDate(day)
	for i := range f.parts {
		p := &f.parts[i]
		switch p.field {
		case 0:
			dst = append(dst, p.text...)
		case 'y', 'u':
			if p.n == 2 {
				dst = appendDigits(dst, int(FloorMod(int64(y), 100)), 2)
			} else {
				dst = appendDigits(dst, y, p.n)
			}
		case 'M', 'L':
			if p.n > 2 {
				dst = append(dst, nameOf(monthNames[m-1], p.n)...)
			} else {
				dst = appendDigits(dst, m, p.n)
			}
		case 'E':
			dst = append(dst, nameOf(dayNames[FloorMod(day+3, 7)], p.n)...)
		case 'a':
			dst = append(dst, "AP"[sec/43200], 'M')
		case 'S':
			from := len(dst)
			dst = appendDigits(dst, int(nanos), 9)[:from+p.n]
		default:
			dst = appendDigits(dst, clockField(p.field, y, m, d, day, sec, nanos), p.n)
		}
	}
	return dst
}

func clockField(field byte, y, m, d int, day int64, sec int, nanos int64) int {
	hour := sec / 3600
	switch field {
	case 'd':
		return d
	case 'D':
		return int(day - DayOf(y, 1, 1) + 1)
	case 'Q':
		return (m + 2) / 3
	case 'H':
		return hour
	case 'k':
		return (hour+23)%24 + 1
	case 'h':
		return (hour+11)%12 + 1
	case 'K':
		return hour % 12
	case 'm':
		return sec / 60 % 60
	case 's':
		return sec % 60
	}
	return int(nanos)
}

// appendDigits appends v with zeros in front to n digits.
func appendDigits(dst []byte, v, n int) []byte {
	switch {
	case n == 2 && v >= 0 && v < 100:
		return append2(dst, v)
	case n == 4 && v >= 0 && v < 10_000:
		return append2(append2(dst, v/100), v%100)
	case v < 0:
		dst = append(dst, '-')
		v = -v
	}
	var buf [20]byte
	text := strconv.AppendInt(buf[:0], int64(v), 10)
	for k := len(text); k < n; k++ {
		dst = append(dst, '0')
	}
	return append(dst, text...)
}

func pow10int(n int) int {
	p := 1
	for range n {
		p *= 10
	}
	return p
}
