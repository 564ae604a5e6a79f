package parse

import "strings"

// comment is a comment as it stands in the text, its marks included.
type comment struct{ start, end int }

// keepComment remembers the comment that began at start, for the formatter.
func (l *lexer) keepComment(start int) {
	if l.keep {
		l.comments = append(l.comments, comment{start, l.at})
	}
}

// placeholder returns the length of the ${name} at the offset where such are kept, or 0.
func (l *lexer) placeholder(at int) int {
	if !l.keep || !strings.HasPrefix(l.src[at:], "${") {
		return 0
	}
	return max(placeholderEnd(l.src, at)-at, 0)
}

// placeholder reports whether a token is a word with a ${name} in it, which may
// come to stand for anything.
func (p *parser) placeholder(t *token) bool {
	return p.keep && t.kind == tokWord && strings.Contains(p.text(t), "${")
}

// holdsPlaceholder reports whether a string has a ${name} in it, so that its value
// is not known.
func (p *parser) holdsPlaceholder(text string) bool {
	return p.keep && strings.Contains(text, "${")
}
