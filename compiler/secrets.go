package compiler

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// HideSecrets returns files and diagnostics as they may be shown: values that the files
// give to secret options are replaced, in the text by marks of the same length, so that
// all places stay. Of other options the passwords in URLs and the signatures in query
// strings are. Values of ${name} are found with o.
func HideSecrets(files []File, list Diagnostics, o Options, secret func(option string) bool) ([]File, Diagnostics) {
	h := &hider{o: o, secret: secret}
	shown := make([]File, len(files))
	for i, f := range files {
		shown[i] = f
		shown[i].Text = h.file(f.Text)
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
	values []string // that must not be shown in messages
}

// file returns the text with the secrets of its options marked over.
func (h *hider) file(text string) string {
	var b strings.Builder
	done := 0
	for _, e := range optionEntries(text) {
		value := text[e.start:e.end]
		switch {
		case ir.IsSecretName(e.key) || h.secret(e.key) || nearSecret(e.key):
			value = h.mask(value)
		default:
			value = h.maskParts(value)
		}
		b.WriteString(text[done:e.start])
		b.WriteString(value)
		done = e.end
	}
	return b.String() + text[done:]
}

// nearSecret reports whether the name of an option may be that of a secret one, mistyped:
// the message about it shows the line.
func nearSecret(key string) bool {
	last := key[strings.LastIndexByte(key, '.')+1:]
	return last != "uri" && diag.DidYouMean(strings.ToLower(last), []string{"password", "token", "secret", "credentials", "apikey", "url"}) != ""
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

// maskParts marks over what is secret inside of a value. A part may be a ${name}, or
// a ${name} may hold one.
func (h *hider) maskParts(value string) string {
	var b strings.Builder
	done := 0
	for _, p := range ir.SecretParts(strings.Trim(value, `'"`)) {
		p[0], p[1] = p[0]+len(value)-len(strings.TrimLeft(value, `'"`)), p[1]+len(value)-len(strings.TrimLeft(value, `'"`))
		b.WriteString(value[done:p[0]])
		b.WriteString(h.mask(value[p[0]:p[1]]))
		done = p[1]
	}
	for _, m := range placeholder.FindAllStringSubmatch(value, -1) {
		v := h.lookup(m[1])
		for _, p := range ir.SecretParts(v) {
			h.keep(v[p[0]:p[1]])
		}
	}
	return b.String() + value[done:]
}

func (h *hider) lookup(name string) string {
	if v, ok := h.o.Vars[name]; ok || h.o.LookupEnv == nil {
		return v
	}
	v, _ := h.o.LookupEnv(name)
	return v
}

// minSecret is how many bytes a value has that is replaced in messages. A shorter one
// stands in too many other words.
const minSecret = 4

// keep enters a value that must not be shown. Messages shorten long texts, and words
// and lines of a value may stand alone where its quotes are wrong.
func (h *hider) keep(value string) {
	const whole = 20
	words := strings.FieldsFunc(value, func(c rune) bool {
		return unicode.IsSpace(c) || strings.ContainsRune("'\",;()‘’‚“”„«»", c)
	})
	for _, part := range append(words, value, strings.ReplaceAll(value, "''", "'")) {
		if len(part) >= minSecret {
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

// hide replaces secret values in a message, where they are no part of another word.
func (h *hider) hide(text string) string {
	for _, v := range h.values {
		text = replaceWord(text, v, "***")
	}
	return ir.HideSecretParts(text)
}

// replaceWord is strings.ReplaceAll where old does not go on as a word before or behind.
func replaceWord(text, old, by string) string {
	var b strings.Builder
	for {
		at := strings.Index(text, old)
		if at < 0 {
			return b.String() + text
		}
		end := at + len(old)
		if joined(text, at) || joined(text, end) {
			_, n := utf8.DecodeRuneInString(text[at:])
			b.WriteString(text[:at+n])
			text = text[at+n:]
			continue
		}
		b.WriteString(text[:at] + by)
		text = text[end:]
	}
}

// joined reports whether the characters on both sides of an offset belong to one word.
func joined(text string, at int) bool {
	a, _ := utf8.DecodeLastRuneInString(text[:at])
	b, _ := utf8.DecodeRuneInString(text[at:])
	word := func(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
	return at > 0 && at < len(text) && word(a) && word(b)
}
