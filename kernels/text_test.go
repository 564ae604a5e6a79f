package kernels

import (
	"bytes"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// randText returns text in which all the cases meet: ASCII and not, around the
// lengths of 4, 8 and 12 bytes, with shared prefixes and zero bytes.
func randText(r *rand.Rand) []byte {
	alphabet := []string{"a", "b", "A", "Z", "%", "_", " ", "\x00", "é", "ß", "日", "😀", "-", "\\"}
	if r.IntN(2) == 0 {
		alphabet = alphabet[:4]
	}
	var b []byte
	for range r.IntN(16) {
		b = append(b, alphabet[r.IntN(len(alphabet))]...)
	}
	return b
}

// textColumn returns n strings and the column that holds them in several buffers.
func textColumn(r *rand.Rand, n, skew int) ([][]byte, Text) {
	vals := make([][]byte, n)
	col := Text{Views: make([]View, n+skew)[skew:], Bufs: [][]byte{[]byte("xx"), nil}}
	for i := range vals {
		vals[i] = randText(r)
		buf := r.IntN(2)
		off := len(col.Bufs[buf])
		if len(vals[i]) > InlineLen {
			col.Bufs[buf] = append(col.Bufs[buf], vals[i]...)
		}
		col.Views[i] = MakeView(vals[i], int32(buf), int32(off))
	}
	return vals, col
}

func TestTextCompare(t *testing.T) {
	forShapes(func(r *rand.Rand, n, skew int, sel []int32) {
		av, a := textColumn(r, n, skew)
		bv, b := textColumn(r, n, 0)
		if n%3 == 0 {
			bv, b = textColumn(r, 1, 0)
		}
		op := CmpMask(1 + n%6)
		var want []int32
		bits := make([]byte, BitBytes(n))
		BitsText(op, bits, a, b, n, sel)
		forRowsOf(n, sel, func(i int) {
			hit := op.has(bytes.Compare(av[i], bv[i&mask(b.Views)])) == 1
			if hit {
				want = append(want, int32(i))
			}
			if GetBit(bits, i) != hit {
				t.Fatalf("BitsText %d: %q, %q", op, av[i], bv[i&mask(b.Views)])
			}
		})
		if got := SelText(op, a, b, n, sel, make([]int32, n+1)); !slices.Equal(got, want) {
			t.Fatalf("SelText %d: %v, want %v", op, got, want)
		}
	})
}

func TestTextFunctions(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	for range 20_000 {
		s, u := randText(r), randText(r)[:0]
		if r.IntN(3) > 0 {
			u = randText(r)
		}
		runes := []rune(string(s))
		f := func(name string, got []byte, want string) {
			t.Helper()
			if string(got) != want {
				t.Fatalf("%s(%q, %q): got %q, want %q", name, s, u, got, want)
			}
		}
		f("UPPER", AppendUpper([]byte("x"), s), "x"+strings.ToUpper(string(s)))
		f("LOWER", AppendLower([]byte("x"), s), "x"+strings.ToLower(string(s)))
		rev := slices.Clone(runes)
		slices.Reverse(rev)
		f("REVERSE", AppendReverse(nil, s), string(rev))
		if len(u) > 0 {
			f("REPLACE", replaced(s, u[:1:1]), strings.ReplaceAll(string(s), string(u[:1]), "<>"))
			f("REPLACE", replaced(s, u), strings.ReplaceAll(string(s), string(u), "<>"))
		}
		f("REPLACE empty", replaced(s, nil), string(s))
		f("LTRIM", TrimLeft(s, u), strings.TrimLeft(string(s), string(u)))
		f("RTRIM", TrimRight(s, u), strings.TrimRight(string(s), string(u)))
		f("TRIM a", TrimRight(TrimLeft(s, []byte("a")), []byte("a")), strings.Trim(string(s), "a"))
		n := r.IntN(20) - 3
		k := min(max(n, 0), len(runes))
		f("LEFT", Left(s, int64(n)), string(runes[:k]))
		f("RIGHT", Right(s, int64(n)), string(runes[len(runes)-k:]))
		from, length := r.IntN(24)-10, r.IntN(12)-1
		f("SUBSTRING", Substring(s, int64(from), int64(length)), substringTwin(runes, from, length))
		part, ok := SplitIndex(s, u, int64(n))
		parts := []string{string(s)}
		if len(u) > 0 {
			parts = strings.Split(string(s), string(u))
		}
		if ok != (n >= 0 && n < len(parts)) || ok && string(part) != parts[n] {
			t.Fatalf("SPLIT_INDEX(%q, %q, %d): %q %v", s, u, n, part, ok)
		}
		at := int64(0)
		if i := strings.Index(string(s), string(u)); i >= 0 {
			at = int64(utf8.RuneCountInString(string(s[:i]))) + 1
		}
		if got := Position(u, s); got != at {
			t.Fatalf("POSITION(%q IN %q): %d, want %d", u, s, got, at)
		}
	}
}

func substringTwin(s []rune, from, length int) string {
	if from < 0 {
		from += len(s)
		if from < 0 {
			return ""
		}
	} else if from > 0 {
		from--
	}
	out := ""
	for i := from; i < from+length && i < len(s); i++ {
		out += string(s[i])
	}
	return out
}

func TestSubView(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 9))
	vals, col := textColumn(r, 2000, 0)
	for i := range vals {
		n := len(vals[i])
		from := r.IntN(n + 1)
		to := from + r.IntN(n-from+1)
		whole := Bytes(&col.Views[i], col.Bufs)
		v := SubView(&col.Views[i], whole, whole[from:to])
		if got := Bytes(&v, col.Bufs); string(got) != string(vals[i][from:to]) {
			t.Fatalf("%q[%d:%d] is %q", vals[i], from, to, got)
		}
		if to-from <= InlineLen && v != InlineView(vals[i][from:to]) {
			t.Fatalf("%q[%d:%d] is not in its only form", vals[i], from, to)
		}
	}
}

