// Package goldentest holds the tests that go through all of heliosc: the golden
// files of testdata/sql, and random queries against the reference interpreter.
package goldentest

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

// golden is one file of testdata/sql; see its README.md.
type golden struct {
	path   string
	why    string
	oracle string
	only   string // "", "rules on", "rules off"
	inputs []input
	steps  []*step
	late   int // -1: not checked

	rejected int      // rows that must go to the dead letters
	letters  []string // texts that dead letters must hold
}

type input struct{ name, text string }

// step is one sql section with what it must give.
type step struct {
	sql    string
	expect []*expect
	errors []string // the statements must not compile, with these texts
	warns  []string // a text of each warning of the compiler
}

// expect is what one SELECT or one memory mapping must have got.
type expect struct {
	name    string // of the mapping; "": the next SELECT
	ordered bool
	header  string
	rows    []string
}

var oracles = []string{"hand", "duckdb", "postgres", "flink", "heliosc"}

// parseGolden reads a golden file.
func parseGolden(path, text string) (*golden, error) {
	g := &golden{path: path, late: -1}
	head, sections := cutSections(text)
	for _, line := range nonEmpty(head) {
		key, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch key {
		case "why":
			g.why = value
		case "oracle":
			g.oracle = value
		case "only":
			g.only = value
		default:
			return nil, fmt.Errorf("%q is not a line of the head: why, oracle or only", line)
		}
	}
	switch {
	case g.why == "":
		return nil, fmt.Errorf("the line why: is missing")
	case !slices.Contains(oracles, g.oracle):
		return nil, fmt.Errorf("oracle: %q is none of %s", g.oracle, strings.Join(oracles, ", "))
	case !slices.Contains([]string{"", "rules on", "rules off"}, g.only):
		return nil, fmt.Errorf("only: %q is none of rules on, rules off", g.only)
	}
	for _, s := range sections {
		if err := g.section(s.words, s.body); err != nil {
			return nil, fmt.Errorf("section -- %s: %w", strings.Join(s.words, " "), err)
		}
	}
	return g, g.check()
}

type section struct {
	words []string
	body  string
}

var sectionNames = []string{"input", "sql", "rows", "late", "rejected", "error", "warning"}

// cutSections splits a file at the lines that begin a section.
func cutSections(text string) (head string, sections []section) {
	body := &head
	for _, line := range strings.SplitAfter(text, "\n") {
		if rest, ok := strings.CutPrefix(line, "-- "); ok {
			if words := strings.Fields(rest); len(words) > 0 && slices.Contains(sectionNames, words[0]) {
				sections = append(sections, section{words: words})
				body = &sections[len(sections)-1].body
				continue
			}
		}
		*body += line
	}
	return head, sections
}

func (g *golden) section(words []string, body string) error {
	last := len(g.steps) - 1
	needSQL := func() error {
		if last < 0 {
			return fmt.Errorf("it stands before the first sql section")
		}
		return nil
	}
	switch words[0] {
	case "input":
		if len(words) != 2 {
			return fmt.Errorf("it needs a file name")
		}
		g.inputs = append(g.inputs, input{words[1], strings.TrimSuffix(body, "\n")})
		return nil
	case "sql":
		g.steps = append(g.steps, &step{sql: strings.TrimRight(body, "\n") + "\n"})
		return nil
	case "rows":
		if err := needSQL(); err != nil {
			return err
		}
		e, err := parseRows(words[1:], body)
		g.steps[last].expect = append(g.steps[last].expect, e)
		return err
	case "error":
		if err := needSQL(); err != nil {
			return err
		}
		g.steps[last].errors = nonEmpty(body)
		if len(g.steps[last].errors) == 0 {
			return fmt.Errorf("it must have a line that the message holds")
		}
		return nil
	}
	if words[0] == "warning" {
		if err := needSQL(); err != nil {
			return err
		}
		g.steps[last].warns = nonEmpty(body)
		return nil
	}
	if len(words) != 2 {
		return fmt.Errorf("it needs a number")
	}
	n, err := strconv.Atoi(words[1])
	if words[0] == "late" {
		g.late = n
	} else {
		g.rejected, g.letters = n, nonEmpty(body)
	}
	return err
}

func parseRows(words []string, body string) (*expect, error) {
	e := &expect{}
	for _, w := range words {
		if w == "ordered" {
			e.ordered = true
		} else {
			e.name = w
		}
	}
	lines := nonEmpty(body)
	if len(lines) == 0 {
		return e, fmt.Errorf("the line with the columns is missing")
	}
	e.header, e.rows = lines[0], lines[1:]
	return e, nil
}

// check refuses files that check nothing.
func (g *golden) check() error {
	checks := 0
	for _, s := range g.steps {
		checks += len(s.expect) + len(s.errors)
	}
	if checks == 0 {
		return fmt.Errorf("it expects nothing: add a section rows or error")
	}
	if len(g.letters) > g.rejected {
		return fmt.Errorf("%d dead letters cannot hold %d texts", g.rejected, len(g.letters))
	}
	return nil
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

// write puts the file's inputs into a folder.
func (g *golden) write(dir string) error {
	for _, in := range g.inputs {
		path := dir + "/" + in.name
		if err := os.MkdirAll(path[:strings.LastIndex(path, "/")], 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(in.text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
