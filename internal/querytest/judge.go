package querytest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/helios-stream/helios/compiler"
)

// Failure is a place of a test file that does not agree with what came out.
type Failure struct {
	Line int // 0: the file as a whole
	Text string
}

// judge compares what comes out with what a file says.
type judge struct {
	file  *File
	exact bool // changes are compared as they came, not by what they come to
	// bodies, if there are any, is filled with what the sections should hold: nothing fails.
	bodies map[int][]string
	titles map[int]string

	failures []Failure
	compared map[*Output]*Step // the last step that looked at it
	counted  map[*Output]int   // how many changes there were then
}

func newJudge(f *File, exact bool) *judge {
	return &judge{file: f, exact: exact, compared: map[*Output]*Step{}, counted: map[*Output]int{}}
}

// update has the judge note what came out, instead of failures.
func (j *judge) update() { j.bodies, j.titles = map[int][]string{}, map[int]string{} }

func (j *judge) fail(line int, format string, args ...any) {
	j.failures = append(j.failures, Failure{line, fmt.Sprintf(format, args...)})
}

// check compares an output at a step.
func (j *judge) check(st *Step, out *Outcome) error {
	o, err := out.find(st)
	if err != nil {
		return err
	}
	var wrong string
	var is *Result
	from := o.seen
	switch {
	case st.Kind == Changes:
		is = o.changes(from)
		wrong = j.compareChanges(st, o, is)
	case st.New:
		if is = o.changes(from); slices.ContainsFunc(is.Rows, func(row []string) bool { return row[0] != "+I" }) {
			return errors.New("rows of this result change; use '-- changes', or '-- rows' without new for what is left")
		}
		is = &Result{Cols: is.Cols[1:], Rows: heads(is.Rows)}
		wrong = Compare(st, is)
	default:
		if is, err = o.Rows(); err != nil {
			return err
		}
		wrong = Compare(st, is)
	}
	o.seen = o.count()
	j.compared[o], j.counted[o] = st, o.seen
	switch {
	case wrong == "":
	case j.bodies != nil:
		header := is.Header()
		if st.Kind == Changes {
			header = (&Result{Cols: is.Cols[1:]}).Header()
		}
		j.bodies[st.section] = append([]string{header}, is.Lines()...)
	default:
		j.fail(st.Line, "-- %s: %s", st, wrong)
	}
	return nil
}

// heads are rows without their first column.
func heads(rows [][]string) (out [][]string) {
	for _, row := range rows {
		out = append(out, row[1:])
	}
	return out
}

// Compare says how rows differ from what a step expects; "": not at all.
func Compare(st *Step, got *Result) string {
	if h := got.Header(); h != st.Header {
		if st.Header == "" {
			return "nothing is expected here, and these rows came:\n+ " + strings.Join(append([]string{h}, got.Lines()...), "\n+ ")
		}
		return fmt.Sprintf("the columns differ\n- %s\n+ %s", st.Header, h)
	}
	return Differ(ParseRows(st.Lines, got.Cols), got, st.Ordered)
}

// compareChanges compares changes as they came, or by what they come to: how many there
// are for a result depends on how many rows are worked on at a time.
func (j *judge) compareChanges(st *Step, o *Output, got *Result) string {
	if h := (&Result{Cols: got.Cols[1:]}).Header(); h != st.Header {
		return fmt.Sprintf("the columns differ\n- %s\n+ %s", st.Header, h)
	}
	want := &Result{Cols: got.Cols}
	for _, line := range st.Lines {
		kind, rest, _ := strings.Cut(line, " | ")
		row := []string{rest}
		if len(got.Cols) != 2 {
			row = splitRow(rest)
		}
		if !slices.Contains([]string{"+I", "-U", "+U", "-D"}, kind) || len(row) != len(got.Cols)-1 {
			return fmt.Sprintf("%q is no change: +I, -U, +U or -D, and the row behind ' | '", line)
		}
		want.Rows = append(want.Rows, slices.Concat([]string{kind}, row))
	}
	if j.exact {
		return Differ(want, got, st.Ordered)
	}
	if text := Differ(net(want, o.key), net(got, o.key), false); text != "" {
		return "what the changes come to: " + text
	}
	return ""
}

// find is the output that a step looks at.
func (o *Outcome) find(st *Step) (*Output, error) {
	if st.Table == "" {
		if st.selected >= len(o.Selects) {
			return nil, fmt.Errorf("there are %d SELECTs, and this is the section of a further one", len(o.Selects))
		}
		return o.Selects[st.selected], nil
	}
	if t := o.Tables[st.Table]; t != nil {
		return t, nil
	}
	names := slices.Sorted(maps.Keys(o.Tables))
	text := "no INSERT writes to a mapping " + st.Table
	if near := compiler.DidYouMean(st.Table, names); near != "" {
		text += "; did you mean " + near + "?"
	} else if len(names) > 0 {
		text += "; they write to: " + strings.Join(names, ", ")
	}
	return nil, errors.New(text)
}

