package refinterp

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/helios-stream/helios/ir"
)

func concat(c *ir.Call, a []ir.Value) (ir.Value, error) {
	var b strings.Builder
	for _, v := range a {
		b.WriteString(text(v))
	}
	if c.T.Kind == ir.Varbinary {
		return []byte(b.String()), nil
	}
	return b.String(), nil
}

func lower(_ *ir.Call, a []ir.Value) (ir.Value, error) { return strings.ToLower(a[0].(string)), nil }

func upper(_ *ir.Call, a []ir.Value) (ir.Value, error) { return strings.ToUpper(a[0].(string)), nil }

func trim(atStart, atEnd bool) scalar {
	return func(_ *ir.Call, a []ir.Value) (ir.Value, error) {
		s, chars := a[0].(string), " "
		if len(a) == 2 {
			chars = a[1].(string)
		}
		if atStart {
			s = strings.TrimLeft(s, chars)
		}
		if atEnd {
			s = strings.TrimRight(s, chars)
		}
		return s, nil
	}
}

func charLength(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	return int64(utf8.RuneCountInString(a[0].(string))), nil
}

func octetLength(_ *ir.Call, a []ir.Value) (ir.Value, error) { return int64(len(a[0].(string))), nil }

// substring counts from 1; a negative start counts from the end, 0 is the start. A
// negative length gives NULL, a start before the text the empty text: as in Flink.
func substring(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	chars, start := []rune(a[0].(string)), a[1].(int64)
	n := int64(len(chars))
	length := n
	if len(a) == 3 {
		length = a[2].(int64)
	}
	if length < 0 {
		return nil, nil
	}
	from := int64(0)
	switch {
	case start > 0:
		from = start - 1
	case start < 0:
		from = n + start
	}
	if from < 0 || from >= n {
		return "", nil
	}
	return string(chars[from:min(n, from+length)]), nil
}

func left(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	chars := []rune(a[0].(string))
	n := min(int64(len(chars)), max(0, a[1].(int64)))
	return string(chars[:n]), nil
}

func right(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	chars := []rune(a[0].(string))
	n := min(int64(len(chars)), max(0, a[1].(int64)))
	return string(chars[int64(len(chars))-n:]), nil
}

func position(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	part, s := a[0].(string), a[1].(string)
	at := strings.Index(s, part)
	if at < 0 {
		return int64(0), nil
	}
	return int64(utf8.RuneCountInString(s[:at])) + 1, nil
}

func replace(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	if a[1] == "" {
		return a[0], nil
	}
	s, from, to := a[0].(string), a[1].(string), a[2].(string)
	if len(s)+strings.Count(s, from)*(len(to)-len(from)) > longestText {
		return nil, fail(BadArgument, "the text would be too long")
	}
	return strings.ReplaceAll(s, from, to), nil
}

func reverse(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	chars := []rune(a[0].(string))
	slices.Reverse(chars)
	return string(chars), nil
}

func startsWith(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	return strings.HasPrefix(a[0].(string), a[1].(string)), nil
}

func splitIndex(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	s, sep, i := a[0].(string), a[1].(string), a[2].(int64)
	parts := []string{s}
	if sep != "" {
		parts = strings.Split(s, sep)
	}
	if i < 0 || i >= int64(len(parts)) {
		return nil, nil
	}
	return parts[i], nil
}

// like matches by trying all ways: % is any text, _ one character; behind the
// escape character %, _ and itself stand for themselves.
func like(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	escape := rune(-1)
	if len(a) == 3 {
		chars := []rune(a[2].(string))
		if len(chars) != 1 {
			return nil, fail(BadArgument, "ESCAPE takes one character, not %q", a[2])
		}
		escape = chars[0]
	}
	pattern := []rune(a[1].(string))
	if err := checkPattern(pattern, escape); err != nil {
		return nil, err
	}
	return likeFrom([]rune(a[0].(string)), pattern, escape), nil
}

func checkPattern(pattern []rune, escape rune) error {
	for i := 0; i < len(pattern); i++ {
		if pattern[i] != escape {
			continue
		}
		i++
		if i == len(pattern) || pattern[i] != '%' && pattern[i] != '_' && pattern[i] != escape {
			return fail(BadArgument, "the escape character stands before something other than %%, _ and itself in %q", string(pattern))
		}
	}
	return nil
}

func likeFrom(s, pattern []rune, escape rune) bool {
	if len(pattern) == 0 {
		return len(s) == 0
	}
	first, rest := pattern[0], pattern[1:]
	switch {
	case first == escape:
		return len(s) > 0 && s[0] == rest[0] && likeFrom(s[1:], rest[1:], escape)
	case first == '%':
		for i := range len(s) + 1 {
			if likeFrom(s[i:], rest, escape) {
				return true
			}
		}
		return false
	}
	return len(s) > 0 && (first == '_' || first == s[0]) && likeFrom(s[1:], rest, escape)
}
