package kernels

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// AppendInitcap appends s with the first character of each word (letters and digits)
// in upper case and the others in lower case.
func AppendInitcap(dst, s []byte) []byte {
	inside := false
	for len(s) > 0 {
		r, n := rune(s[0]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRune(s)
		}
		word := unicode.IsLetter(r) || unicode.IsDigit(r)
		switch {
		case r == utf8.RuneError && n == 1 || !word:
			dst = append(dst, s[:n]...)
		case inside:
			dst = utf8.AppendRune(dst, unicode.ToLower(r))
		default:
			dst = utf8.AppendRune(dst, unicode.ToUpper(r))
		}
		inside = word
		s = s[n:]
	}
	return dst
}

// MaxText is the most bytes of a text that a function makes: as many as a record of a file may have.
const MaxText = 64 << 20

// AppendPad appends s cut to n characters, or filled with pad (not empty), in front or
// behind, to as many; ok is false where that would be longer than MaxText.
func AppendPad(dst, s, pad []byte, n int64, front bool) (out []byte, ok bool) {
	have := int64(utf8.RuneCount(s))
	if have >= n {
		return append(dst, s[:skipChars(s, n)]...), true
	}
	missing := n - have
	padChars := int64(utf8.RuneCount(pad))
	if missing/padChars*int64(len(pad)) > MaxText || missing > MaxText {
		return dst, false
	}
	if !front {
		dst = append(dst, s...)
	}
	for ; missing >= padChars; missing -= padChars {
		dst = append(dst, pad...)
	}
	dst = append(dst, pad[:skipChars(pad, missing)]...)
	if front {
		dst = append(dst, s...)
	}
	return dst, true
}

// AppendRepeat appends s n times; ok is false where that is longer than MaxText.
func AppendRepeat(dst, s []byte, n int64) (out []byte, ok bool) {
	if n <= 0 || len(s) == 0 {
		return dst, true
	}
	if n > MaxText || int64(len(s))*n > MaxText {
		return dst, false
	}
	for range n {
		dst = append(dst, s...)
	}
	return dst, true
}

// SplitPart returns the part number n, from 1 or, negative, from the end, of s split at
// sep; empty where there is none. Nothing is split at an empty sep. n is not 0.
func SplitPart(s, sep []byte, n int64) []byte {
	if n < 0 {
		parts := int64(1)
		if len(sep) > 0 {
			parts += int64(bytes.Count(s, sep))
		}
		if n += parts + 1; n <= 0 {
			return s[:0]
		}
	}
	part, ok := SplitIndex(s, sep, n-1)
	if !ok {
		return s[:0]
	}
	return part
}

// AppendTranslate appends s with each character of from replaced by the one at its
// place in to, or left out where to has none. Of a character that is in from twice the
// first counts.
func AppendTranslate(dst, s, from, to []byte) []byte {
	for len(s) > 0 {
		_, n := utf8.DecodeRune(s)
		c := s[:n]
		s = s[n:]
		f, t := from, to
		for {
			if len(f) == 0 {
				dst = append(dst, c...)
				break
			}
			_, fn := utf8.DecodeRune(f)
			tn := 0
			if len(t) > 0 {
				_, tn = utf8.DecodeRune(t)
			}
			if string(f[:fn]) == string(c) {
				dst = append(dst, t[:tn]...)
				break
			}
			f, t = f[fn:], t[tn:]
		}
	}
	return dst
}

// AppendOverlay appends s with length characters from start on (1 is the first)
// replaced by t; s itself where start is outside of it. A negative length counts as 0.
func AppendOverlay(dst, s, t []byte, start, length int64) []byte {
	at := int64(-1)
	if start >= 1 {
		at = int64(skipChars(s, start-1))
	}
	if at < 0 || at >= int64(len(s)) {
		return append(dst, s...)
	}
	dst = append(append(dst, s[:at]...), t...)
	rest := s[at:]
	return append(dst, rest[skipChars(rest, max(0, length)):]...)
}

// Locate is where part first stands in s at or behind the character number start, from
// 1; 0: nowhere, or start is outside of s.
func Locate(part, s []byte, start int64) int64 {
	if start < 1 {
		return 0
	}
	from := skipChars(s, start-1)
	if from == len(s) && int64(utf8.RuneCount(s)) < start-1 {
		return 0
	}
	at := Position(part, s[from:])
	if at == 0 {
		return 0
	}
	return at + start - 1
}