// unseen fails where rows came that no section looks at.
func (j *judge) unseen(q *Query, out *Outcome) {
	for i, o := range out.Selects {
		if j.compared[o] != nil {
			continue
		}
		if j.bodies == nil {
			j.fail(q.Line, "no section '-- rows' looks at SELECT %d of %d", i+1, len(out.Selects))
			continue
		}
		if r, err := o.Rows(); err == nil {
			j.add(q, "-- rows", append([]string{r.Header()}, r.Lines()...))
		}
	}
	j.unseenTables(q, out)
	for o, st := range j.compared {
		if n := o.count() - j.counted[o]; n > 0 {
			text := strings.Join(o.changes(j.counted[o]).Lines(), "\n+ ")
			if j.bodies != nil {
				text = "\n+ " + text + "\nadd a section '-- rows' or '-- changes' at the end of the file, and run it again"
			} else {
				text = "\n+ " + text
			}
			j.fail(st.Line, "-- %s: behind it came %s that no section looks at:%s", st, plural(n, "row"), text)
		}
	}
}

// unseenTables is unseen for the mappings that the query writes to. A test that expects nothing
// yet gets a section for those without rows, too.
func (j *judge) unseenTables(q *Query, out *Outcome) {
	for _, name := range slices.Sorted(maps.Keys(out.Tables)) {
		o := out.Tables[name]
		if j.compared[o] != nil || o.count() == 0 && (j.bodies == nil || j.file.Expects()) {
			continue
		}
		if j.bodies == nil {
			j.fail(q.Line, "no section '-- rows %s' looks at what came into it: %s", name, plural(o.count(), "row"))
			continue
		}
		if r, err := o.Rows(); err == nil {
			j.add(q, "-- rows "+name, append([]string{r.Header()}, r.Lines()...))
		}
	}
}

// add notes a section that the file does not have yet, at the end of a query.
func (j *judge) add(q *Query, title string, body []string) {
	last := q.section
	for _, st := range q.Steps {
		last = max(last, st.section)
	}
	j.file.added = append(j.file.added, added{after: last, title: title, body: body})
}

// checkError compares what does not compile.
func (j *judge) checkError(q *Query, err error) error {
	var wrong CompileError
	if !errors.As(err, &wrong) {
		if err == nil {
			err = errors.New("they do")
		}
		return fmt.Errorf("the statements must not compile, but: %w", err)
	}
	for _, text := range q.Errors {
		if j.bodies != nil && !strings.Contains(string(wrong), text) {
			j.note(q.errorLine, nonEmpty(string(wrong)))
			return nil
		}
		if !strings.Contains(string(wrong), text) {
			j.fail(q.errorLine, "-- error: the message does not hold %q:\n%s", text, wrong)
		}
	}
	return nil
}

// checkWarnings holds that the compiler warns of what the file says, and of nothing else.
func (j *judge) checkWarnings(q *Query, got compiler.Diagnostics) {
	text := got.Error()
	missing := slices.DeleteFunc(slices.Clone(q.Warns), func(w string) bool { return strings.Contains(text, w) })
	if len(missing) == 0 && len(got) == len(q.Warns) {
		return
	}
	if j.bodies != nil {
		var lines []string
		for i := range got {
			lines = append(lines, fmt.Sprintf("[%s]: %s", got[i].Code, got[i].Message))
		}
		if q.warnLine == 0 {
			j.add(q, "-- warning", lines)
		}
		j.note(q.warnLine, lines)
		return
	}
	line := q.warnLine
	if line == 0 {
		line = q.Line
	}
	if len(missing) > 0 {
		j.fail(line, "-- warning: no warning holds %q:\n%s", missing[0], text)
		return
	}
	j.fail(line, "the compiler gives %s, and the section warning has %d; each has a line there that holds a part of it:\n%s", plural(len(got), "warning"), len(q.Warns), text)
}

// counts compares what the queries lost on the way. late -1: it is not known.
func (j *judge) counts(v Variant, late int, letters []string) {
	f := j.file
	if f.Late >= 0 && late >= 0 && late != f.Late {
		if j.bodies != nil {
			j.retitle(f.lateLine, fmt.Sprintf("-- late %d", late))
		} else {
			j.fail(f.lateLine, "-- late: want %s, got %d", plural(f.Late, "late row"), late)
		}
	}
	if f.Only == "rules on" && v.RulesOff() || f.Only == "rules off" && !v.RulesOff() {
		return
	}
	all := strings.Join(letters, "\n")
	missing := slices.DeleteFunc(slices.Clone(f.Letters), func(text string) bool { return strings.Contains(all, text) })
	if len(letters) == f.Rejected && len(missing) == 0 {
		return
	}
	if j.bodies != nil {
		j.updateLetters(letters)
		return
	}
	line := max(f.rejectedLine, 1)
	if len(letters) != f.Rejected {
		text := ""
		if f.rejectedLine == 0 {
			text = " (a section '-- rejected N' says that there are some)"
		}
		j.fail(line, "want %s, got %d%s:\n%s", plural(f.Rejected, "dead letter"), len(letters), text, all)
		return
	}
	j.fail(line, "-- rejected: no dead letter holds %q:\n%s", missing[0], all)
}
