package kernels

import (
	"bytes"
	"unicode/utf8"
)

func lowerByte(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

func upperByte(c byte) byte {
	if c >= 'a' && c <= 'z' {
		c -= 'a' - 'A'
	}
	return c
}

// IsASCII reports whether every byte of s is below 0x80.
func IsASCII(s []byte) bool {
	for len(s) >= 8 {
		if word(s)&0x8080808080808080 != 0 {
			return false
		}
		s = s[8:]
	}
	for _, c := range s {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// AppendUpper appends s in upper case.
func AppendUpper(dst, s []byte) []byte {
	if !IsASCII(s) {
		return append(dst, bytes.ToUpper(s)...)
	}
	n := len(dst)
	dst = append(dst, s...)
	for i, c := range dst[n:] {
		dst[n+i] = upperByte(c)
	}
	return dst
}

// AppendLower appends s in lower case.
func AppendLower(dst, s []byte) []byte {
	if !IsASCII(s) {
		return append(dst, bytes.ToLower(s)...)
	}
	n := len(dst)
	dst = append(dst, s...)
	for i, c := range dst[n:] {
		dst[n+i] = lowerByte(c)
	}
	return dst
}

// AppendReverse appends the characters of s in reverse order.
func AppendReverse(dst, s []byte) []byte {
	for len(s) > 0 {
		_, n := utf8.DecodeLastRune(s)
		dst = append(dst, s[len(s)-n:]...)
		s = s[:len(s)-n]
	}
	return dst
}

// AppendReplace appends s with every from replaced by to; an empty from is nowhere. ok is
// false where that would be longer than MaxText: then nothing is appended.
func AppendReplace(dst, s, from, to []byte) (out []byte, ok bool) {
	if len(from) == 0 {
		return append(dst, s...), true
	}
	more := len(to) - len(from)
	if len(s)+len(s)/len(from)*more > MaxText && len(s)+bytes.Count(s, from)*more > MaxText {
		return dst, false
	}
	for {
		i := bytes.Index(s, from)
		if i < 0 {
			return append(dst, s...), true
		}
		dst = append(append(dst, s[:i]...), to...)
		s = s[i+len(from):]
	}
}

// skipChars returns the offset of character number n of s, or len(s).
func skipChars(s []byte, n int64) int {
	i := 0
	for ; n > 0 && i < len(s); n-- {
		if s[i] < utf8.RuneSelf {
			i++
			continue
		}
		_, w := utf8.DecodeRune(s[i:])
		i += w
	}
	return i
}

// Substring returns up to length characters of s from start on, where 1 is the
// first; 0 is taken as 1, and a negative start counts from the end (as in Flink).
// A start outside of s and a length of 0 or less give the empty string.
func Substring(s []byte, start, length int64) []byte {
	if length <= 0 {
		return s[:0]
	}
	switch {
	case start > 0:
		start--
	case start < 0:
		if start += int64(utf8.RuneCount(s)); start < 0 {
			return s[:0]
		}
	}
	s = s[skipChars(s, start):]
	return s[:skipChars(s, length)]
}

// Left returns the first n characters of s.
func Left(s []byte, n int64) []byte { return s[:skipChars(s, n)] }

// Right returns the last n characters of s.
func Right(s []byte, n int64) []byte {
	i := len(s)
	for ; n > 0 && i > 0; n-- {
		_, w := utf8.DecodeLastRune(s[:i])
		i -= w
	}
	return s[i:]
}

// Position is where part first stands in s, in characters from 1; 0: nowhere.
func Position(part, s []byte) int64 {
	i := bytes.Index(s, part)
	if i < 0 {
		return 0
	}
	return int64(utf8.RuneCount(s[:i])) + 1
}

// SplitIndex returns the part number i, from 0, of s split at sep; ok is false
// where there is none. Nothing is split at an empty sep.
func SplitIndex(s, sep []byte, i int64) (part []byte, ok bool) {
	if i < 0 {
		return nil, false
	}
	for ; ; i-- {
		at := -1
		if len(sep) > 0 {
			at = bytes.Index(s, sep)
		}
		switch {
		case i == 0 && at < 0:
			return s, true
		case i == 0:
			return s[:at], true
		case at < 0:
			return nil, false
		}
		s = s[at+len(sep):]
	}
}

// TrimLeft returns s without the characters of set at its start.
func TrimLeft(s, set []byte) []byte {
	if len(set) == 1 && set[0] < utf8.RuneSelf {
		for len(s) > 0 && s[0] == set[0] {
			s = s[1:]
		}
		return s
	}
	for len(s) > 0 {
		_, n := utf8.DecodeRune(s)
		if !hasChar(set, s[:n]) {
			break
		}
		s = s[n:]
	}
	return s
}

// TrimRight returns s without the characters of set at its end.
func TrimRight(s, set []byte) []byte {
	if len(set) == 1 && set[0] < utf8.RuneSelf {
		for len(s) > 0 && s[len(s)-1] == set[0] {
			s = s[:len(s)-1]
		}
		return s
	}
	for len(s) > 0 {
		_, n := utf8.DecodeLastRune(s)
		if !hasChar(set, s[len(s)-n:]) {
			break
		}
		s = s[:len(s)-n]
	}
	return s
}

// hasChar reports whether the character c stands in set.
func hasChar(set, c []byte) bool {
	for len(set) > 0 {
		_, n := utf8.DecodeRune(set)
		if string(set[:n]) == string(c) {
			return true
		}
		set = set[n:]
	}
	return false
}

// SubView returns the view of part, a piece of the string of *v (a result of
// Bytes), as a piece of the same buffer: nothing is copied.
func SubView(v *View, whole, part []byte) View {
	if len(part) <= InlineLen {
		return InlineView(part)
	}
	// The part ends with the same capacity as the whole, less what was cut in front.
	return MakeView(part, v.Buf(), v.Off()+int32(cap(whole)-cap(part)))
}