// likeTwin turns a pattern into a regular expression.
func likeTwin(pattern string, escape rune) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`(?s)^`)
	escaped := false
	for _, c := range pattern {
		switch {
		case escaped:
			b.WriteString(regexp.QuoteMeta(string(c)))
			escaped = false
		case c == escape && escape != 0:
			escaped = true
		case c == '%':
			b.WriteString(`.*`)
		case c == '_':
			b.WriteString(`.`)
		default:
			b.WriteString(regexp.QuoteMeta(string(c)))
		}
	}
	return regexp.MustCompile(b.String() + `$`)
}

func TestLike(t *testing.T) {
	r := rand.New(rand.NewPCG(10, 11))
	pieces := []string{"a", "b", "ab", "%", "%", "_", "é", `\%`, `\_`, `\\`, "c"}
	matched := 0
	for range 60_000 {
		pattern := ""
		for range r.IntN(7) {
			pattern += pieces[r.IntN(len(pieces))]
		}
		text := ""
		for range r.IntN(9) {
			text += []string{"a", "b", "ab", "é", "%", "_", `\`, "c"}[r.IntN(8)]
		}
		p, ok := CompileLike([]byte(pattern), '\\')
		if !ok {
			t.Fatalf("%q does not compile", pattern)
		}
		want := likeTwin(pattern, '\\').MatchString(text)
		if want {
			matched++
		}
		if got := p.Match([]byte(text)); got != want {
			t.Fatalf("%q LIKE %q: got %v", text, pattern, got)
		}
	}
	if matched < 3000 {
		t.Fatalf("only %d of the patterns matched: the test proves little", matched)
	}
	for _, bad := range []string{`a\`, `\a`, `\`} {
		if _, ok := CompileLike([]byte(bad), '\\'); ok {
			t.Errorf("%q compiles", bad)
		}
	}
	if p, ok := CompileLike([]byte(`a\b`), 0); !ok || !p.Match([]byte(`a\b`)) {
		t.Error("without an escape character a backslash is itself")
	}
}

// A pattern with many % must not take exponential time.
func TestLikeIsQuick(t *testing.T) {
	p, _ := CompileLike([]byte(strings.Repeat("a%", 40)+"b"), 0)
	if p.Match([]byte(strings.Repeat("a", 5000))) {
		t.Fatal("matches")
	}
}

func TestShortCase(t *testing.T) {
	short := func(s []byte) {
		t.Helper()
		up, okUp := UpperShort(MakeView(s, 0, 0))
		low, okLow := LowerShort(MakeView(s, 0, 0))
		if want := len(s) <= InlineLen && IsASCII(s); okUp != want || okLow != want {
			t.Fatalf("%q: %v, %v, want %v", s, okUp, okLow, want)
		}
		if okUp && (up != InlineView(AppendUpper(nil, s)) || low != InlineView(AppendLower(nil, s))) {
			t.Fatalf("%q: %q, %q", s, Bytes(&up, nil), Bytes(&low, nil))
		}
	}
	for c := range 256 {
		for n := range 14 {
			short(bytes.Repeat([]byte{byte(c)}, n))
		}
	}
	r := rand.New(rand.NewPCG(1, 7))
	for range 20_000 {
		s := make([]byte, r.IntN(14))
		for i := range s {
			s[i] = byte(r.IntN(128))
		}
		short(s)
	}
}

func replaced(s, from []byte) []byte {
	out, _ := AppendReplace(nil, s, from, []byte("<>"))
	return out
}

func TestReplaceIsBounded(t *testing.T) {
	s, to := bytes.Repeat([]byte("a"), 1<<20), bytes.Repeat([]byte("b"), 1<<20)
	if out, ok := AppendReplace(nil, s, []byte("a"), to); ok || len(out) > MaxText {
		t.Errorf("%d bytes, %t", len(out), ok)
	}
	if out, ok := AppendReplace([]byte("x"), s[:4], []byte("aa"), to); !ok || len(out) != 1+2<<20 {
		t.Errorf("%d bytes, %t", len(out), ok)
	}
}
