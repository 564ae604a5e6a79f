package goldentest

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/helios-stream/helios/ir"
)

// coverage is what random queries were made of: the plans that ran, and gave rows. Its
// methods may be called from several goroutines.
type coverage struct {
	mu      sync.Mutex
	queries int
	refused map[string]int // why queries did not compile
	large   int            // queries left out because a join has too many rows
	none    int            // queries without a row in their results
	shapes  map[uint64]struct{}
	trees   map[uint64]struct{} // shapes without their expressions
	seen    map[string]map[string]int
}

func newCoverage() *coverage {
	return &coverage{refused: map[string]int{}, shapes: map[uint64]struct{}{}, trees: map[uint64]struct{}{}, seen: map[string]map[string]int{}}
}

// refuse counts a query that does not compile, by the first line of the message.
func (c *coverage) refuse(why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.queries++
	m := regexp.MustCompile(`error\[(\w+)\]: *(.*)`).FindStringSubmatch(why)
	if m == nil {
		m = []string{"", "", why}
	}
	c.refused[m[1]+" "+regexp.MustCompile("`[^`]*`|\\d+").ReplaceAllString(m[2], "x")]++
}

// leaveOut counts a query whose joins have too many rows to be run.
func (c *coverage) leaveOut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.queries++
	c.large++
}

