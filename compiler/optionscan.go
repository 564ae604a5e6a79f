package compiler

import (
	"regexp"
	"strings"
)

// entry is an option of a list of options: its name, and where its value stands.
type entry struct {
	key        string
	start, end int
}

var (
	// opensOptions begins a list of options, also that of a hint.
	opensOptions = regexp.MustCompile(`(?i)\b(?:WITH|OPTIONS)\s*\(`)
	// optionKey is the name of an option, also without its quotes, with others, or with one of them.
	optionKey = regexp.MustCompile("^['\"`]?([A-Za-z_][\\w.-]*)['\"`]?")
	// optionEquals is what stands between name and value, or is meant to.
	optionEquals = regexp.MustCompile(`^\s*(?:=>|==|=|:)\s*`)
	// optionText is a value in quotes, also without the closing one or with what goes on
	// right behind it.
	optionText = regexp.MustCompile(`^(?:'(?:[^']|'')*'(?:[\pL\d][^\n,)]*)?|"[^"]*"|['"][^\n]*)`)
	// optionBare is a value without quotes.
	optionBare = regexp.MustCompile(`^[^\s,)('"]+`)
	// betweenOptions is what stands between two entries: blanks, commas and comments.
	betweenOptions = regexp.MustCompile(`^(?:\s|,|--[^\n]*|/\*(?s:.*?)\*/)+`)
)

// optionEntries finds the options that a file gives in WITH (...), OPTIONS (...) and
// hints, in order of place. It reads the text, not a syntax tree, as the file may
// be wrong just there, and goes on behind what is no entry.
func optionEntries(text string) []entry {
	var out []entry
	for at := 0; ; {
		m := opensOptions.FindStringIndex(text[at:])
		if m == nil {
			return out
		}
		at += m[1]
		for at < len(text) && text[at] != ')' && text[at] != ';' {
			if n := len(betweenOptions.FindString(text[at:])); n > 0 {
				at += n
				continue
			}
			e, next := readEntry(text, at)
			if e.end > e.start {
				out = append(out, e)
			}
			at = next
		}
	}
}

// readEntry reads what begins at the offset: an entry, or else one word or mark; the
// entry is then empty. It returns where to go on.
func readEntry(text string, at int) (entry, int) {
	m := optionKey.FindStringSubmatchIndex(text[at:])
	if m == nil {
		if n := len(optionText.FindString(text[at:])); n > 0 {
			return entry{}, at + n
		}
		return entry{}, at + 1
	}
	e := entry{key: text[at+m[2] : at+m[3]]}
	quoted := m[2] > 0
	behind := at + m[1]
	equals := len(optionEquals.FindString(text[behind:]))
	e.start = behind + equals
	if equals == 0 {
		e.start += len(text[behind:]) - len(strings.TrimLeft(text[behind:], " \t"))
	}
	e.end = e.start + len(optionText.FindString(text[e.start:]))
	switch {
	case equals > 0 && e.end == e.start:
		e.end += len(optionBare.FindString(text[e.start:]))
	case equals == 0 && (!quoted || optionEquals.MatchString(text[e.end:])):
		return entry{}, behind // no value: what follows is the next entry
	}
	return e, max(e.end, behind)
}
