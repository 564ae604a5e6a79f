package diag

import (
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/helios-stream/helios/ir"
)

// Source is a query file as it was written.
type Source struct {
	File string // its name as messages show it
	Text string

	lines []int // offset of each line's first byte; made when first needed
}

// Sources are the files of a compilation, by name. The zero value is empty and
// ready. It is not safe for concurrent use.
type Sources struct {
	byName map[string]*Source
}

// NewSources returns a set of the given files.
func NewSources(files ...Source) *Sources {
	s := &Sources{}
	for _, f := range files {
		s.Add(f.File, f.Text)
	}
	return s
}

// Add puts a file in the set, in place of an earlier one of that name.
func (s *Sources) Add(file, text string) {
	if s.byName == nil {
		s.byName = map[string]*Source{}
	}
	s.byName[file] = &Source{File: file, Text: text}
}

// Pos returns the place of a span's first character; the zero Pos for the zero
// Span, and only the file's name where the file is not in the set.
func (s *Sources) Pos(at Span) ir.Pos {
	src := s.find(at.File)
	if src == nil || at.IsZero() {
		return ir.Pos{File: at.File}
	}
	return src.Pos(at)
}

// Text returns what stands at the span, "" where its file is not in the set.
func (s *Sources) Text(at Span) string {
	src := s.find(at.File)
	if src == nil {
		return ""
	}
	start := min(max(at.Start, 0), len(src.Text))
	return src.Text[start:min(max(at.End, start), len(src.Text))]
}

func (s *Sources) find(file string) *Source {
	if s == nil {
		return nil
	}
	return s.byName[file]
}

// LineCol returns the line and the column (in characters) of a byte offset, both
// from 1. An offset behind the text is the place behind its last character.
func (s *Source) LineCol(offset int) (line, col int) {
	offset = min(max(offset, 0), len(s.Text))
	i := s.lineAt(offset)
	return i + 1, utf8.RuneCountInString(s.Text[s.lines[i]:max(offset, s.lines[i])]) + 1
}

// Pos returns the place of a span of this file.
func (s *Source) Pos(at Span) ir.Pos {
	line, col := s.LineCol(at.Start)
	return ir.Pos{File: s.File, Line: line, Col: col}
}

// byteOrderMark may stand in front of a file. No editor counts it as a column.
const byteOrderMark = "\ufeff"

// lineAt returns the index of the line that holds the offset.
func (s *Source) lineAt(offset int) int {
	if s.lines == nil {
		s.lines = append(s.lines, len(s.Text)-len(strings.TrimPrefix(s.Text, byteOrderMark)))
		for i := 0; i < len(s.Text); i++ {
			if s.Text[i] == '\n' {
				s.lines = append(s.lines, i+1)
			}
		}
	}
	return max(0, sort.SearchInts(s.lines, offset+1)-1)
}

// line returns the offset and the text of line i (from 0) without its line end.
func (s *Source) line(i int) (start int, text string) {
	start = s.lines[i]
	end := len(s.Text)
	if i+1 < len(s.lines) {
		end = s.lines[i+1] - 1
	}
	return start, strings.TrimSuffix(s.Text[start:end], "\r")
}
