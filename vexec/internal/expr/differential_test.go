package expr

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/helios-stream/helios/internal/refinterp"
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// The differential test computes random expressions over random rows here and in
// the reference interpreter, which shares no code with the kernels.

var (
	tMillis = &ir.Type{Kind: ir.Timestamp, P: 3}
	tNanos  = &ir.Type{Kind: ir.Timestamp, P: 9}
	tRow    = &ir.Type{Kind: ir.Row, Fields: []ir.Field{{Name: "p", Type: ir.TBigInt}, {Name: "q", Type: ir.TVarchar}}}

	arrayOfText  = &ir.Type{Kind: ir.Array, Elem: ir.TVarchar}
	arrayOfInts  = &ir.Type{Kind: ir.Array, Elem: ir.TInteger}
	arrayOfTimes = &ir.Type{Kind: ir.Array, Elem: ir.TTimestampLTZ}
	arrayOfRows  = &ir.Type{Kind: ir.Array, Elem: tRow}
	mapOfInts    = &ir.Type{Kind: ir.Map, Key: ir.TVarchar, Elem: ir.TInteger}
)

var diffSchema = vtest.Schema("id", ir.TBigInt, "b", ir.TBoolean, "b2", ir.TBoolean, "i1", ir.TTinyInt, "i2", ir.TSmallInt,
	"i4", ir.TInteger, "i4b", ir.TInteger, "i8", ir.TBigInt, "i8b", ir.TBigInt, "f4", ir.TReal, "f8", ir.TDouble, "f8b", ir.TDouble,
	"d1", ir.TDecimal(10, 2), "d2", ir.TDecimal(20, 6), "d3", ir.TDecimal(38, 10), "d4", ir.TDecimal(5, 0),
	"s", ir.TVarchar, "s2", ir.TVarchar, "x", ir.TVarbinary, "dt", ir.TDate, "tm", ir.TTime,
	"ts", ir.TTimestamp, "ts2", ir.TTimestamp, "ms", tMillis, "ns", tNanos, "lt", ir.TTimestampLTZ,
	"iv", ir.TInterval, "im", ir.TIntervalMonth, "j", ir.TJSON, "a", arrayOfText, "a2", arrayOfInts, "at", arrayOfTimes, "ar", arrayOfRows,
	"m", mapOfInts, "r", tRow)

type gen struct{ *rand.Rand }

func pick[T any](g gen, of ...T) T { return of[g.IntN(len(of))] }

var words = []string{"", "a", "abc", "AbC", "  ab ", "hello world, hello", "héllo wörld ünd mehr", "日本語", "exactly12byt", "thirteen byte",
	"%", "a_c", "12", "-7", "12.75", "1e3", "true", "NO", "2024-02-29", "2024-02-29 12:34:56.789", "2024-01-02T03:04:05+02:00",
	"23:59:59.5", "NaN", "99999999999999999999", "a/b/c", "HOUR", "ab\x00c", "[a-z]+", "yyyy-MM-dd", "aGk=", "C3A9", "UTF-8", "1h30m", `{"a": 1}`}

