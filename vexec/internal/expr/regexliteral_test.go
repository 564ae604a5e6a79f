package expr

import (
	"math/rand/v2"
	"regexp"
	"testing"

	"github.com/helios-stream/helios/vexec/vtest"
)

// What is found from the literal on is what is found in the whole string.
func TestRegexLiteral(t *testing.T) {
	pieces := []string{"^", "(a|^)", "b?", "[ab]", "ab", "(?:aa|b)", "a{1,2}", "b*", "ü", ".", "$", `\b`, "ba", "(?i)AB", "(?m:^)", "(ab)", "\\s"}
	letters := []rune("aabbü \n")
	r := rand.New(rand.NewPCG(5, 6))
	fast := 0
	for range vtest.Seeds(20_000) {
		pattern := ""
		for range 1 + r.IntN(5) {
			pattern += pieces[r.IntN(len(pieces))]
		}
		re, err := compileRegex(pattern)
		if err != nil {
			continue
		}
		if re.text != nil && re.back >= 0 {
			fast++
		}
		var s []rune
		for range r.IntN(20) {
			s = append(s, letters[r.IntN(len(letters))])
		}
		text := []byte(string(s))
		plain := regexp.MustCompile(pattern).FindIndex(text)
		if got := re.matches(text); got != (plain != nil) {
			t.Fatalf("%q in %q: %t", pattern, text, got)
		}
		got, null := groupOf(re, text, 0)
		if null != (plain == nil) || !null && string(got) != string(text[plain[0]:plain[1]]) {
			t.Fatalf("%q in %q: %q (%t), want %v", pattern, text, got, null, plain)
		}
	}
	if fast < vtest.Seeds(1000) {
		t.Errorf("only %d patterns had a literal near their start", fast)
	}
}

func BenchmarkRegexChannel(b *testing.B) {
	re, err := compileRegex("(&|^)channel_id=([^&]*)")
	if err != nil {
		b.Fatal(err)
	}
	s := []byte("https://www.nexmark.com/ihth/hiz/llx/item.htm?query=1&channel_id=490209280")
	b.Run("literal", func(b *testing.B) {
		for b.Loop() {
			groupOf(re, s, 2)
		}
	})
	plain := &regex{Regexp: re.Regexp}
	b.Run("library", func(b *testing.B) {
		for b.Loop() {
			groupOf(plain, s, 2)
		}
	})
}
