package bind

import (
	"slices"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// ttlHint is the hint that bounds how long what is kept of single tables lives.
const ttlHint = "STATE_TTL"

// ttlHints reads /*+ STATE_TTL('a' = '1 h', 'b' = '1 day') */ of a SELECT: microseconds by what
// FROM calls a table. false: reported.
func (b *binder) ttlHints(x *ast.Select) (map[string]int64, bool) {
	out, ok := map[string]int64{}, true
	var names []string
	eachTable(x.From, func(t ast.TableExpr) {
		if name, _ := tableName(t); name != "" {
			names = append(names, name)
		}
	})
	for _, h := range x.Hints {
		if !strings.EqualFold(h.Name.Name, ttlHint) {
			continue
		}
		for _, a := range h.Args {
			if a.Option == nil {
				b.err(diag.Syntax, a.Span(), "write STATE_TTL('a' = '1 h')", "STATE_TTL takes a table's name in quotes and a time")
				ok = false
				continue
			}
			d, isSpan := ir.OptionSpan(a.Option.Value.S)
			switch name := a.Option.Key.S; {
			case !isSpan || d <= 0:
				b.err(diag.BadOption, a.Option.Value.Span(), "write '1 h', '30 min' or '1 day'", "STATE_TTL takes a span of time")
				ok = false
			case !slices.Contains(names, name):
				b.err(diag.UnknownTable, a.Option.Key.Span(), didYouMean(name, names, "write what FROM calls it: "+listed(names)), "FROM has no table `%s`", name)
				ok = false
			default:
				out[name] = d.Microseconds()
			}
		}
	}
	return out, ok
}

// eachTable calls f for the tables of a FROM.
func eachTable(t ast.TableExpr, f func(ast.TableExpr)) {
	if j, ok := t.(*ast.Join); ok {
		eachTable(j.L, f)
		eachTable(j.R, f)
	} else if t != nil {
		f(t)
	}
}

// hinted is what the hints of the SELECT at hand say.
type hinted struct {
	ttl  map[string]int64 // of STATE_TTL, by table
	from string           // the only table of FROM; "": there is none
}

// hint takes the hints of a SELECT, and returns what brings back those around it.
func (b *binder) hint(x *ast.Select) (back func(), ok bool) {
	around := b.hinted
	ttl, ok := b.ttlHints(x)
	b.hinted = hinted{ttl: ttl}
	if x.From != nil {
		b.hinted.from, _ = tableName(x.From)
	}
	return func() { b.hinted = around }, ok
}

// groupTTL is how long, in microseconds, groups and partitions of the SELECT at hand live that
// no row changes; 0: for ever.
func (b *binder) groupTTL() int64 {
	if t, ok := b.hinted.ttl[b.hinted.from]; ok {
		return t
	}
	return b.stateTTL().Microseconds()
}