// value returns a random value of a type: often an edge, sometimes NULL.
func (g gen) value(t *ir.Type) ir.Value {
	if g.IntN(8) == 0 {
		return nil
	}
	width := 8 * t.Kind.Width()
	switch t.Kind {
	case ir.Null:
		return nil
	case ir.Boolean:
		return g.IntN(2) == 0
	case ir.TinyInt, ir.SmallInt, ir.Integer, ir.BigInt:
		lim := int64(1)<<(width-1) - 1
		return pick(g, 0, 1, -1, 2, 7, 10, lim, -lim-1, int64(g.IntN(100)), g.Int64()>>(64-width)) //nolint:gosec // in range
	case ir.Real:
		return float64(float32(g.float()))
	case ir.Double:
		return g.float()
	case ir.Decimal:
		digits := g.IntN(t.P + 1)
		text := strings.Repeat("9", digits)
		if g.IntN(2) == 0 {
			text = strings.Repeat("123456789", 5)[:digits]
		}
		if text == "" {
			text = "0"
		}
		return vtest.Dec(pick(g, "", "-")+text, 0)
	case ir.Varchar:
		return pick(g, words...)
	case ir.Varbinary:
		return []byte(pick(g, words...))
	case ir.Date:
		return pick(g, 0, -1, 19782, 11016, int64(g.IntN(40000)-20000))
	case ir.Time:
		return pick(g, 0, 86_399_999_999, g.Int64N(86_400_000_000))
	case ir.Timestamp, ir.TimestampLTZ:
		us := pick(g, 0, -1, vtest.TS("2024-02-29 23:59:59.999999"), g.Int64N(4e15)-2e15)
		if t.Nanos() {
			return us*1000 + g.Int64N(1000)
		}
		return us - us%digitsUnit(6, t.P)
	case ir.Interval:
		return pick(g, 0, 1, -1, 3_600_000_000, g.Int64N(1e15)-5e14)
	case ir.IntervalMonth:
		return pick(g, 0, 1, -1, 12, int64(g.IntN(2000)-1000))
	case ir.Row:
		out := []ir.Value{}
		for _, f := range t.Fields {
			out = append(out, g.value(f.Type))
		}
		return out
	case ir.JSON:
		return pick(g, `{"a": [1, 2.5, "x"], "b": {"c": null}}`, `[]`, `"text"`, "12", "-1.5", "true", "null", `{}`, ` [ 1 , 2 ] `)
	case ir.Array:
		out := []ir.Value{}
		for range g.IntN(4) {
			out = append(out, g.value(t.Elem))
		}
		return out
	case ir.Map:
		out := []ir.MapEntry{}
		for range g.IntN(4) {
			if k := g.value(t.Key); k != nil {
				out = append(out, ir.MapEntry{Key: k, Val: g.value(t.Elem)})
			}
		}
		return out
	}
	panic("no value of " + t.String())
}

func (g gen) float() float64 {
	return pick(g, 0, math.Copysign(0, -1), 1, -1.5, 2.5, 0.1, 1e18, -1e30, math.NaN(), math.Inf(1), math.Inf(-1),
		float64(g.IntN(1000))/8, g.NormFloat64()*1e6, 2.675, 1e-7)
}

// expr returns a random expression of any type.
func (g gen) expr(depth int) ir.Expr {
	if depth <= 0 || g.IntN(6) == 0 {
		return g.leaf()
	}
	for {
		if e := g.node(depth); e != nil {
			return e
		}
	}
}

func (g gen) leaf() ir.Expr {
	c := 1 + g.IntN(len(diffSchema.Cols)-1)
	t := diffSchema.Cols[c].Type
	if g.IntN(4) == 0 {
		if g.IntN(10) == 0 {
			return &ir.Const{T: ir.TNull}
		}
		return &ir.Const{V: g.value(t), T: t}
	}
	return &ir.ColRef{Index: c, Name: diffSchema.Cols[c].Name, T: t}
}

func (g gen) node(depth int) ir.Expr {
	switch g.IntN(10) {
	case 0:
		x, to := g.expr(depth-1), diffSchema.Cols[1+g.IntN(len(diffSchema.Cols)-1)].Type
		if !ir.CanCast(x.Type(), to) {
			return nil
		}
		c := &ir.Cast{X: x, T: to, Try: g.IntN(3) == 0}
		if ir.NeedsZone(x.Type(), to) {
			c.Zone = pick(g, "", "Europe/Berlin")
		}
		return c
	case 1:
		return g.caseOf(depth)
	case 2:
		x := g.expr(depth - 1)
		if classOf(x.Type()) == nested { // the binder makes comparisons of it
			return nil
		}
		in := &ir.InList{X: x, Not: g.IntN(2) == 0}
		for range 1 + g.IntN(12) {
			in.Values = append(in.Values, g.value(x.Type()))
		}
		return in
	case 3:
		c := len(diffSchema.Cols) - 1
		i := g.IntN(2)
		return &ir.FieldRef{X: &ir.ColRef{Index: c, Name: "r", T: tRow}, Index: i, Name: tRow.Fields[i].Name, T: tRow.Fields[i].Type}
	}
	return g.call(depth)
}

