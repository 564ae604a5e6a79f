package goldentest

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/helios-stream/helios/internal/refinterp"
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/connect/memory"
)

// hintSchema has a column of each family of types.
var hintSchema = ir.NewSchema(
	ir.Column{Name: "ts", Type: &ir.Type{Kind: ir.Timestamp, P: 3}}, ir.Column{Name: "lt", Type: &ir.Type{Kind: ir.TimestampLTZ, P: 3}},
	ir.Column{Name: "d", Type: ir.TDate}, ir.Column{Name: "tm", Type: ir.TTime},
	ir.Column{Name: "bi", Type: ir.TBigInt}, ir.Column{Name: "i", Type: ir.TInteger}, ir.Column{Name: "f", Type: ir.TDouble}, ir.Column{Name: "dc", Type: ir.TDecimal(20, 2)},
	ir.Column{Name: "s", Type: ir.TVarchar}, ir.Column{Name: "b", Type: ir.TBoolean}, ir.Column{Name: "j", Type: ir.TJSON},
	ir.Column{Name: "a", Type: &ir.Type{Kind: ir.Array, Elem: ir.TBigInt}},
	ir.Column{Name: "r", Type: &ir.Type{Kind: ir.Row, Fields: []ir.Field{{Name: "x", Type: ir.TBigInt}}}},
	ir.Column{Name: "m", Type: &ir.Type{Kind: ir.Map, Key: ir.TVarchar, Elem: ir.TBigInt}},
)

// hintRows are ordinary values, with texts of all kinds and small and large numbers: what a
// hint does with a text or a number is right for one of them.
func hintRows() [][]ir.Value {
	const noon, day, ms = int64(43_200_000_000), int64(19723), int64(1_704_067_200_000)
	var rows [][]ir.Value
	for k, text := range []string{"5", "2024-01-01 00:00:00", "true", "12:00:00", "2024-01-01", `{"k":1}`, "UTC", "1h30m"} {
		n := []int64{5, ms}[k%2]
		rows = append(rows, []ir.Value{ms * 1000, ms * 1000, day, noon, n, int64(20240101), float64(n) + 0.5, ir.DecFromInt64(n*100 + 25),
			text, true, []string{"5", `"2024-01-01 00:00:00"`, "true", `{"k":1}`, "[1]"}[k%5], []ir.Value{int64(1), int64(2)}, []ir.Value{int64(1)}, []ir.MapEntry{{Key: "k", Val: int64(1)}}})
	}
	return rows
}

// hintTrial compiles expressions over the rows, and runs them in the reference interpreter.
type hintTrial struct {
	t        *testing.T
	ddl      string
	e        *engine
	tried    map[string]bool
	followed int
}

func (h *hintTrial) compile(e string) (*compiled, error) {
	return h.e.compile(h.ddl+"SELECT "+e+" AS v FROM m;", variant{})
}

// try holds that what is proposed for an expression does, if there is such a proposal:
// for the whole of it where whole says so, else for the operand that the proposal names, of
// those in braces.
func (h *hintTrial) try(form string, whole func(proposed string) bool, operands ...string) {
	e := strings.NewReplacer("{", "", "}", "").Replace(form)
	if h.tried[e] {
		return
	}
	h.tried[e] = true
	_, err := h.compile(e)
	if err == nil {
		return
	}
	said := help.FindStringSubmatch(err.Error())
	if said == nil {
		return
	}
	hint := said[1]
	m := proposal.FindStringSubmatch(hint)
	if m == nil || strings.Contains(m[1], "...") {
		return
	}
	var followed []string
	for _, o := range operands {
		switch {
		case !mentions(m[1], o): // it is about something else, such as a unit
		case whole(m[1]):
			followed = []string{m[1]}
		default:
			followed = append(followed, strings.NewReplacer("{", "", "}", "").Replace(strings.ReplaceAll(form, "{"+o+"}", m[1])))
		}
	}
	if len(followed) == 0 {
		return
	}
	h.followed++
	for _, better := range followed {
		if err = h.run(better); err == nil {
			return
		}
	}
	h.t.Errorf("%s\n  hint: %s\n  followed: %s\n  %v", e, hint, followed, err)
}

// run is an error where an expression does not compile, or no row comes through it.
func (h *hintTrial) run(e string) error {
	c, err := h.compile(e)
	if err != nil {
		return err
	}
	got, err := refinterp.Run(c.Logical, refinterp.ByName(map[string]refinterp.Table{"m": {Splits: [][][]ir.Value{hintRows()}}}))
	if err == nil && len(got[0].Rows) == 0 {
		err = fmt.Errorf("all rows are lost: %v", got[0].Errors[0].Reason)
	}
	return err
}

func always(string) bool { return true }
func never(string) bool  { return false }

// mentions reports whether a text has a part as a word.
func mentions(text, part string) bool {
	return regexp.MustCompile(`(^|\W)` + regexp.QuoteMeta(part) + `($|\W)`).MatchString(text)
}

