package goldentest

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
)

// rewriteGolden writes what came out into a file whose oracle is heliosc.
func rewriteGolden(t *testing.T, g *golden) {
	if g.oracle != "heliosc" {
		t.Skipf("%s: its oracle is %s; -rewrite is for files whose oracle is heliosc", g.path, g.oracle)
	}
	dir := scratch(t)
	if err := g.write(dir); err != nil {
		t.Fatal(err)
	}
	e, v := newEngine(dir, 0), variant{batch: 1024, tasks: 1}
	g.rejected, g.letters = 0, nil
	for i, s := range g.steps {
		c, err := e.compile(s.sql, v)
		var ce compileError
		if errors.As(err, &ce) {
			s.errors, s.expect = nonEmpty(string(ce)), nil
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		out, err := e.run(c, v, fmt.Sprintf("%s/.state%d", dir, i))
		if err != nil {
			t.Fatal(err)
		}
		s.errors, s.expect = nil, expectations(s, out)
		g.rejected += len(out.letters)
		if g.late >= 0 {
			g.late = out.late
		}
	}
	if err := os.WriteFile(g.path, []byte(g.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

func expectations(s *step, out *outcome) []*expect {
	var list []*expect
	ordered := len(s.expect) > 0 && s.expect[0].ordered
	add := func(name string, r *result) {
		e := &expect{name: name, ordered: ordered, header: r.header()}
		for _, row := range r.rows {
			e.rows = append(e.rows, strings.Join(row, " | "))
		}
		list = append(list, e)
	}
	for _, old := range s.expect {
		if r := out.inserts[old.name]; old.name != "" && r != nil {
			add(old.name, r)
		}
	}
	for _, r := range out.selects {
		add("", r)
	}
	return list
}

// String is the golden as a file.
func (g *golden) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "why: %s\noracle: %s\n", g.why, g.oracle)
	if g.only != "" {
		fmt.Fprintf(&b, "only: %s\n", g.only)
	}
	for _, in := range g.inputs {
		fmt.Fprintf(&b, "\n-- input %s\n%s", in.name, in.text)
	}
	for _, s := range g.steps {
		fmt.Fprintf(&b, "\n-- sql\n%s", s.sql)
		for _, e := range s.expect {
			title := strings.Join(strings.Fields("-- rows "+e.name+map[bool]string{true: " ordered"}[e.ordered]), " ")
			fmt.Fprintf(&b, "\n%s\n%s\n", title, strings.Join(append([]string{e.header}, e.rows...), "\n"))
		}
		if len(s.warns) > 0 {
			fmt.Fprintf(&b, "\n-- warning\n%s\n", strings.Join(s.warns, "\n"))
		}
		if len(s.errors) > 0 {
			fmt.Fprintf(&b, "\n-- error\n%s\n", strings.Join(s.errors, "\n"))
		}
	}
	if g.late >= 0 {
		fmt.Fprintf(&b, "\n-- late %d\n", g.late)
	}
	if g.rejected > 0 {
		fmt.Fprintf(&b, "\n-- rejected %d\n%s", g.rejected, strings.Join(append(g.letters, ""), "\n"))
	}
	return b.String()
}