func (g gen) caseOf(depth int) ir.Expr {
	then := g.expr(depth - 1)
	t := then.Type()
	if t.Kind == ir.Null { // the binder gives it a type
		return nil
	}
	out := &ir.Case{T: t}
	for range 1 + g.IntN(2) {
		out.Whens = append(out.Whens, ir.When{Cond: g.boolean(depth - 1), Then: then})
		then = &ir.Const{V: g.value(t), T: t}
	}
	if g.IntN(3) > 0 {
		out.Else = then
	}
	return out
}

// boolean returns a condition.
func (g gen) boolean(depth int) ir.Expr {
	for depth > 0 {
		if e := g.expr(depth); e.Type().Kind == ir.Boolean {
			return e
		}
	}
	return &ir.ColRef{Index: 1 + g.IntN(2), Name: "b", T: ir.TBoolean}
}

func (g gen) call(depth int) ir.Expr {
	f := pick(g, ir.Functions()...)
	if !isCompared(f) {
		return nil
	}
	n := 1 + g.IntN(3)
	if f.Name == "NOT" || strings.HasPrefix(f.Name, "IS ") && !strings.Contains(f.Name, "DISTINCT") {
		n = 1
	}
	args := make([]ir.Expr, n)
	types := make([]*ir.Type, len(args))
	for i := range args {
		if args[i] = g.pooled(f.Name, i); args[i] == nil {
			args[i] = g.expr(depth - 1)
		}
		types[i] = args[i].Type()
	}
	want, ret, err := f.Resolve(types)
	if err != nil {
		return nil
	}
	for i, t := range want {
		if !types[i].Equal(t) {
			args[i] = &ir.Cast{X: args[i], T: t}
		}
	}
	return &ir.Call{Fn: f.Name, Args: args, T: ret}
}

// lazier reports whether parts of e may be left out here that the reference looks at.
func lazier(e ir.Expr) bool {
	found := false
	ir.WalkExpr(e, func(e ir.Expr) bool {
		switch x := e.(type) {
		case *ir.Case:
			found = true
		case *ir.Call:
			found = found || x.Fn == "NULLIF"
		}
		return !found
	})
	return found
}

// reference computes e for every row: its text, or "error".
func reference(t *testing.T, e ir.Expr, rows [][]ir.Value) []string {
	t.Helper()
	table := &ir.Table{Name: "t"}
	scan := &ir.Scan{Table: table, P: ir.NoProps}
	for i, c := range diffSchema.Cols {
		table.Cols = append(table.Cols, ir.TableColumn{Column: c})
		scan.Cols = append(scan.Cols, i)
	}
	out := ir.NewSchema(diffSchema.Cols[0], ir.Column{Name: "e", Type: e.Type()})
	id := &ir.ColRef{Index: 0, Name: "id", T: ir.TBigInt}
	res, err := refinterp.Run(&ir.Logical{Sinks: []*ir.Sink{{Input: &ir.Project{Input: scan, Exprs: []ir.Expr{id, e}, S: out, P: ir.NoProps}}}},
		refinterp.ByName(map[string]refinterp.Table{"t": {Splits: [][][]ir.Value{rows}}}))
	if err != nil {
		t.Fatalf("%s: %v", e, err)
	}
	got := make([]string, len(rows))
	for _, r := range res[0].Rows {
		got[r[0].(int64)] = ir.FormatValue(r[1], e.Type())
	}
	for _, r := range res[0].Errors {
		got[r.Row[0].(int64)] = "error"
	}
	return got
}

