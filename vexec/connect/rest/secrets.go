package rest

import (
	"encoding/json"
	nethttp "net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// leastSecret is the shortest header value that is masked: shorter ones stand in any text.
const leastSecret = 4

// leastPart is the shortest beginning of a secret that is masked. Texts are cut to a length, by
// the decoder, for example, so that a beginning may be all that is left of one.
const leastPart = 8

// secretsOf are the values of headers that no message may hold, as they stand in messages: as
// they are, and as quotes and URLs have them.
func secretsOf(header nethttp.Header) []string {
	var out []string
	add := func(v string) {
		if len(v) < leastSecret {
			return
		}
		inJSON, _ := json.Marshal(v) // a text is always JSON
		for _, form := range []string{v, unquoted(strconv.Quote(v)), unquoted(strconv.QuoteToASCII(v)), unquoted(string(inJSON)), url.QueryEscape(v), url.PathEscape(v)} {
			if !slices.Contains(out, form) {
				out = append(out, form)
			}
		}
	}
	for name, values := range header {
		for _, v := range values {
			if name == "Accept" {
				continue
			}
			if scheme, rest, ok := strings.Cut(v, " "); ok && scheme != "" && strings.HasSuffix(name, "Authorization") {
				v = strings.TrimSpace(rest) // it may stand alone, and the scheme is none
			}
			add(v)
		}
	}
	return out
}

func unquoted(s string) string { return s[1 : len(s)-1] }

// withoutSecrets is a text that does not show what was sent in headers.
func (s *settings) withoutSecrets(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		n := 0
		for _, secret := range s.secrets {
			n = max(n, shown(text[i:], secret))
		}
		if n > 0 {
			b.WriteString("***")
			i += n
			continue
		}
		b.WriteByte(text[i])
		i++
	}
	return b.String()
}

// shown is how many bytes at the beginning of text are of a secret: all of it or its beginning.
func shown(text, secret string) int {
	n := 0
	for n < len(text) && n < len(secret) && text[n] == secret[n] {
		n++
	}
	if n < min(leastPart, len(secret)) {
		return 0
	}
	return n
}
