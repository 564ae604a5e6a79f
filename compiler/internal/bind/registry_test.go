package bind

import (
	"slices"
	"testing"

	"github.com/helios-stream/helios/ir"
)

// TestOneRegistry holds that the binder keeps no list of functions beside the registry:
// what it says of functions of other systems is not said of one that is there or planned.
func TestOneRegistry(t *testing.T) {
	for name := range functionsOfOthers {
		if ir.LookupFunction(name) != nil || slices.Contains(ir.Planned(), name) {
			t.Errorf("%s is a function of this engine", name)
		}
	}
	for _, f := range ir.Catalog() {
		if f.Form || f.Table {
			continue
		}
		if _, ok := functionsOfOthers[f.Name]; ok {
			t.Errorf("%s is called a function of others", f.Name)
		}
	}
}

func TestLike(t *testing.T) {
	f := func(pattern, s string, want bool) {
		t.Helper()
		if got := like([]rune(pattern), []rune(s)); got != want {
			t.Errorf("%q LIKE %q: %v", s, pattern, got)
		}
	}
	f("", "", true)
	f("", "a", false)
	f("%", "", true)
	f("%%", "abc", true)
	f("a%c", "abc", true)
	f("a%c", "acb", false)
	f("a_c", "aéc", true)
	f("_", "", false)
	f("%b%d", "abcbd", true)
	f("%b%d", "abcbde", false)
	f("a", "ab", false)
	f("%%%%%%%%%%%%%%%%%%%%b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)
}
