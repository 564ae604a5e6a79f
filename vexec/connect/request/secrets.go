package request

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

// Secrets are what no message may show, as it stands in messages: as it is, and as quotes and
// URLs have it.
type Secrets []string

// leastInURL are the shortest value behind a URL's question mark and the shortest part of its
// path that are masked: shorter ones are names, which messages need.
const leastInURL, leastInPath = 8, 16

// SecretsOf are the values of headers, and what may be secret of the URL they are sent to: its
// password, long values behind its question mark, and long parts of its path.
func SecretsOf(header nethttp.Header, sentTo *url.URL) Secrets {
	var out Secrets
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
	inURL := func(v string, least int) {
		if len(v) >= least {
			add(v)
		}
	}
	for _, values := range sentTo.Query() {
		for _, v := range values {
			inURL(v, leastInURL)
		}
	}
	for part := range strings.SplitSeq(sentTo.Path, "/") {
		inURL(part, leastInPath)
	}
	if password, ok := sentTo.User.Password(); ok {
		add(password)
		sent := nethttp.Request{Header: nethttp.Header{}}
		sent.SetBasicAuth(sentTo.User.Username(), password)
		_, coded, _ := strings.Cut(sent.Header.Get("Authorization"), " ")
		add(coded)
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

// Hide is err with a text that shows none; nil: err is nil. A service may say what was sent to it
// wherever it likes.
func (s Secrets) Hide(err error) error {
	if err == nil {
		return nil
	}
	return hidden{err, s.Mask(err.Error())}
}

// hidden is an error with another text.
type hidden struct {
	error
	text string
}

func (e hidden) Error() string { return e.text }
func (e hidden) Unwrap() error { return e.error }

// Mask is a text that shows none of them.
func (s Secrets) Mask(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		n := 0
		for _, secret := range s {
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
