package compiler

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// secretName is the names of options that hold secrets in all likelihood: a message
// may be about a connector that is not known, or about a file that is not SQL at all.
var secretName = regexp.MustCompile(`(?i)(password|passwd|passphrase|secret|token|credential|private.?key|access.?key|api.?key|jaas|authorization)`)

// IsSecretName reports whether an option of that name holds a secret in all likelihood.
func IsSecretName(option string) bool { return secretName.MatchString(option) }

// optionLike is what may be an option and its value: 'key' = 'value', also without one
// of its quotes, with others, or without the '='.
var optionLike = regexp.MustCompile("(['\"`]?)([A-Za-z_][\\w.-]*)['\"`]?[ \\t]*(?:=>|==|=|:)?\\s*('(?:[^']|'')*'|\"[^\"]*\"|['\"][^\\n]*|[^\\s,)('\"]+)")

// HideSecrets returns files and diagnostics as they may be shown: values that the files
// give to secret options are replaced, in the text by marks of the same length, so that
// all places stay. Values of ${name} are found with o.
func HideSecrets(files []File, list Diagnostics, o Options, secret func(option string) bool) ([]File, Diagnostics) {
	h := &hider{o: o, secret: secret}
	shown := make([]File, len(files))
	for i, f := range files {
		shown[i] = f
		shown[i].Text = h.file(f)
	}
	if len(h.values) == 0 {
		return files, list
	}
	// A value that holds another one goes first.
	slices.SortFunc(h.values, func(a, b string) int { return len(b) - len(a) })
	out := slices.Clone(list)
	for i := range out {
		out[i].Message, out[i].Hint = h.hide(out[i].Message), h.hide(out[i].Hint)
		out[i].Related = slices.Clone(out[i].Related)
		for j := range out[i].Related {
			out[i].Related[j].Message = h.hide(out[i].Related[j].Message)
		}
	}
	return shown, out
}

type hider struct {
	o      Options
	secret func(option string) bool
	values []string // that must not be shown
}

// file returns the text with the values of secret options marked over.
func (h *hider) file(f File) string {
	var b strings.Builder
	done := 0
	for at := 0; at < len(f.Text); {
		m := optionLike.FindStringSubmatchIndex(f.Text[at:])
		if m == nil {
			break
		}
		key, value := f.Text[at+m[4]:at+m[5]], f.Text[at+m[6]:at+m[7]]
		quoted := m[3] > m[2]
		if start := value[0] == '\'' || value[0] == '"'; !start && !quoted || !IsSecretName(key) && !h.secret(key) {
			at += m[5] // what looked like a value may be the next key
			continue
		}
		b.WriteString(f.Text[done : at+m[6]])
		b.WriteString(h.mask(value))
		at += m[7]
		done = at
	}
	return b.String() + f.Text[done:]
}

var placeholder = regexp.MustCompile(`\$\{([^}]*)\}`)

// mask marks a value over, but for its quotes and for ${name}.
func (h *hider) mask(value string) string {
	inner := strings.Trim(value, `'"`)
	at := strings.Index(value, inner)
	var b strings.Builder
	b.WriteString(value[:at])
	done := 0
	for _, m := range placeholder.FindAllStringSubmatchIndex(inner, -1) {
		h.marks(&b, inner[done:m[0]])
		b.WriteString(inner[m[0]:m[1]])
		h.keep(h.lookup(inner[m[2]:m[3]]))
		done = m[1]
	}
	h.marks(&b, inner[done:])
	b.WriteString(value[at+len(inner):])
	return b.String()
}

func (h *hider) lookup(name string) string {
	if v, ok := h.o.Vars[name]; ok || h.o.LookupEnv == nil {
		return v
	}
	v, _ := h.o.LookupEnv(name)
	return v
}

// keep enters a value that must not be shown. Messages shorten long texts, and words
// and lines of a value may stand alone where its quotes are wrong.
func (h *hider) keep(value string) {
	const whole = 20
	words := strings.FieldsFunc(value, func(c rune) bool { return unicode.IsSpace(c) || strings.ContainsRune("'\",;()", c) })
	for _, part := range append(words, value, strings.ReplaceAll(value, "''", "'")) {
		if len(part) > 3 || part == value && value != "" {
			h.values = append(h.values, part)
		}
		if len(part) > whole {
			h.values = append(h.values, strings.ToValidUTF8(part[:whole], ""))
		}
	}
}

// marks writes a character of the same length for each one of text.
func (h *hider) marks(b *strings.Builder, text string) {
	h.keep(text)
	for _, c := range text {
		switch utf8.RuneLen(c) {
		case 1:
			if c == '\n' {
				b.WriteByte('\n')
			} else {
				b.WriteByte('*')
			}
		case 2:
			b.WriteRune('\u00b7')
		case 3:
			b.WriteRune('\u2022')
		default:
			b.WriteRune('\U00010101')
		}
	}
}

// hide replaces secret values in a message.
func (h *hider) hide(text string) string {
	for _, v := range h.values {
		text = strings.ReplaceAll(text, v, "***")
	}
	return text
}