func TestDifferential(t *testing.T) {
	rounds := vtest.Seeds(3000)
	if testing.Short() {
		rounds = 200
	}
	for round := range rounds {
		g := gen{rand.New(rand.NewPCG(uint64(round), 7))}
		n := pick(g, 0, 1, 3, 20, 70)
		rows := make([][]ir.Value, n)
		lits := make([]vtest.Row, n)
		few := make([][]ir.Value, 4)
		for i := range few {
			for _, c := range diffSchema.Cols {
				few[i] = append(few[i], g.value(c.Type))
			}
		}
		for i := range rows {
			rows[i] = []ir.Value{int64(i)}
			for c := 1; c < len(diffSchema.Cols); c++ {
				v := few[g.IntN(4)][c] // so that dictionaries are smaller than the rows
				if round%2 == 0 {
					v = g.value(diffSchema.Cols[c].Type)
				}
				rows[i] = append(rows[i], v)
			}
			for _, v := range rows[i] {
				lits[i] = append(lits[i], v)
			}
		}
		e := g.expr(3)
		want := reference(t, e, rows)
		for _, shape := range vtest.Shapes {
			diffShape(t, round, e, want, vtest.BatchAs(diffSchema, shape, lits...), shape)
		}
		if t.Failed() {
			return
		}
	}
}

func diffShape(t *testing.T, round int, e ir.Expr, want []string, b *vexec.Batch, shape vtest.Shape) {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			t.Errorf("round %d, %s: %s panics: %v", round, shape, e, r)
			panic(r)
		}
	}()
	p, err := Compile([]ir.Expr{e}, diffSchema)
	if err != nil {
		t.Errorf("round %d: %s: %v", round, e, err)
		return
	}
	var errs Errors
	out := make([]vexec.Vec, 1)
	for range 2 { // the second time in used memory
		errs.Reset()
		if err := p.Eval(b, out, &errs); err != nil {
			t.Error(err)
			return
		}
	}
	failed := map[int32]string{}
	for _, f := range errs.Fates() {
		failed[f.Row] = f.Reason
	}
	for i := range want {
		r := b.Row(i)
		got := "error"
		if _, bad := failed[int32(r)]; !bad {
			got = ir.FormatValue(out[0].Value(r), e.Type())
		}
		if got != want[i] && !(want[i] == "error" && lazier(e)) {
			t.Errorf("round %d, %s: %s :: %s\n row %s\n got  %s (%s)\n want %s", round, shape, e, e.Type(),
				vtest.FormatRow(b.Values(i), diffSchema), got, failed[int32(r)], want[i])
			return
		}
	}
	if e.Type().Kind == ir.Boolean {
		diffFilter(t, round, e, want, b, shape)
	}
}

func diffFilter(t *testing.T, round int, e ir.Expr, want []string, b *vexec.Batch, shape vtest.Shape) {
	t.Helper()
	f, err := CompileFilter(e, nil, diffSchema)
	if err != nil {
		t.Errorf("round %d: %s: %v", round, e, err)
		return
	}
	var errs Errors
	sel, err := f.Select(b, nil, &errs)
	if err != nil {
		t.Error(err)
		return
	}
	got := make(map[int32]string)
	forRows(b.Rows, sel, func(i int32) { got[i] = "true" })
	for _, x := range errs.Fates() {
		got[x.Row] += "error"
	}
	for i, w := range want {
		g := got[int32(b.Row(i))]
		// A condition that is not true for another reason may hide an error.
		if w == "true" && g != "true" || w == "error" && g == "true" && !lazier(e) || w != "true" && w != "error" && g != "" {
			t.Errorf("round %d, %s: filter %s\n row %s\n got  %q\n want %s", round, shape, e, vtest.FormatRow(b.Values(i), diffSchema), g, w)
			return
		}
	}
	if len(got) > len(want) {
		t.Errorf("round %d, %s: filter %s selects dead rows", round, shape, e)
	}
}
