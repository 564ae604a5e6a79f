package querytest

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/helios-stream/helios/compiler"
)

// section is a part of a file: a line "-- words" and what follows.
type section struct {
	line  int // of the title
	title string
	words []string
	body  string
}

var sectionNames = append([]string{"input", "sql", "query", "late", "rejected", "error", "warning"}, stepNames...)

// cutSections splits a file at the lines that begin a section. In a section sql "-- x"
// is a comment where x is no name of a section.
func cutSections(text string) (head string, sections []section) {
	body := &head
	for i, line := range strings.SplitAfter(text, "\n") {
		if rest, ok := strings.CutPrefix(line, "-- "); ok {
			if words := strings.Fields(rest); len(words) > 0 && slices.Contains(sectionNames, words[0]) {
				sections = append(sections, section{line: i + 1, title: line, words: words})
				body = &sections[len(sections)-1].body
				continue
			}
		}
		*body += line
	}
	return head, sections
}

// Parse reads a test; path is its name in messages, and the folder of its query files.
func Parse(path, text string) (*File, error) {
	f := &File{Path: path, Late: -1, Define: map[string]string{}}
	fail := func(line int, err error) (*File, error) { return nil, &ParseError{path, line, err.Error()} }
	f.head, f.sections = cutSections(strings.ReplaceAll(text, "\r\n", "\n"))
	for i, line := range strings.Split(f.head, "\n") {
		if err := f.headLine(line); err != nil {
			return fail(i+1, err)
		}
	}
	for i := range f.sections {
		if err := f.section(i); err != nil {
			return fail(f.sections[i].line, fmt.Errorf("-- %s: %w", strings.Join(f.sections[i].words, " "), err))
		}
	}
	if len(f.Queries) == 0 {
		return fail(1, fmt.Errorf("the file tests nothing: it needs a line '-- sql' with statements below it, or '-- query FILE.sql'"))
	}
	for _, q := range f.Queries {
		q.selects()
	}
	if len(f.Letters) > f.Rejected {
		return fail(f.rejectedLine, fmt.Errorf("%d dead letters cannot hold %d texts", f.Rejected, len(f.Letters)))
	}
	return f, nil
}

// Expects reports whether the file expects anything of its queries.
func (f *File) Expects() bool {
	return slices.ContainsFunc(f.Queries, func(q *Query) bool {
		return len(q.Errors) > 0 || slices.ContainsFunc(q.Steps, (*Step).checks)
	})
}

func (f *File) headLine(line string) error {
	if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
		return nil
	}
	key, value, _ := strings.Cut(line, ":")
	value = strings.TrimSpace(value)
	switch key {
	case "why":
		f.Why = value
	case "oracle":
		f.Oracle = value
	case "only":
		if value != "rules on" && value != "rules off" {
			return fmt.Errorf("only: %q is none of rules on, rules off", value)
		}
		f.Only = value
	case "define":
		name, v, ok := strings.Cut(value, "=")
		if !ok {
			return fmt.Errorf("define: %q is not NAME=VALUE", value)
		}
		f.Define[strings.TrimSpace(name)] = strings.TrimSpace(v)
	default:
		if name, ok := strings.CutPrefix(line, "--"); ok {
			return fmt.Errorf("%q begins no section%s; sections are: %s", line, didYouMean(strings.TrimSpace(name), sectionNames), strings.Join(sectionNames, ", "))
		}
		return fmt.Errorf("%q is not a line of the head%s; it takes why:, oracle:, only:, define: and lines that begin with #", line,
			didYouMean(key, []string{"why", "oracle", "only", "define"}))
	}
	return nil
}

func didYouMean(name string, of []string) string {
	name, _, _ = strings.Cut(name, " ")
	if near := compiler.DidYouMean(name, of); near != "" {
		return " (did you mean " + near + "?)"
	}
	return ""
}

func (f *File) section(i int) error {
	s := &f.sections[i]
	name, args := s.words[0], s.words[1:]
	switch name {
	case "input":
		return f.input(args, s.body)
	case "sql":
		f.Queries = append(f.Queries, &Query{Line: s.line, section: i, Text: strings.TrimRight(s.body, "\n") + "\n"})
		return nil
	case "query":
		if len(args) == 0 {
			return fmt.Errorf("it needs the path of a query file, seen from the test's folder")
		}
		if line := firstLine(s.body); line != "" {
			return stray(line, "the statements are in the file")
		}
		f.Queries = append(f.Queries, &Query{Line: s.line, section: i, Files: args})
		return nil
	}
	if len(f.Queries) == 0 {
		return fmt.Errorf("it stands before the first sql or query section")
	}
	q := f.Queries[len(f.Queries)-1]
	switch name {
	case "error":
		if q.Errors, q.errorLine = nonEmpty(s.body), s.line; len(q.Errors) == 0 {
			return fmt.Errorf("it must have a line that the message holds")
		}
		return nil
	case "warning":
		q.Warns, q.warnLine = nonEmpty(s.body), s.line
		return nil
	case "late", "rejected":
		return f.count(name, args, s)
	}
	st := &Step{Kind: StepKind(slices.Index(stepNames, name)), Line: s.line, section: i, number: len(q.Steps)}
	q.Steps = append(q.Steps, st)
	if i := slices.IndexFunc(q.Steps, func(s *Step) bool { return s.Kind == End }); i >= 0 && i < st.number && !st.checks() {
		return fmt.Errorf("the input has ended in line %d", q.Steps[i].Line)
	}
	return st.parse(args, s)
}

func (f *File) input(args []string, body string) error {
	if len(args) != 1 {
		return fmt.Errorf("it needs a file name")
	}
	if !filepath.IsLocal(args[0]) {
		return fmt.Errorf("the path must stay in the test's own folder: a name such as trades.ndjson")
	}
	if slices.ContainsFunc(f.Inputs, func(in Input) bool { return in.Name == args[0] }) {
		return fmt.Errorf("the file is there already")
	}
	f.Inputs = append(f.Inputs, Input{args[0], strings.TrimSuffix(body, "\n")})
	return nil
}

func (f *File) count(name string, args []string, s *section) error {
	if len(args) != 1 {
		return fmt.Errorf("it needs a number")
	}
	n, err := strconv.Atoi(args[0])
	if err != nil || n < 0 {
		return fmt.Errorf("%q is not a number of rows", args[0])
	}
	if name == "late" {
		f.Late, f.lateLine = n, s.line
		if line := firstLine(s.body); line != "" {
			return stray(line, "it has no lines")
		}
		return nil
	}
	f.Rejected, f.Letters, f.rejectedLine = n, nonEmpty(s.body), s.line
	return nil
}

// stray is a line where none may be.
func stray(line, why string) error {
	if name, ok := strings.CutPrefix(line, "--"); ok {
		return fmt.Errorf("%q below it begins no section%s; sections are: %s", line, didYouMean(strings.TrimSpace(name), sectionNames), strings.Join(sectionNames, ", "))
	}
	return fmt.Errorf("%q stands below it; %s", line, why)
}

func nonEmpty(text string) []string {
	var out []string
	for _, line := range strings.Split(text, "\n") {
		if strings.TrimSpace(line) != "" {
			out = append(out, line)
		}
	}
	return out
}

func firstLine(text string) string {
	if lines := nonEmpty(text); len(lines) > 0 {
		return lines[0]
	}
	return ""
}
