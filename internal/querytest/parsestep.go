package querytest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/connect/format/parse"
)

// parse reads what stands behind the step's name and below it.
func (s *Step) parse(args []string, sec *section) (err error) {
	switch s.Kind {
	case Rows, Changes:
		return s.parseExpected(args, sec.body)
	case Clock:
		if err = s.parseClock(strings.Join(args, " ")); err != nil {
			return err
		}
	case Restart, End:
		if len(args) > 0 {
			return fmt.Errorf("it takes nothing behind its name")
		}
	default:
		if args, err = s.parsePlace(args); err != nil {
			return err
		}
		switch {
		case s.Kind == Feed:
			if len(args) > 0 {
				return fmt.Errorf("%q is not known: it is -- feed MAPPING or -- feed MAPPING partition NAME", strings.Join(args, " "))
			}
			s.Records, err = records(sec.body, sec.line+1)
			return err
		case s.Kind == Watermark:
			if s.At, err = timeOf(strings.Join(args, " ")); err != nil {
				return err
			}
		case len(args) > 0:
			return fmt.Errorf("%q is not known: it is -- idle MAPPING or -- idle MAPPING partition NAME", strings.Join(args, " "))
		}
	}
	if line := firstLine(sec.body); line != "" {
		return stray(line, "it has no lines")
	}
	return nil
}

// parsePlace takes MAPPING [partition NAME] off the words.
func (s *Step) parsePlace(args []string) ([]string, error) {
	if len(args) == 0 {
		return nil, fmt.Errorf("it needs the name of the mapping that it is for")
	}
	s.Table, s.Partition = args[0], DefaultPartition
	if args = args[1:]; len(args) > 0 && args[0] == "partition" {
		if len(args) < 2 {
			return nil, fmt.Errorf("the name of the partition is missing")
		}
		s.Partition, args = args[1], args[2:]
	}
	return args, nil
}

func (s *Step) parseClock(text string) error {
	if d, ok := ir.OptionSpan(text); ok {
		s.Span = d
		return nil
	}
	at, err := timeOf(text)
	if err != nil {
		return fmt.Errorf("%q is neither a span such as 10s or 5 minutes, nor a time such as 2024-01-01 00:00:00", text)
	}
	s.At = at
	return nil
}

func timeOf(text string) (ir.Micros, error) {
	v, fault := parse.Timestamp([]byte(text), 6)
	if fault != 0 {
		return 0, fmt.Errorf("%q is not a time such as 2024-01-01 00:00:00", text)
	}
	return ir.Micros(v), nil
}

// selects gives the steps that look at SELECTs their numbers: sections that follow each
// other are those of one SELECT after another.
func (q *Query) selects() {
	var next [Changes + 1]int
	for _, s := range q.Steps {
		switch {
		case !s.checks():
			clear(next[:])
		case s.Table == "":
			s.selected = next[s.Kind]
			next[s.Kind]++
		}
	}
}

func (s *Step) parseExpected(args []string, body string) error {
	for _, w := range args {
		switch {
		case w == "ordered":
			s.Ordered = true
		case w == "new" && s.Kind == Rows:
			s.New = true
		case s.Table == "":
			s.Table = w
		default:
			return fmt.Errorf("%q is not known behind the name of a mapping: ordered or new", w)
		}
	}
	if lines := nonEmpty(body); len(lines) > 0 {
		s.Header, s.Lines = lines[0], lines[1:]
	}
	return nil
}

// records reads the lines of a feed: JSON objects, or a line of column names and lines of
// values, between " | ".
func records(body string, line int) ([]Record, error) {
	var out []Record
	var names []string
	json := strings.HasPrefix(strings.TrimSpace(body), "{")
	for i, text := range strings.Split(body, "\n") {
		switch {
		case strings.TrimSpace(text) == "":
		case json:
			out = append(out, Record{text, line + i})
		case names == nil:
			for _, c := range splitRow(text) {
				name := strings.TrimSpace(c)
				if name == "" || slices.Contains(names, name) {
					return nil, fmt.Errorf("line %d: %q must be JSON objects in a line each, or begin with the names of the columns, each once, with ' | ' between them", line+i, text)
				}
				names = append(names, name)
			}
		default:
			record, err := asJSON(names, text)
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", line+i, err)
			}
			out = append(out, Record{record, line + i})
		}
	}
	return out, nil
}

// asJSON makes a JSON object of a line of values.
func asJSON(names []string, line string) (string, error) {
	cells := []string{line}
	if len(names) > 1 {
		cells = splitRow(line)
	}
	if len(cells) != len(names) {
		return "", fmt.Errorf("%q has %d values, and there are %d columns: %s", line, len(cells), len(names), strings.Join(names, ", "))
	}
	var b strings.Builder
	for i, c := range cells {
		name, err := json.Marshal(names[i])
		if err != nil {
			return "", err
		}
		b.WriteString(map[bool]string{true: "{", false: ","}[i == 0])
		b.Write(name)
		b.WriteString(":" + cellJSON(strings.TrimSpace(c)))
	}
	return b.String() + "}", nil
}

func cellJSON(c string) string {
	switch {
	case c == "NULL":
		return "null"
	case json.Valid([]byte(c)) && (c[0] == '{' || c[0] == '['):
		return c
	case len(c) > 1 && c[0] == '\'' && c[len(c)-1] == '\'':
		c = c[1 : len(c)-1]
	}
	text, err := json.Marshal(c)
	if err != nil { // no text fails
		return "null"
	}
	return string(text)
}
