package querytest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/helios-stream/helios/compiler"
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/memory"
)

// Options says how tests are run.
type Options struct {
	Connectors func() []vexec.Connector // what TYPE can name beside Memory
	Functions  []*ir.Function           // of one's own
	Seed       uint64                   // of the ways to run a test, beside the plain one
	Define     map[string]string        // replaces ${name}; what a test defines wins
	Update     bool                     // what came out is written into the files
}

// Report is what became of one test.
type Report struct {
	File     *File
	Runs     int     // ways in which it was run
	Variant  Variant // the one that failed
	First    bool    // that is the plain one
	Failures []Failure
	Updated  bool // the file was written
}

// Run runs one test in all its ways, until one of them fails.
func (o *Options) Run(f *File) *Report {
	r := &Report{File: f}
	if o.Update {
		o.update(f, r)
		return r
	}
	if !f.Expects() {
		r.First = true
		r.Failures = []Failure{{f.Queries[0].Line, "the test expects nothing: add a section '-- rows', '-- changes' or '-- error', or have -u write what comes out"}}
		return r
	}
	for i, v := range append([]Variant{f.First()}, f.Variants(o.Seed)...) {
		r.Runs++
		if r.Failures = o.once(f, v, i == 0, nil); len(r.Failures) > 0 {
			r.Variant, r.First = v, i == 0
			return r
		}
	}
	return r
}

// update runs a test once and writes what came out.
func (o *Options) update(f *File, r *Report) {
	if f.Oracle != "" && f.Oracle != "heliosc" {
		if r.Failures = o.once(f, f.First(), true, nil); len(r.Failures) > 0 {
			r.Failures = append(r.Failures, Failure{1, "the oracle of this test is " + f.Oracle + ": what it expects is not written by -u"})
		}
		r.Runs, r.First = 1, true
		return
	}
	j := newJudge(f, true)
	j.update()
	r.Failures, r.Runs, r.First = o.once(f, f.First(), true, j), 1, true
	old, err := os.ReadFile(f.Path)
	if text := j.text(); err == nil && len(r.Failures) == 0 && text != strings.ReplaceAll(string(old), "\r\n", "\n") {
		r.Updated, err = true, os.WriteFile(f.Path, []byte(text), 0o644)
	}
	if err != nil {
		r.Failures = append(r.Failures, Failure{0, err.Error()})
	}
}

// once runs a test in one way. j is nil, or what notes the results.
func (o *Options) once(f *File, v Variant, first bool, j *judge) []Failure {
	dir, err := os.MkdirTemp(Memory(), "heliosc-test-")
	if err != nil {
		return []Failure{{0, err.Error()}}
	}
	defer os.RemoveAll(dir)
	var connectors []vexec.Connector
	for _, c := range o.Connectors() {
		if c.Spec().Name == "file" && v.Unit > 0 {
			c = Recut(c, v.Unit)
		}
		connectors = append(connectors, c)
	}
	e := &Engine{Dir: dir, Memory: memory.New(), Connectors: connectors, Functions: o.Functions, Define: map[string]string{}}
	for _, from := range []map[string]string{o.Define, f.Define} {
		for name, value := range from {
			e.Define[name] = value
		}
	}
	if j == nil {
		j = newJudge(f, first)
	}
	if _, err := e.test(f, v, j, nil); err != nil {
		return append(j.failures, *err)
	}
	return j.failures
}

// Test runs a test in one way, in the engine's folder, and returns what came out of each
// of its queries, nil for one that is not to compile. audit may look at each run; nil: it
// is not called. The error says which lines of the file do not agree.
func (e *Engine) Test(f *File, v Variant, first bool, audit func(*Outcome) error) error {
	j := newJudge(f, first)
	if _, err := e.test(f, v, j, audit); err != nil {
		j.failures = append(j.failures, *err)
	}
	var text []string
	for _, f := range j.failures {
		text = append(text, fmt.Sprintf("line %d: %s", f.Line, f.Text))
	}
	if text == nil {
		return nil
	}
	return errors.New(strings.Join(text, "\n"))
}

func (e *Engine) test(f *File, v Variant, j *judge, audit func(*Outcome) error) (outs []*Outcome, wrong *Failure) {
	if err := f.WriteInputs(e.Dir); err != nil {
		return nil, &Failure{0, err.Error()}
	}
	late, letters := 0, []string(nil)
	for i, q := range f.Queries {
		out, err := e.query(f, q, v, filepath.Join(e.Dir, fmt.Sprintf(".state%d", i)), j)
		if err == nil && out != nil && audit != nil {
			err = audit(out)
		}
		if err != nil {
			var at *stepError
			if errors.As(err, &at) {
				return outs, &Failure{at.step.Line, at.Error()}
			}
			return outs, &Failure{q.Line, err.Error()}
		}
		if outs = append(outs, out); out == nil {
			continue
		}
		if letters = append(letters, out.Letters...); out.Late < 0 {
			late = -1
		} else if late >= 0 {
			late += out.Late
		}
	}
	j.counts(v, late, letters)
	return outs, nil
}

// query compiles and runs one section and compares what it gives; nil: it was not to compile.
func (e *Engine) query(f *File, q *Query, v Variant, state string, j *judge) (*Outcome, error) {
	files, err := e.files(f, q)
	if err != nil {
		return nil, err
	}
	e.fed, e.checked = q.feeds(f.Path, v.Unit), map[string]bool{}
	for _, st := range q.Steps {
		if st.checks() && st.Table != "" {
			e.checked[st.Table] = true
		}
	}
	v.Ops = v.Ops || q.SeesChanges()
	c, err := e.Compile(files, v)
	if len(q.Errors) > 0 {
		return nil, j.checkError(q, err)
	}
	var wrong CompileError
	if errors.As(err, &wrong) {
		return nil, fmt.Errorf("the query does not compile:\n%s", wrong)
	}
	if err != nil {
		return nil, err
	}
	j.checkWarnings(q, c.Warnings)
	return e.play(q, c, v, state, j)
}

// play runs a query and compares at its steps.
func (e *Engine) play(q *Query, c *Compiled, v Variant, state string, j *judge) (*Outcome, error) {
	s := &Script{query: q, judge: j, fed: e.fed}
	if err := s.unknown(c.Plan); err != nil {
		return nil, err
	}
	run := s
	if !q.scripted() {
		run = nil
	}
	out, err := e.Run(c, v, state, run)
	if err != nil {
		return nil, err
	}
	s.out = out
	if err := s.rest(); err != nil {
		return nil, err
	}
	j.unseen(q, out)
	return out, nil
}

// Files is one query text as Compile takes it.
func (e *Engine) Files(text string) []compiler.File {
	return []compiler.File{{Name: "query.sql", Text: text, Dir: e.Dir}}
}

// Memory is a folder for files in memory, where there is one that this user may write to:
// checkpoints sync their files. "" is the usual folder for temporary files.
func Memory() string {
	const place = "/dev/shm"
	dir, err := os.MkdirTemp(place, "heliosc-test-")
	if err != nil {
		return ""
	}
	_ = os.Remove(dir)
	return place
}
