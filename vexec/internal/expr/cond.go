package expr

import (
	"fmt"
	"strings"

	"github.com/helios-stream/helios/ir"
)

// cond emits what selects, of the scope's rows, those where e is true (want) or
// false (not want), and returns their slot. Rows where e is NULL are in neither.
func (c *compiler) cond(e ir.Expr, want bool, sc *scope) (int, error) {
	if x, ok := e.(*ir.Call); ok {
		switch x.Fn {
		case "AND":
			return c.condJunction(x.Args, want, want, sc)
		case "OR":
			return c.condJunction(x.Args, want, !want, sc)
		case "NOT":
			return c.cond(x.Args[0], !want, sc)
		case "IS NULL", "IS NOT NULL":
			return c.condNull(x, (x.Fn == "IS NULL") == want, sc)
		}
		if op, ok := cmpOps[x.Fn]; ok {
			if !want {
				op = negated(op)
			}
			return c.condCompare(x, op, sc)
		}
	}
	r, err := c.expr(e, sc)
	if err != nil {
		return 0, err
	}
	return c.selectBool(r, want, sc), nil
}

// selectBool selects the rows of the scope where a register is true, or is false.
func (c *compiler) selectBool(r int, want bool, sc *scope) int {
	return c.selection(fmt.Sprint("bool ", r, want, sc.slot), func(out int) step {
		return &selBool{arg: r, want: want, in: sc.slot, out: out}
	})
}

// condJunction selects by several conditions that must all hold, each looked at
// only where those before it do, or of which one must hold, each looked at only
// where those before it do not.
func (c *compiler) condJunction(args []ir.Expr, want, all bool, sc *scope) (int, error) {
	rest, found := sc, -1
	for i, a := range args {
		hit, err := c.cond(a, want, rest)
		if err != nil {
			return 0, err
		}
		if all {
			rest = c.inside(rest, hit)
			continue
		}
		if found < 0 {
			found = hit
		} else {
			a, b := found, hit
			found = c.selection(fmt.Sprint("union ", a, b, sc.slot), func(out int) step {
				return &unionStep{a: a, b: b, of: sc.slot, out: out}
			})
		}
		if i < len(args)-1 {
			rest = c.without(rest, hit)
		}
	}
	if all {
		return rest.slot, nil
	}
	return found, nil
}

// without returns the scope of the rows of sc that are not in the slot sub.
func (c *compiler) without(sc *scope, sub int) *scope {
	slot := c.selection(fmt.Sprint("without ", sub, sc.slot), func(out int) step {
		return &diffStep{of: sc.slot, sub: sub, out: out}
	})
	return c.inside(sc, slot)
}

func (c *compiler) condNull(x *ir.Call, null bool, sc *scope) (int, error) {
	r, err := c.expr(x.Args[0], sc)
	if err != nil {
		return 0, err
	}
	return c.selectNull(r, null, sc), nil
}

func (c *compiler) selectNull(r int, null bool, sc *scope) int {
	return c.selection(fmt.Sprint("null ", r, null, sc.slot), func(out int) step {
		return &selNull{arg: r, null: null, in: sc.slot, out: out}
	})
}

func (c *compiler) condCompare(x *ir.Call, op cmpOp, sc *scope) (int, error) {
	args, err := c.exprs(x.Args, sc)
	if err != nil {
		return 0, err
	}
	return c.selectCompare(op, x.Args, args, sc)
}

func (c *compiler) selectCompare(op cmpOp, of []ir.Expr, args []int, sc *scope) (int, error) {
	cmp, err := comparisonFor(op, of)
	if err != nil {
		return 0, err
	}
	return c.selection(fmt.Sprint("compare ", op, operandType(of), args, sc.slot), func(out int) step {
		return &selCompare{cmp: cmp, a: args[0], b: args[1], in: sc.slot, out: out}
	}), nil
}

// operandType is the type that the arguments of a comparison have; a bare NULL has none.
func operandType(args []ir.Expr) *ir.Type {
	t := args[0].Type()
	if t.Kind == ir.Null {
		t = args[1].Type()
	}
	if t.Kind == ir.Null {
		t = ir.TVarchar
	}
	return t
}

