// Package bind gives a syntax tree its meaning: names become columns, types are
// found and casts inserted, options are checked, views expanded, event time and
// windows followed through the query. What comes out is ir.Logical.
//
// A binder goes on after an error. A part that has one is poison: its expression
// or relation is nil, and nothing more is said about what is made of it, so that
// each cause is reported once.
package bind

import (
	"context"
	"fmt"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// Env is what the compiler asks the world. Each field may be nil: then there are no
// connectors, no checks, no columns to learn, nothing to leave out, or no folding of
// constants.
type Env struct {
	// Connector finds the description of a connector by its lower-case name or alias; nil: there is none.
	Connector func(name string) *ir.ConnectorSpec
	// Connectors lists all, for messages.
	Connectors func() []*ir.ConnectorSpec
	// Bounded reports whether what is read of a table ends; nil: nothing does.
	Bounded func(t *ir.Table) bool
	// Resolve replaces the references to the environment and to files in an option's
	// value, where paths start from dir. nil: there can be none.
	Resolve func(dir, value string) (string, error)
	// Check refuses a table that its connector cannot read (sink: write).
	Check func(t *ir.Table, sink bool) error
	// Infer learns the columns of a table that declares none.
	Infer func(ctx context.Context, t *ir.Table) ([]ir.Column, error)
	// Prunes and Narrows are those of vexec.Pruner, for a table that Check took.
	Prunes, Narrows func(t *ir.Table, col int) bool
	// LookupKey is that of vexec.Looker, for a table that Check took; nil: nothing is looked up by key.
	LookupKey func(t *ir.Table) []string
	// Size is that of vexec.Sized, for a table that Check took; nil: nothing is known.
	Size func(ctx context.Context, t *ir.Table) (rows int64, distinct []int64)
	// Clash reports whether rows written to out would replace or feed another table
	// of the query: one that is written, too, or one that it reads. nil: none does.
	Clash func(out, other *ir.Table, written bool) bool
	// Fold computes an expression that refers to no column; an error where it is a row error.
	Fold func(e ir.Expr) (ir.Value, error)
	// Functions are those of one's own, beside those of the language.
	Functions []*ir.Function
	// Draw shows a plan, of which one is not nil, as "text", "json" or "dot", for the
	// rows of EXPLAIN; nil: they are plain listings.
	Draw func(l *ir.Logical, p *ir.Plan, format string) (string, error)
}

// Input is one parsed file.
type Input struct {
	Tree *ast.File
	Dir  string // where its relative paths start
}

// Result is what a compilation binds to.
type Result struct {
	Logical   *ir.Logical
	Whole     *ir.Logical       // as the statements say it; Logical may have less
	Tables    []*ir.Table       // the mappings that are there at the end, in order of their creation
	Settings  map[string]string // of SET, by canonical name
	Explained []Explained       // whose rows are to be made
}

// Bind binds the statements of all files in order; they share their names. What is
// wrong goes to errs; changelog is how SELECTs show results that change; the result is of use only where errs holds no errors.
func Bind(ctx context.Context, files []Input, sources *diag.Sources, env *Env, changelog Changelog, errs *diag.List) *Result {
	b := &binder{changelog: changelog, lost: map[string]bool{}, ctx: ctx, env: *env, sources: sources, errs: errs,
		objects: map[string]*object{}, places: map[ir.Node]diag.Span{}, looked: map[ir.Node]bool{}, querying: map[string]bool{},
		checked: map[checkKey]bool{}, asked: map[*ir.Table]bool{}, leafCount: map[ir.Node]int{}, variants: map[string]*object{}, settingAt: map[string]diag.Span{}, inserts: map[*ir.Table]diag.Span{}, writes: map[*object]*object{}, created: map[string]diag.Span{},
		out: &Result{Logical: &ir.Logical{}, Settings: map[string]string{}}}
	b.findZone(files)
	for _, f := range files {
		for _, s := range f.Tree.Stmts {
			b.willCreate(s)
		}
	}
	for _, f := range files {
		b.dir = f.Dir
		b.damaged = b.damaged || f.Tree.Lost.Some
		b.anyLost = b.anyLost || f.Tree.Lost.Any
		for _, name := range f.Tree.Lost.Names {
			b.lost[name] = true
		}
		for _, s := range f.Tree.Stmts {
			b.statement(s)
		}
	}
	b.sides(b.out.Logical)
	for _, e := range b.out.Explained {
		b.sides(e.Logical)
	}
	for _, s := range b.out.Logical.Sinks {
		s.Zone = b.zone
	}
	b.clashes()
	b.titles()
	if !errs.HasErrors() && !b.damaged {
		b.unused()
	}
	for _, o := range b.order {
		if o.table != nil && b.objects[o.name] == o {
			b.out.Tables = append(b.out.Tables, o.table)
		}
	}
	return b.out
}

// titles takes the title from a SELECT that is the only one: its rows need none.
func (b *binder) titles() {
	var selects []*ir.Sink
	for _, s := range b.out.Logical.Sinks {
		if s.Table == nil {
			selects = append(selects, s)
		}
	}
	if len(selects) == 1 {
		selects[0].Title = ""
	}
}

type binder struct {
	ctx       context.Context
	env       Env
	sources   *diag.Sources
	errs      *diag.List
	dir       string
	damaged   bool            // the parser left statements out
	lost      map[string]bool // names that these declare in all likelihood
	anyLost   bool            // and others that are not known
	objects   map[string]*object
	order     []*object
	rightSide *ast.Name              // a table on the right of a JOIN, which may be looked up by key
	ctes      []map[string]*relation // WITH queries in sight, innermost last
	checked   map[checkKey]bool
	asked     map[*ir.Table]bool // what its connector prunes
	leafCount map[ir.Node]int
	scalars   map[*ast.Subquery]*ir.ColRef // the columns of queries that are one value for all rows
	members   map[ast.Expr]ir.Expr         // the values of queries that are one for each row
	around    []*scope                     // the rows around the queries that are values at hand, innermost last
	hinted    hinted                       // of the SELECT that is bound
	places    map[ir.Node]diag.Span        // where operators with state were written
	looked    map[ir.Node]bool             // whose state has been looked at
	querying  map[string]bool              // files with a query
	variants  map[string]*object           // of mappings whose options a hint overrides
	settingAt map[string]diag.Span         // where the values of SET stand
	writes    map[*object]*object          // mappings with METADATA columns, as rows go into them
	inserts   map[*ir.Table]diag.Span      // where the first INSERT names each table
	changelog Changelog
	shows     bool                 // the rows of the query at hand go to the client
	zone      string               // the session's time zone; "": UTC
	created   map[string]diag.Span // where the files create each name first
	out       *Result
}

func (b *binder) statement(s ast.Statement) {
	b.lint(s)
	switch x := s.(type) {
	case *ast.CreateMapping:
		b.createMapping(x)
	case *ast.CreateView:
		b.createView(x)
	case *ast.Drop:
		b.drop(x)
	case *ast.QueryStmt:
		b.queryStatement(x)
	case *ast.Insert:
		b.insert(x)
	case *ast.StatementSet:
		for _, i := range x.Inserts {
			b.insert(i)
		}
	case *ast.Set:
		b.set(x)
	case *ast.Explain:
		b.explain(x)
	case *ast.Show:
		b.show(x)
	case *ast.ShowCreate:
		b.showCreate(x)
	case *ast.Describe:
		b.describe(x, x.Name, nil)
	default:
		b.laterStatement(s)
	}
}

// err reports an error.
func (b *binder) err(code string, at diag.Span, hint, format string, args ...any) {
	b.errs.Add(code, at, fmt.Sprintf(format, args...), hint)
}

// relate adds a place to the error reported last.
func (b *binder) relate(at diag.Span, format string, args ...any) {
	if at.IsZero() {
		return
	}
	d := &(*b.errs)[len(*b.errs)-1]
	d.Related = append(d.Related, diag.Related{Span: at, Message: fmt.Sprintf(format, args...)})
}

// later refuses what the language has and this version does not.
func (b *binder) later(at diag.Span, what, hint string) {
	b.err(diag.NotSupported, at, hint, "%s is not supported yet", what)
}

// count prints "1 column", "2 columns".
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// didYouMean is a hint, or otherwise.
func didYouMean(name string, candidates []string, otherwise string) string {
	if near := diag.DidYouMean(name, candidates); near != "" {
		return fmt.Sprintf("did you mean `%s`?", near)
	}
	return otherwise
}
