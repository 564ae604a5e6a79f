package bind

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// tuningHints are Flink's hints that say how a query is to be run, not what it gives.
var tuningHints = []string{"BROADCAST", "SHUFFLE_HASH", "SHUFFLE_MERGE", "NEST_LOOP", "LOOKUP", "MULTI_JOIN"}

// optionsHint is the one hint that has a meaning here.
const optionsHint = "OPTIONS"

// ignoreHints warns of the hints behind SELECT, and of those behind a table beside
// OPTIONS: none of them changes a result.
func (b *binder) ignoreHints(hints []*ast.Hint, behindTable bool) {
	for _, h := range hints {
		name := strings.ToUpper(h.Name.Name)
		switch {
		case name == optionsHint && behindTable:
		case name == optionsHint:
			b.err(diag.Syntax, h.Span(), "write FROM t /*+ OPTIONS('key' = 'value') */", "OPTIONS changes a table: it stands behind the table's name, not behind SELECT")
		case name == ttlHint && !behindTable:
		case slices.Contains(tuningHints, name):
			b.warn(diag.IgnoredHint, h.Span(), "leave it out", "the hint %s is ignored: it changes how Flink runs a query, not what comes out", name)
		default:
			known := append([]string{optionsHint, ttlHint}, tuningHints...)
			b.warn(diag.IgnoredHint, h.Span(), didYouMean(name, known, "leave it out"), "there is no hint %s; it is ignored", h.Name.Name)
		}
	}
}

// withOptions is the mapping with the options that OPTIONS hints override for this one
// reference, or o itself; nil: reported.
func (b *binder) withOptions(o *object, hints []*ast.Hint) *object {
	var opts []*ast.Option
	for _, h := range hints {
		if !strings.EqualFold(h.Name.Name, optionsHint) {
			continue
		}
		for i := range h.Args {
			if h.Args[i].Option == nil {
				b.err(diag.Syntax, h.Args[i].Span(), "write OPTIONS('key' = 'value')", "OPTIONS takes options")
				return nil
			}
			opts = append(opts, h.Args[i].Option)
		}
	}
	if len(opts) == 0 {
		return o
	}
	if o.table == nil || o.spec == nil {
		what := "a view"
		if o.decl == nil {
			what = "a query of WITH"
		}
		b.err(diag.WrongKind, opts[0].Span(), "name the mapping that it reads, or change the options there", "`%s` is %s and has no options", o.name, what)
		b.relate(o.at, "it was created here")
		return nil
	}
	changed, ok := b.overridden(o, opts)
	if !ok {
		return nil
	}
	return b.variant(o, changed)
}

// overridden returns the options of a mapping with some of them replaced.
func (b *binder) overridden(o *object, opts []*ast.Option) (map[string]string, bool) {
	out := maps.Clone(o.table.Options)
	given := map[string]diag.Span{}
	good := true
	for _, opt := range opts {
		d, name := b.takeOption(o.spec, opt, given)
		if d == nil {
			good = false
			continue
		}
		value, err := b.optionText(d, o.table, opt.Value.S)
		if err != nil {
			b.err(diag.BadOption, opt.Value.Span(), optionExample(d), "option '%s' %s", name, err)
			good = false
		}
		out[name] = value
	}
	if !b.exclusive(o.spec, out, given) {
		return out, false
	}
	overrule(o.spec, out, given)
	return out, good
}

// overrule has what a hint gives count, and not what the mapping says of the same thing
// in another way.
func overrule(spec *ir.ConnectorSpec, options map[string]string, given map[string]diag.Span) {
	for i := range spec.Options {
		d := &spec.Options[i]
		if d.Excludes == "" {
			continue
		}
		_, here := given[d.Name]
		_, there := given[d.Excludes]
		switch {
		case there && !here:
			options[d.Name] = d.Default
		case here && options[d.Name] == "true":
			other, name := spec.Option(d.Excludes)
			options[name] = other.Default
		}
	}
}

// variant is a mapping with other options. References with the same options share one,
// so that they share a scan and a writer.
func (b *binder) variant(o *object, options map[string]string) *object {
	if maps.Equal(options, o.table.Options) {
		return o
	}
	key := fmt.Sprintf("%p", o)
	for _, k := range slices.Sorted(maps.Keys(options)) {
		key += fmt.Sprintf(" %q=%q", k, options[k])
	}
	if v := b.variants[key]; v != nil {
		return v
	}
	v, t := *o, *o.table
	t.Options = options
	v.table = &t
	b.variants[key] = &v
	return &v
}

// hintsOf are the hints of a statement and of everything in it, in order.
func hintsOf(s ast.Statement) []*ast.Hint {
	var out []*ast.Hint
	ast.Walk(s, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.Insert:
			out = append(out, x.Hints...)
		case *ast.Select:
			out = append(out, x.Hints...)
		case *ast.NamedTable:
			out = append(out, x.Hints...)
		}
		return true
	})
	slices.SortStableFunc(out, func(a, b *ast.Hint) int { return a.At.Start - b.At.Start })
	return out
}

// tableNames are the table functions that there are.
func tableNames() []string {
	var out []string
	for _, f := range ir.TableFunctions() {
		out = append(out, f.Name)
	}
	return out
}