// junction emits AND or OR as a value. The second part is evaluated only for the
// rows that the first leaves open, unless it is cheap and cannot fail.
func (c *compiler) junction(x *ir.Call, sc *scope) (int, error) {
	acc, err := c.expr(x.Args[0], sc)
	if err != nil {
		return 0, err
	}
	and := x.Fn == "AND"
	for _, a := range x.Args[1:] {
		inner := sc
		if !harmless(a) {
			inner = c.without(sc, c.selectBool(acc, !and, sc))
		}
		b, err := c.expr(a, inner)
		if err != nil {
			return 0, err
		}
		r, known := c.shared(keyOf(x.Fn, ir.TBoolean, acc, b), sc)
		if !known {
			c.emit(&junctionStep{and: and, a: acc, b: b, dst: r, slot: sc.slot})
		}
		acc = r
	}
	return acc, nil
}

// harmless reports whether e cannot fail and is cheap for all rows at once:
// comparisons of columns and constants of fixed width.
func harmless(e ir.Expr) bool {
	ok := true
	ir.WalkExpr(e, func(e ir.Expr) bool {
		switch x := e.(type) {
		case *ir.ColRef, *ir.Const, *ir.FieldRef:
			ok = ok && classOf(x.Type()) != texts
		case *ir.Call:
			f := x.Function()
			simple := cmpOps[x.Fn] != 0 || x.Fn == "AND" || x.Fn == "OR" || x.Fn == "NOT" || strings.HasPrefix(x.Fn, "IS ")
			ok = ok && simple && f != nil && !f.CanFail
		default:
			ok = false
		}
		return ok
	})
	return ok
}

// caseExpr emits a searched CASE.
func (c *compiler) caseExpr(x *ir.Case, sc *scope) (int, error) {
	m := &mergeStep{t: x.T, of: sc.slot}
	rest := sc
	for _, w := range x.Whens {
		hit, err := c.cond(w.Cond, true, rest)
		if err != nil {
			return 0, err
		}
		r, err := c.expr(w.Then, c.inside(rest, hit))
		if err != nil {
			return 0, err
		}
		m.parts = append(m.parts, part{r, hit})
		rest = c.without(rest, hit)
	}
	var err error
	last := 0
	if x.Else != nil {
		last, err = c.expr(x.Else, rest)
	} else {
		last, err = c.constant(nil, x.T, rest)
	}
	if err != nil {
		return 0, err
	}
	m.parts = append(m.parts, part{last, rest.slot})
	return c.merge(m, x)
}

// merge emits m as a new register.
func (c *compiler) merge(m *mergeStep, e ir.Expr) (int, error) {
	m.dst = c.newReg()
	c.emit(m)
	return m.dst, nil
}

// coalesce emits the first argument that is not NULL; each is evaluated only where
// those before it are NULL.
func (c *compiler) coalesce(x *ir.Call, sc *scope) (int, error) {
	m := &mergeStep{t: x.T, of: sc.slot}
	rest := sc
	for i, a := range x.Args {
		r, err := c.expr(a, rest)
		if err != nil {
			return 0, err
		}
		if i == len(x.Args)-1 {
			m.parts = append(m.parts, part{r, rest.slot})
			break
		}
		has := c.selectNull(r, false, rest)
		m.parts = append(m.parts, part{r, has})
		rest = c.without(rest, has)
	}
	return c.merge(m, x)
}

// nullIf emits NULLIF(a, b); b is evaluated only where a is not NULL.
func (c *compiler) nullIf(x *ir.Call, sc *scope) (int, error) {
	a, err := c.expr(x.Args[0], sc)
	if err != nil {
		return 0, err
	}
	some := c.inside(sc, c.selectNull(a, false, sc))
	b, err := c.expr(x.Args[1], some)
	if err != nil {
		return 0, err
	}
	hit, err := c.selectCompare(eq, x.Args, []int{a, b}, some)
	if err != nil {
		return 0, err
	}
	null, err := c.constant(nil, x.T, sc)
	if err != nil {
		return 0, err
	}
	rest := c.without(sc, hit)
	return c.merge(&mergeStep{t: x.T, of: sc.slot, parts: []part{{a, rest.slot}, {null, hit}}}, x)
}
