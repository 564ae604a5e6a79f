package expr

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// Compile makes a program that computes exprs over the columns of in. It refuses
// what has no kernel.
func Compile(exprs []ir.Expr, in *ir.Schema) (*Program, error) {
	c := newCompiler(in)
	for _, e := range exprs {
		r, err := c.expr(e, c.root)
		if err != nil {
			return nil, err
		}
		c.p.outs = append(c.p.outs, r)
	}
	return c.p, nil
}

// EvalConst computes an expression without column references, by the same kernels
// that run over columns. A row error is returned as an error with its reason.
func EvalConst(e ir.Expr) (ir.Value, error) {
	none := &ir.Schema{}
	p, err := Compile([]ir.Expr{e}, none)
	if err != nil {
		return nil, err
	}
	var errs Errors
	out := make([]vexec.Vec, 1)
	if err := p.Eval(&vexec.Batch{Schema: none, Rows: 1}, out, &errs); err != nil {
		return nil, err
	}
	if errs.Len() > 0 {
		return nil, fmt.Errorf("%s", errs.Fates()[0].Reason)
	}
	return out[0].Value(0), nil
}

type compiler struct {
	in     *ir.Schema
	p      *Program
	root   *scope
	consts map[int]bool // registers that hold a constant: no step writes them
	scopes map[int]*scope
	slots  map[string]int // selections by what they select
}

// scope is the parts known to be computed for the rows of a slot. A part known to
// an outer scope is known inside: the rows of an inner slot are among the outer's.
type scope struct {
	outer *scope
	slot  int
	known map[string]int
	lazy  []lazyPart
}

// lazyPart is an expression of which only some parts are computed for each row. The
// registers of those parts do not name it, so it is found by itself.
type lazyPart struct {
	e   ir.Expr
	reg int
}

func newCompiler(in *ir.Schema) *compiler {
	c := &compiler{in: in, p: &Program{in: in}, consts: map[int]bool{}, scopes: map[int]*scope{}, slots: map[string]int{}}
	c.root = &scope{slot: c.newSlot(), known: map[string]int{}}
	c.scopes[c.root.slot] = c.root
	return c
}

func (c *compiler) newSlot() int {
	c.p.slots = append(c.p.slots, slot{})
	return len(c.p.slots) - 1
}

func (c *compiler) newReg() int {
	c.p.regs = append(c.p.regs, &register{})
	return len(c.p.regs) - 1
}

func (c *compiler) emit(s step) { c.p.steps = append(c.p.steps, s) }

// inside returns the scope of a slot that holds some rows of outer's. There is one for
// each slot, so that what one expression computes there others find.
func (c *compiler) inside(outer *scope, slot int) *scope {
	s := c.scopes[slot]
	if s == nil {
		s = &scope{outer: outer, slot: slot, known: map[string]int{}}
		c.scopes[slot] = s
	}
	return s
}

// selection returns the slot that key names: which rows, of which slot, by which
// registers. emit adds the step that fills it, if none does yet.
func (c *compiler) selection(key string, emit func(out int) step) int {
	if s, ok := c.slots[key]; ok {
		return s
	}
	s := c.newSlot()
	c.slots[key] = s
	c.emit(emit(s))
	return s
}

func (s *scope) find(key string) (reg int, ok bool) {
	for ; s != nil; s = s.outer {
		if r, ok := s.known[key]; ok {
			return r, true
		}
	}
	return 0, false
}

// findLazy returns the register of an equal expression.
func (s *scope) findLazy(e ir.Expr) (reg int, ok bool) {
	for ; s != nil; s = s.outer {
		for i := range s.lazy {
			if ir.EqualExpr(s.lazy[i].e, e) {
				return s.lazy[i].reg, true
			}
		}
	}
	return 0, false
}

// top is the outermost scope.
func (s *scope) top() *scope {
	for s.outer != nil {
		s = s.outer
	}
	return s
}

// expr emits what computes e for the rows of the scope's slot, unless that is known
// already, and returns its register.
func (c *compiler) expr(e ir.Expr, sc *scope) (int, error) {
	if !isLazy(e) || ir.IsVolatile(e) {
		return c.fresh(e, sc)
	}
	if r, ok := sc.findLazy(e); ok {
		return r, nil
	}
	r, err := c.fresh(e, sc)
	if err == nil {
		sc.lazy = append(sc.lazy, lazyPart{e, r})
	}
	return r, err
}

// isLazy reports whether e leaves out parts of it for some rows.
func isLazy(e ir.Expr) bool {
	switch x := e.(type) {
	case *ir.Case:
		return true
	case *ir.Call:
		return x.Fn == "AND" || x.Fn == "OR" || x.Fn == "COALESCE" || x.Fn == "NULLIF"
	}
	return false
}