// note counts what a query was made of: once for each query, however often it has a part.
func (c *coverage) note(s *scenario, q *compiled, gave bool) {
	parts := map[string]map[string]bool{}
	add := func(section, name string) {
		if parts[section] == nil {
			parts[section] = map[string]bool{}
		}
		parts[section][name] = true
	}
	add("kinds of queries", s.kind)
	for rule, n := range q.Fired {
		if n > 0 {
			add("rules", rule)
		}
	}
	for _, stage := range q.Plan.Stages {
		for _, in := range stage.In {
			add("exchanges", string(in.Mode))
		}
	}
	collect(reflect.ValueOf(q.Plan), add)
	// Nodes and windows are those of the query; functions those that the engine computed.
	collect(reflect.ValueOf(q.Logical.Sinks), func(section, name string) {
		if section == "nodes" || section == "joins" || section == "windows" || section == "types" {
			add(section, name)
		}
	})
	for name, form := range textForms {
		if form.MatchString(s.sql) {
			add("functions", name)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.queries++
	c.shapes[shape(q.Optimized, true)] = struct{}{}
	c.trees[shape(q.Optimized, false)] = struct{}{}
	if !gave {
		c.none++
		return
	}
	for section, names := range parts {
		if c.seen[section] == nil {
			c.seen[section] = map[string]int{}
		}
		for name := range names {
			c.seen[section][name]++
		}
	}
}

// textForms find in the text of a query what plans do not name any more.
var textForms = func() map[string]*regexp.Regexp {
	out := map[string]*regexp.Regexp{}
	for _, f := range ir.Catalog() {
		switch {
		case strings.HasSuffix(f.Name, " TO"):
			out[f.Name] = regexp.MustCompile(`\b` + strings.TrimSuffix(f.Name, " TO") + `\(.* TO [A-Z]+\)`)
		case strings.HasPrefix(f.Sig, f.Name+"("):
			if constant := strings.HasPrefix(f.Sig, f.Name+"()"); constant || f.Form || f.Table { // the compiler computes constants
				out[f.Name] = regexp.MustCompile(`\b` + f.Name + `\(`)
			}
		case f.Form:
			out[f.Name] = regexp.MustCompile(`\b` + f.Name + `\b`)
		}
	}
	return out
}()

// collect tells add of all parts of a plan.
func collect(v reflect.Value, add func(section, name string)) {
	eachPart(v, func(part any) {
		switch x := part.(type) {
		case *ir.Call:
			add("functions", x.Fn)
		case *ir.Cast:
			add("casts", x.X.Type().Kind.String()+" to "+x.T.Kind.String())
		case ir.AggCall:
			noteAgg(&x, add)
		case ir.OverCall:
			add("OVER", x.Fn)
			if x.Frame != nil && (x.Frame.Start.Kind != ir.UnboundedPreceding || x.Frame.Rows) {
				add("frames", frameKind(x.Frame))
			}
		case ir.Window:
			add("windows", x.Kind.String())
		case *ir.Schema:
			for _, col := range x.Cols {
				noteType(col.Type, add)
			}
		case *ir.Join:
			add("nodes", "Join")
			add("joins", x.Kind.String()+" "+x.Type.String())
		case ir.PhysOp:
			add("operators", reflect.TypeOf(x).Elem().Name())
			if phase := reflect.ValueOf(x).Elem().FieldByName("Phase"); phase.IsValid() {
				add("operators", x.Name())
			}
		case ir.Node:
			add("nodes", reflect.TypeOf(x).Elem().Name())
		}
		if x, ok := part.(*ir.RankOp); ok {
			add("OVER", x.Fn)
		}
		if x, ok := part.(ir.Expr); ok {
			add("expressions", reflect.TypeOf(x).Elem().Name())
		}
	})
}

func noteAgg(x *ir.AggCall, add func(section, name string)) {
	if f := x.Function(); f == nil || !f.Aggregate {
		return // one that stands before OVER only
	}
	add("aggregates", x.Fn)
	if x.Filter != nil {
		add("aggregates", x.Fn+" with FILTER")
	}
	if x.Distinct {
		add("aggregates", x.Fn+" with DISTINCT")
	}
	if x.Retracts {
		add("aggregates", x.Fn+" taken back")
	}
}

func noteType(t *ir.Type, add func(section, name string)) {
	add("types", typeKind(t))
	for _, part := range []*ir.Type{t.Key, t.Elem} {
		if part != nil {
			noteType(part, add)
		}
	}
	for _, f := range t.Fields {
		noteType(f.Type, add)
	}
}

// typeKind tells what is kept in nanoseconds from the rest.
func typeKind(t *ir.Type) string {
	if t.Nanos() {
		return t.Kind.String() + "(9)"
	}
	return t.Kind.String()
}

func frameKind(f *ir.Frame) string {
	unit := "RANGE"
	if f.Rows {
		unit = "ROWS"
	}
	return unit + " " + f.Start.Kind.String() + " to " + f.End.Kind.String()
}

// required is what has to be in at least 20 queries that gave rows.
func required(t *testing.T) map[string][]string {
	out := map[string][]string{}
	for _, f := range ir.Catalog() {
		switch {
		case f.Over:
			out["OVER"] = append(out["OVER"], f.Name)
		case f.Aggregate:
			out["aggregates"] = append(out["aggregates"], f.Name, f.Name+" with FILTER")
			if !slices.Contains(noDistinct, f.Name) {
				out["aggregates"] = append(out["aggregates"], f.Name+" with DISTINCT")
			}
		default:
			out["functions"] = append(out["functions"], f.Name)
		}
	}
	for section, method := range map[string]string{"nodes": "isNode", "operators": "isPhysOp", "expressions": "isExpr"} {
		out[section] = implementations(t, method)
	}
	for _, k := range []ir.WindowKind{ir.Tumble, ir.Hop, ir.Cumulate, ir.Session, ir.CountRows} {
		out["windows"] = append(out["windows"], k.String())
	}
	for kind, types := range map[string]string{"regular": "inner left right full semi anti", "interval": "inner left right full", "window": "inner left", "lookup": "inner left",
		"by key": "inner left semi anti", "temporal": "inner left"} {
		for _, t := range strings.Fields(types) {
			out["joins"] = append(out["joins"], kind+" "+t)
		}
	}
	for k := ir.Boolean; k <= ir.JSON; k++ {
		out["types"] = append(out["types"], k.String())
	}
	for _, x := range []ir.Exchange{ir.Gather, ir.GatherOrdered, ir.Hash, ir.HashOrdered, ir.Forward, ir.Letters} {
		out["exchanges"] = append(out["exchanges"], string(x))
	}
	for _, r := range rules {
		out["rules"] = append(out["rules"], r.Name)
	}
	for _, k := range kinds {
		out["kinds of queries"] = append(out["kinds of queries"], k.name)
	}
	return out
}

// implementations are the types of package ir with the method, by its files: what is new
// there has to be made by the generator.
func implementations(t *testing.T, method string) []string {
	files, err := filepath.Glob("../../ir/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("the files of package ir: %d, %v", len(files), err)
	}
	var out []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^func \(\w* ?\*(\w+)\) +`+method+`\(\)`).FindAllStringSubmatch(string(text), -1) {
			out = append(out, m[1])
		}
	}
	slices.Sort(out)
	return out
}

// missing lists what was made in fewer than least queries that gave rows.
func (c *coverage) missing(want map[string][]string, least int) []string {
	var out []string
	for section, names := range want {
		for _, name := range names {
			if n := c.seen[section][name]; n < least {
				out = append(out, fmt.Sprintf("%s: %s %d times", section, name, n))
			}
		}
	}
	slices.Sort(out)
	return out
}

// String is the table at the end.
func (c *coverage) String() string {
	var b strings.Builder
	refused := 0
	for _, n := range c.refused {
		refused += n
	}
	fmt.Fprintf(&b, "%d queries: %d plan shapes, %d without their expressions; %d did not compile, %d gave no row, %d joined too many\n", c.queries, len(c.shapes), len(c.trees), refused, c.none, c.large)
	for _, section := range sorted(c.seen) {
		fmt.Fprintf(&b, "\n%s (%d)\n%s", section, len(c.seen[section]), columns(c.seen[section]))
	}
	if refused > 0 {
		b.WriteString("\nrefused\n")
	}
	for _, why := range sorted(c.refused) {
		fmt.Fprintf(&b, "%8d  %s\n", c.refused[why], why)
	}
	return b.String()
}

// columns prints names with their numbers, several in a line.
func columns(counts map[string]int) string {
	var b strings.Builder
	width := 0
	for name := range counts {
		width = max(width, len(name))
	}
	line := 0
	for _, name := range sorted(counts) {
		cell := fmt.Sprintf("%8d  %-*s", counts[name], width, name)
		if line > 0 && line+len(cell) > 150 {
			b.WriteString("\n")
			line = 0
		}
		b.WriteString(cell)
		line += len(cell)
	}
	return b.String() + "\n"
}

func sorted[V any](m map[string]V) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
