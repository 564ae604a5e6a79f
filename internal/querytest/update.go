package querytest

import (
	"fmt"
	"slices"
	"strings"
)

// added is a section that a file is to get.
type added struct {
	after int // the section
	title string
	body  []string
}

// retitle notes another title for the section that begins at a line.
func (j *judge) retitle(line int, title string) {
	for i, s := range j.file.sections {
		if s.line == line {
			j.titles[i] = title + "\n"
		}
	}
}

// note notes other lines for the section that begins at a line; 0: for none.
func (j *judge) note(line int, body []string) {
	for i, s := range j.file.sections {
		if s.line == line {
			j.bodies[i] = body
		}
	}
}

// updateLetters notes the dead letters: how many, and of each its reason.
func (j *judge) updateLetters(letters []string) {
	title := fmt.Sprintf("-- rejected %d", len(letters))
	lines := slices.Clone(letters)
	for i := range lines {
		_, lines[i], _ = strings.Cut(lines[i], " ") // without its place, which the next change of the file moves
		lines[i], _, _ = strings.Cut(lines[i], "\n")
	}
	slices.Sort(lines)
	f := j.file
	if f.rejectedLine == 0 {
		f.added = append(f.added, added{after: len(f.sections) - 1, title: title, body: lines})
		return
	}
	j.retitle(f.rejectedLine, title)
	j.note(f.rejectedLine, lines)
}

// text is the file, with what the judge has noted.
func (j *judge) text() string {
	f := j.file
	var b strings.Builder
	b.WriteString(f.head)
	for i, s := range f.sections {
		if title, other := j.titles[i]; other {
			s.title = title
		}
		if body, other := j.bodies[i]; other {
			s.body = strings.Join(append(slices.Clone(body), ""), "\n")
			if i < len(f.sections)-1 {
				s.body += "\n"
			}
		}
		b.WriteString(s.title + s.body)
		for _, a := range f.added {
			if a.after == i {
				if text := b.String(); !strings.HasSuffix(text, "\n\n") {
					b.WriteString(strings.TrimPrefix("\n\n", map[bool]string{true: "\n"}[strings.HasSuffix(text, "\n")]))
				}
				b.WriteString(strings.Join(append([]string{a.title}, a.body...), "\n") + "\n")
				if i < len(f.sections)-1 {
					b.WriteString("\n")
				}
			}
		}
	}
	return b.String()
}
