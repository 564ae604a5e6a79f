package kernels

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestValidJSON compares with the standard library over texts that are nearly JSON.
func TestValidJSON(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	seeds := []string{`{"a": [1, -2.5e+3, true], "b\u00e9\n": {"c": null}}`, `[]`, ` "x" `, `0`, `-0.1E5`, `[[[[{}]]]]`, `{"":""}`, "[1\n,\t2 ]", `"\ud800"`, "\"\xff\""}
	bits := []string{"", "0", "1", "-", ".", "e", "E+", `"`, `\`, "{", "}", "[", "]", ",", ":", " ", "t", "null", `\u12`, "\x01", "\n", "a"}
	for _, s := range seeds {
		for range 4000 {
			b := []byte(s)
			for range r.IntN(4) {
				at := r.IntN(len(b) + 1)
				to := min(len(b), at+r.IntN(3))
				b = append(append(append([]byte{}, b[:at]...), bits[r.IntN(len(bits))]...), b[to:]...)
			}
			if got, want := ValidJSON(b), json.Valid(b); got != want {
				t.Fatalf("%q: %v, json.Valid says %v", b, got, want)
			}
		}
	}
	for _, n := range []int{9000, 20000} {
		deep := []byte(strings.Repeat("[", n) + strings.Repeat("]", n))
		if got, want := ValidJSON(deep), json.Valid(deep); got != want {
			t.Errorf("%d deep: %v, want %v", n, got, want)
		}
	}
}

func TestJSONPath(t *testing.T) {
	f := func(path, doc, want string) {
		t.Helper()
		p, err := CompileJSONPath(path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return
		}
		found := p.Find([]byte(doc), nil)
		var parts []string
		for _, v := range found.Values {
			parts = append(parts, string(v))
		}
		if got := strings.Join(parts, " "); got != want {
			t.Errorf("%s in %s: %s, want %s", path, doc, got, want)
		}
	}
	f("$", " 1 ", "1")
	f("$.a", `{"a":1,"a":2}`, "2")
	f("$.a", `{"\u0061": [ 1 , "]" ]}`, `[ 1 , "]" ]`)
	f("$['a b'].c", `{"a b":{"c":"x\"}"}}`, `"x\"}"`)
	f(`$["a"][0]`, `{"a":[true,false]}`, "true")
	f("$[-1]", `[1, 2, {"x": [3]}]`, `{"x": [3]}`)
	f("$[-4]", "[1, 2, 3]", "")
	f("$[*].a", `[{"a":1},2,{"b":1},{"a":null}]`, "1 null")
	f("$.*", `{"a":1,"b":[]}`, "1 []")
	f("lax $.a.b", `{"a":5}`, "")
	for _, bad := range []string{"", "a", "$a", "$.", "$..a", "$[", "$[x]", "$['a'", "$[1:2]", "$.a[?(@.b)]", "laxx $"} {
		if _, err := CompileJSONPath(bad); err == nil {
			t.Errorf("%q is a path", bad)
		}
	}
}