// tryCalls tries functions, and what is written like one, of a value.
func (h *hintTrial) tryCalls(x string) {
	for _, f := range ir.Functions() {
		if f.Aggregate || f.Operator || f.Name == "JSON_OBJECT" || f.Name == "JSON_ARRAY" || f.Name == "EXTRACT" {
			continue
		}
		forms := []string{"{%s}", "{%s}, 3", "s, {%s}"}
		if f.Name == "DATE_CEIL" || f.Name == "DATE_TRUNC" || f.Name == "TIMESTAMPDIFF" {
			forms = []string{"'HOUR', {%s}", "'HOUR', ts, {%s}"}
		}
		if f.Name == "TO_TIMESTAMP_LTZ" {
			forms = forms[:2]
		}
		for _, args := range forms {
			h.tryCall(f.Name+"("+args+")", x)
		}
	}
	for _, form := range []string{"YEAR({%s})", "HOUR({%s})", "EXTRACT(DAY FROM {%s})", "FLOOR({%s} TO DAY)", "TIMESTAMPADD(DAY, 1, {%s})", "TIMESTAMPADD(DAY, {%s}, ts)",
		"FROM_UNIXTIME({%s})", "UNIX_TIMESTAMP({%s})", "DATE_FORMAT({%s}, 'yyyy')", "JSON_VALUE({%s}, '$')", "REGEXP_REPLACE({%s}, 'a', 'b')",
		"LPAD(s, {%s}, 'x')", "SUBSTRING(s, {%s}, 2)", "NOT {%s}", "-{%s}", "{%s} LIKE 'x'", "{%s} SIMILAR TO 'x'", "IF({%s}, 1, 2)"} {
		h.tryCall(form, x)
	}
	for _, to := range []string{"BOOLEAN", "INTEGER", "DOUBLE", "DECIMAL(20, 2)", "VARCHAR", "DATE", "TIME", "TIMESTAMP", "TIMESTAMP_LTZ(3)", "INTERVAL DAY TO SECOND", "INTERVAL MONTH", "JSON"} {
		h.tryCall("CAST({%s} AS "+to+")", x)
	}
}

// tryCall tries a call of a value. What is proposed stands for the call if it is one of that
// function, or if there is nothing else of it to be kept.
func (h *hintTrial) tryCall(form, x string) {
	name, _, _ := strings.Cut(form, "(")
	name += "("
	form = fmt.Sprintf(form, x)
	h.try(form, func(proposed string) bool {
		return strings.HasPrefix(proposed, name) || form[0] == '-' || strings.HasPrefix(name, "TO_") || name == "CAST(" || name == "UNIX_TIMESTAMP("
	}, x)
}

// help is the hint of the first error.
var help = regexp.MustCompile(`(?s)error\[.*?\n +help: ([^\n]*)`)

// proposal is an expression in a hint.
var proposal = regexp.MustCompile(`\bwrite (.+?)(?:$|; | or compare |,? or give |,? with your |,? with the |,? where the | to look for | for a |, or NOT )`)

// Expressions that hints propose compile, and give values for ordinary rows.
func TestHintsCanBeFollowed(t *testing.T) {
	e := newEngine(".", 0)
	src, err := memory.FromRows(hintSchema, hintRows(), memory.Cut{Splits: 1})
	if err != nil {
		t.Fatal(err)
	}
	e.mem.Put("m", src)
	var cols, values []string
	for _, c := range hintSchema.Cols {
		cols, values = append(cols, c.Name+" "+c.Type.String()), append(values, c.Name)
	}
	h := &hintTrial{t: t, e: e, tried: map[string]bool{}, ddl: "CREATE MAPPING m (" + strings.Join(cols, ", ") + ") TYPE Memory;\n"}
	values = append(values, "5", "1704067200000", "20240101", "2.5", "INTERVAL '1' DAY", "INTERVAL '1' MONTH", "TRUE")
	lists := []string{"{%s} IN ({%s})", "{%s} BETWEEN {%s} AND {%[2]s}", "CASE {%s} WHEN {%s} THEN 1 END"}
	sums := []string{"{%s} + {%s}", "{%s} - {%s}", "{%s} || {%s}"}
	for i, x := range values {
		for k, y := range values {
			h.try(x+[]string{" = ", " IS DISTINCT FROM "}[(i+k)%2]+y, always, x, y)
			h.try(fmt.Sprintf(lists[(i+k)%3], x, y), never, y, x)
			h.try(fmt.Sprintf(sums[(i+k/3)%3], x, y), never, y, x)
		}
		if x != "1704067200000" && x != "20240101" {
			h.tryCalls(x)
		}
	}
	if h.followed < 1000 {
		t.Errorf("of %d expressions %d have a proposal", len(h.tried), h.followed)
	}
}
