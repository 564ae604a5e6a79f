package expr

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/vtest"
)

// pools are constants that make sense as arguments of a function, by its name and the
// place of the argument.
var pools = map[string][][]any{
	"EXTRACT":        {units("YEAR", "quarter", "MONTH", "WEEK", "DAY", "DOY", "DOW", "HOUR", "MINUTE", "SECOND", "MILLISECOND", "MICROSECOND", "EPOCH", "ISODOW", "ISOYEAR", "DECADE", "CENTURY", "MILLENNIUM")},
	"DATE_TRUNC":     {units("YEAR", "quarter", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND", "MILLISECOND", "MICROSECOND")},
	"DATE_CEIL":      {units("YEAR", "quarter", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND", "MILLISECOND", "MICROSECOND")},
	"TIMESTAMPDIFF":  {units("YEAR", "quarter", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND", "MILLISECOND", "MICROSECOND")},
	"DATE_FORMAT":    {nil, timePatterns},
	"TO_TIMESTAMP":   {units("2024-02-29", "29.02.2024 12:34:56", "Thu, 9 May 2024 1:02 PM", "20240229", "24/060"), timePatterns},
	"TO_DATE":        {units("2024-02-29", "29.02.2024 12:34:56", "Thu, 9 May 2024 1:02 PM", "20240229", "24/060"), timePatterns},
	"CONVERT_TZ":     {units("2024-03-31 02:30:00", "2024-10-27 02:30:00", "1969-12-31 23:59:59", "x"), zones, zones},
	"REGEXP_LIKE":    {nil, regexes},
	"REGEXP_EXTRACT": {nil, regexes, list(0, 1, 2, -1)},
	"REGEXP_REPLACE": {nil, regexes, units("", "<$0>", "$1", `\$`, "$", "é$2")},
	"SIMILAR TO":     {nil, units("%", "a%", "_bc", "(a|b)+%", "[a-c]{1,3}", "[^a]_*", "%[[:DIGIT:]]", "a**", "(", "[", "a{2}", "ab.c", "%,%"), units("!", "", "%")},
	"LIKE":           {nil, units("%", "a%", "_bc", "%o%", "!%"), units("!", "", "%")},
	"LPAD":           {nil, list(0, 1, 7, -1, 20), units("", " ", "xy", "é")},
	"RPAD":           {nil, list(0, 1, 7, -1, 20), units("", " ", "xy", "é")},
	"REPEAT":         {nil, list(0, 1, 3, -1)},
	"SPLIT_PART":     {nil, units("/", "", "a", ", "), list(0, 1, 2, -1, -2)},
	"ENCODE":         {nil, charsets},
	"DECODE":         {nil, charsets},
	"FROM_BASE64":    {units("aGk=", "w6k=", "x", "", "aGVsbG8gd29ybGQsIGhlbGxv")},
	"UNHEX":          {units("", "C3A9", "00ff", "x", "abc")},
	"OVERLAY":        {nil, nil, list(-1, 0, 1, 2, 30), list(-1, 0, 1, 5)},
	"LOCATE":         {units("l", "", "é", "a"), nil, list(-1, 0, 1, 3, 40)},
	"ARRAY_SLICE":    {nil, list(-2, -1, 0, 1, 2, 9), list(-1, 0, 1, 2, 9)},
	"ARRAY_JOIN":     {nil, units(",", ""), units("?", "")},
	"ITEM":           {nil, list(-1, 0, 1, 2, 3)},
	"JSON_VALUE":     {jsonDocs, jsonPaths, units("RETURNING INTEGER; NULL ON EMPTY", "DEFAULT ON EMPTY; DEFAULT ON ERROR", "ERROR ON EMPTY; NULL ON ERROR", "ERROR ON ERROR"), units("7"), units("8")},
	"JSON_QUERY":     {jsonDocs, jsonPaths, units("WITH UNCONDITIONAL", "WITH CONDITIONAL; ERROR ON EMPTY", "EMPTY ARRAY ON EMPTY; EMPTY OBJECT ON ERROR", "ERROR ON ERROR")},
	"JSON_EXISTS":    {jsonDocs, jsonPaths, units("TRUE ON ERROR", "UNKNOWN ON ERROR", "ERROR ON ERROR")},
	"JSON_OBJECT":    {units("NULL", "ABSENT")},
	"JSON_ARRAY":     {units("NULL", "ABSENT")},
	"IS JSON":        {jsonDocs},
	"IS JSON OBJECT": {jsonDocs},
	"IS JSON ARRAY":  {jsonDocs},
	"IS JSON SCALAR": {jsonDocs},
	"TRANSLATE":      {nil, units("abc", "", "lé", "aa"), units("x", "", "12345")},
}

func units(s ...string) []any {
	out := make([]any, len(s))
	for i := range s {
		out[i] = s[i]
	}
	return out
}

var (
	timePatterns = units("yyyy-MM-dd", "dd.MM.yyyy HH:mm:ss", "EEE, d MMM y h:mm a", "yyyyMMdd", "yy/DDD", "HH:mm:ss.SSS", "''yyyy'T'Q", "K k n", "EEEE MMMM", "x", "'")
	zones        = units("UTC", "Europe/Berlin", "America/New_York", "+05:30", "Nowhere")
	regexes      = units("a", "", "[a-z]+", "(h)(.)l", "^.*$", "(a)|b", "(", `\d+`, "é.", "^$")
	jsonDocs     = units(`{"a": [1, 2.5, "x"], "b": {"c": null, "é": "q\"\u00e9"}, "b\u0061": 1}`, `[]`, `"text"`, "12", " null ", "nonsense", "", `[{"a": 1}, {"a": [ ]}]`, `{"a": 1, "a": " 2 "}`)
	jsonPaths    = units("$", "$.a", "lax $.a", "$.a[1]", "lax $.b.c", "$.b['é']", "$[0].a", "$[*].a", "lax $.a[*]", "$.a[-1]", "strict $.*", "$.ba", "$..a", "a", "$[", "lax $.x")
	charsets     = units("UTF-8", "us-ascii", "ISO-8859-1", "UTF-16", "UTF-16BE", "UTF-16LE", "EBCDIC")
)

// pooled returns a constant for argument i of a function, where there is a pool for it,
// but for some calls, in which it may be anything.
func (g gen) pooled(fn string, i int) ir.Expr {
	pool := pools[fn]
	if i >= len(pool) || pool[i] == nil || g.IntN(12) == 0 && !fixedPool(fn) {
		return nil
	}
	return operand(pick(g, pool[i]...))
}

// fixedPool reports whether arguments must be from the pool: what makes text as long as
// it is told to, and clauses that the binder makes.
func fixedPool(fn string) bool {
	return fn == "LPAD" || fn == "RPAD" || fn == "REPEAT" || strings.HasPrefix(fn, "JSON_") && fn != "JSON_STRING"
}

// columnOfType returns a random column of a type.
func columnOfType(t *ir.Type) ir.Expr {
	for i, c := range diffSchema.Cols {
		if i > 0 && c.Type.Equal(t) {
			return &ir.ColRef{Index: i, Name: c.Name, T: t}
		}
	}
	panic("no column of type " + t.String())
}

// isCompared: volatile functions are compared elsewhere, as no two calls of them agree.
func isCompared(f *ir.Function) bool { return !f.Aggregate && !f.Volatile }

// callOf makes a call of f with random arguments; nil: it does not take them.
func (g gen) callOf(f *ir.Function, n int) *ir.Call {
	args, types := make([]ir.Expr, n), make([]*ir.Type, n)
	for i := range args {
		args[i] = g.pooled(f.Name, i)
		if args[i] == nil {
			t := diffSchema.Cols[1+g.IntN(len(diffSchema.Cols)-1)].Type
			if i > 0 && g.IntN(3) > 0 {
				t = types[0]
			}
			args[i] = g.leafOf(t)
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

func (g gen) leafOf(t *ir.Type) ir.Expr {
	n := g.IntN(12)
	if t.Kind == ir.Null {
		n = 0
	}
	switch n {
	case 0:
		return &ir.Const{T: ir.TNull}
	case 1, 2:
		return &ir.Const{V: g.value(t), T: t}
	}
	for _, c := range diffSchema.Cols[1:] {
		if c.Type.Equal(t) {
			return columnOfType(t)
		}
	}
	return &ir.Const{V: g.value(t), T: t}
}

// randomRows makes rows of the test's table.
func (g gen) randomRows(n int) ([][]ir.Value, []vtest.Row) {
	rows, lits := make([][]ir.Value, n), make([]vtest.Row, n)
	for i := range rows {
		rows[i] = []ir.Value{int64(i)}
		for _, c := range diffSchema.Cols[1:] {
			rows[i] = append(rows[i], g.value(c.Type))
		}
		for _, v := range rows[i] {
			lits[i] = append(lits[i], v)
		}
	}
	return rows, lits
}

// leastCalls is how often each function is called with arguments that it takes.
const leastCalls = 20

// TestEveryFunction calls each function and operator of the registry with random
// arguments of every type that it takes, here and in the reference interpreter, and
// prints how often. A function that is not covered fails it.
func TestEveryFunction(t *testing.T) {
	var report []string
	total, kinds := 0, 0
	for fi, f := range ir.Functions() {
		if !isCompared(f) {
			continue
		}
		g := gen{rand.New(rand.NewPCG(uint64(fi), 11))}
		rows, lits := g.randomRows(12)
		calls, seen := 0, map[string]bool{}
		for try := 0; try < 20000 && (try < 400 || calls < leastCalls) && calls < 2*leastCalls; try++ {
			e := g.callOf(f, g.IntN(5))
			if e == nil || calls >= leastCalls && seen[typesOf(e)] {
				continue
			}
			calls++
			seen[typesOf(e)] = true
			want := reference(t, e, rows)
			shape := vtest.Shapes[g.IntN(len(vtest.Shapes))]
			diffShape(t, try, e, want, vtest.BatchAs(diffSchema, shape, lits...), shape)
			if t.Failed() {
				return
			}
		}
		total, kinds = total+calls, kinds+len(seen)
		report = append(report, fmt.Sprintf("%s %d/%d", f.Name, calls, len(seen)))
		if calls < leastCalls {
			t.Errorf("%s was called %d times with arguments that it takes, not %d", f.Name, calls, leastCalls)
		}
	}
	sort.Strings(report)
	t.Logf("%d calls of %d functions with %d lists of types (calls/types): %s", total, len(report), kinds, strings.Join(report, ", "))
}

func typesOf(e *ir.Call) string {
	var types []string
	for _, a := range e.Args {
		if c, ok := a.(*ir.Cast); ok {
			a = c.X
		}
		types = append(types, a.Type().String())
	}
	return strings.Join(types, ",")
}

// TestEveryCast casts each type to each other one that it can be cast to, also with
// TRY_CAST and in another time zone.
func TestEveryCast(t *testing.T) {
	g := gen{rand.New(rand.NewPCG(5, 5))}
	rows, lits := g.randomRows(24)
	targets := append(slices.Clone(diffSchema.Cols[1:]), ir.Column{Type: ir.TDecimal(4, 2)}, ir.Column{Type: &ir.Type{Kind: ir.Time, P: 0}},
		ir.Column{Type: &ir.Type{Kind: ir.TimestampLTZ, P: 9}}, ir.Column{Type: arrayOfText})
	n := 0
	for c, from := range diffSchema.Cols[1:] {
		for _, to := range targets {
			if !ir.CanCast(from.Type, to.Type) || from.Type.Equal(to.Type) {
				continue
			}
			x := &ir.ColRef{Index: c + 1, Name: from.Name, T: from.Type}
			for _, e := range []*ir.Cast{{X: x, T: to.Type}, {X: x, T: to.Type, Try: true}, {X: x, T: to.Type, Zone: "Europe/Berlin"}} {
				if e.Zone != "" && !ir.NeedsZone(from.Type, to.Type) {
					continue
				}
				n++
				want := reference(t, e, rows)
				for _, shape := range vtest.Shapes {
					diffShape(t, n, e, want, vtest.BatchAs(diffSchema, shape, lits...), shape)
				}
			}
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("%d casts", n)
}