// fresh emits what computes e; parts of it may be known.
func (c *compiler) fresh(e ir.Expr, sc *scope) (int, error) {
	switch x := e.(type) {
	case *ir.ColRef:
		return c.column(x, sc)
	case *ir.Const:
		return c.constant(x.V, x.T, sc)
	case *ir.Call:
		return c.callExpr(x, sc)
	case *ir.Cast:
		return c.cast(x, sc)
	case *ir.Case:
		return c.caseExpr(x, sc)
	case *ir.InList:
		return c.inList(x, sc)
	case *ir.FieldRef:
		return c.field(x, sc)
	}
	return 0, fmt.Errorf("expr: %T cannot be evaluated", e)
}

func (c *compiler) column(x *ir.ColRef, sc *scope) (int, error) {
	if x.Index < 0 || x.Index >= len(c.in.Cols) {
		return 0, fmt.Errorf("column %s is number %d of %d", x.Name, x.Index, len(c.in.Cols))
	}
	key := "col:" + strconv.Itoa(x.Index)
	if r, ok := sc.find(key); ok {
		return r, nil
	}
	r := c.newReg()
	c.p.cols = append(c.p.cols, colReg{x.Index, r})
	sc.top().known[key] = r
	return r, nil
}

func (c *compiler) constant(v ir.Value, t *ir.Type, sc *scope) (int, error) {
	key := fmt.Sprintf("const:%s:%#v", t, v)
	if r, ok := sc.find(key); ok {
		return r, nil
	}
	vec, err := constVec(v, t)
	if err != nil {
		return 0, err
	}
	r := c.newReg()
	c.p.regs[r].out = vec
	c.consts[r] = true
	sc.top().known[key] = r
	return r, nil
}

// shared returns the register that already holds what key names, or a new one.
func (c *compiler) shared(key string, sc *scope) (r int, known bool) {
	if r, ok := sc.find(key); ok {
		return r, true
	}
	r = c.newReg()
	sc.known[key] = r
	return r, false
}

// keyOf names the result of an operation on registers.
func keyOf(op string, t *ir.Type, args ...int) string {
	var b strings.Builder
	b.WriteString(op)
	b.WriteByte(':')
	b.WriteString(t.String())
	for _, a := range args {
		b.WriteByte(',')
		b.WriteString(strconv.Itoa(a))
	}
	return b.String()
}

func (c *compiler) callExpr(x *ir.Call, sc *scope) (int, error) {
	switch x.Fn {
	case "AND", "OR":
		return c.junction(x, sc)
	case "NOT", "IS NULL", "IS NOT NULL", "IS TRUE", "IS NOT TRUE", "IS FALSE", "IS NOT FALSE":
		return c.boolTest(x, sc)
	case "IS DISTINCT FROM", "IS NOT DISTINCT FROM":
		return c.distinct(x, sc)
	case "COALESCE":
		return c.coalesce(x, sc)
	case "NULLIF":
		return c.nullIf(x, sc)
	case "CURRENT_TIMESTAMP", "PROCTIME":
		s := &nowStep{t: x.T, dst: c.newReg()}
		c.emit(s)
		c.p.needsClock = true
		return s.dst, nil
	case "UUID":
		s := &uuidStep{dst: c.newReg(), slot: sc.slot}
		c.emit(s)
		return s.dst, nil
	}
	f := x.Function()
	if f == nil || f.Aggregate {
		return 0, fmt.Errorf("%s is not a scalar function", x.Fn)
	}
	fn, err := functionOf(x)
	if err != nil {
		return 0, err
	}
	args, err := c.exprs(x.Args, sc)
	if err != nil {
		return 0, err
	}
	s := &callStep{fn: fn, t: x.T, args: args, slot: sc.slot, nulls: f.NullSafe, each: f.Volatile, place: where(x, x.At)}
	return c.strictCall(s, keyOf(f.Name, x.T, args...), f.Volatile, sc)
}

func (c *compiler) exprs(list []ir.Expr, sc *scope) ([]int, error) {
	regs := make([]int, len(list))
	for i, e := range list {
		r, err := c.expr(e, sc)
		if err != nil {
			return nil, err
		}
		regs[i] = r
	}
	return regs, nil
}

// strictCall emits s unless its result is known; over constants it is computed now.
func (c *compiler) strictCall(s *callStep, key string, volatile bool, sc *scope) (int, error) {
	if volatile {
		s.dst = c.newReg()
		c.emit(s)
		return s.dst, nil
	}
	r, known := c.shared(key, sc)
	if known {
		return r, nil
	}
	s.dst = r
	if !c.fold(s, key, sc) {
		c.emit(s)
	}
	return r, nil
}

// fold computes s now, if its arguments are constants and it does not fail, and
// makes its register a constant for all scopes.
func (c *compiler) fold(s *callStep, key string, sc *scope) bool {
	for _, a := range s.args {
		if !c.consts[a] {
			return false
		}
	}
	var errs Errors
	at := s.slot
	s.slot, c.p.n, c.p.errs, c.p.slots[0].rows = 0, 1, &errs, nil
	s.run(c.p)
	s.slot, c.p.errs = at, nil
	if errs.Len() > 0 {
		return false
	}
	delete(sc.known, key)
	c.consts[s.dst] = true
	sc.top().known[key] = s.dst
	return true
}
