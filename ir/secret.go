package ir

import (
	"regexp"
	"slices"
	"strings"
)

// secretOption is the names of options that hold secrets in all likelihood: a message
// may be about a connector that is not known, or about a file that is not SQL at all.
var secretOption = regexp.MustCompile(`(?i)(password|passwd|pwd|passphrase|secret|token|credential|signature|private.?key|access.?key|api.?key|jaas|authorization|(^|[._-])(dsn|sig)$)`)

// secretURL finds the password of scheme://user:password@host.
var secretURL = regexp.MustCompile(`://[^\s/:@'"]*:([^\s/'"]+)@`)

// secretParam finds what a query string or a connection string gives to a parameter
// that holds a secret: ?sig=..., &X-Amz-Signature=..., ;Password=...
var secretParam = regexp.MustCompile(`(?i)(?:^|[?&;])[\w.%-]*(?:signature|password|passwd|pwd|secret|token|credential|access.?key|account.?key|api.?key|sig)=([^\s&;'"]+)`)

// IsSecretName reports whether an option of that name holds a secret in all likelihood.
func IsSecretName(option string) bool { return secretOption.MatchString(option) }

// SecretParts returns where secrets stand in a text that is not secret as a whole, as
// offsets in order: the passwords of URLs, the signatures and tokens of query strings.
func SecretParts(text string) [][2]int {
	var out [][2]int
	for _, find := range []*regexp.Regexp{secretURL, secretParam} {
		for _, m := range find.FindAllStringSubmatchIndex(text, -1) {
			part := [2]int{m[2], m[3]}
			if !slices.ContainsFunc(out, func(o [2]int) bool { return o[0] < part[1] && part[0] < o[1] }) {
				out = append(out, part)
			}
		}
	}
	slices.SortFunc(out, func(a, b [2]int) int { return a[0] - b[0] })
	return out
}

// HideSecretParts returns a text with *** in place of its SecretParts.
func HideSecretParts(text string) string {
	parts := SecretParts(text)
	if len(parts) == 0 {
		return text
	}
	var b strings.Builder
	done := 0
	for _, p := range parts {
		b.WriteString(text[done:p[0]])
		b.WriteString("***")
		done = p[1]
	}
	return b.String() + text[done:]
}
