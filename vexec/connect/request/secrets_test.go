package request

import (
	"net/url"
	"testing"

	"github.com/helios-stream/helios/ir"
)

// A secret is masked as a whole, in quotes and URLs, and where its end is cut off; short words
// of a text are not.
func TestMask(t *testing.T) {
	table := &ir.Table{Name: "u", Options: map[string]string{"token": "abc\"defghijk", "headers": "X-A: abc\"defghijkLMN; X-B: on; Proxy-Authorization: Basic dXNlcjpwYXNz"}}
	header, err := Headers(table)
	if err != nil {
		t.Fatal(err)
	}
	sentTo, err := url.Parse("https://user:pass%20word@example.com/services/T0123456789ABCDEF/find?key=K0123456&format=json")
	if err != nil {
		t.Fatal(err)
	}
	s := SecretsOf(header, sentTo)
	for text, want := range map[string]string{
		`no abc"defghijk, no abc"defghijkLMN.`: "no ***, no ***.",
		`"abc\"defghijkLMN"`:                   `"***"`,
		`abc%22defghijk`:                       "***",
		`cut: abc"defgh...`:                    "cut: ***...",
		`abc and on, application/json`:         "abc and on, application/json",
		"no /services/T0123456789ABCDEF/find?key=K0123456&format=json": "no /services/***/find?key=***&format=json",
		"pass word, pass%20word, Basic dXNlcjpwYXNzIHdvcmQ=":           "***, ***, Basic ***",
		"dXNlcjpwYXNz Basic dXNlcjpwYXNz":                              "*** Basic ***",
	} {
		if got := s.Mask(text); got != want {
			t.Errorf("%s: %s", text, got)
		}
	}
}
