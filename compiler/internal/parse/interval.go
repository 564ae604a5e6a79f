package parse

import (
	"fmt"
	"math"
	"math/big"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// unit is a unit of time.
type unit struct {
	name   string // upper case, singular
	size   int64  // in microseconds, or in months
	months bool   // size is in months
	rank   int    // order in A TO B: greater units first; 0: not part of such a range
	limit  int64  // in A TO B, what the part must be below; 0: any
}

var units = map[string]unit{
	"YEAR":        {name: "YEAR", size: 12, months: true, rank: 1},
	"QUARTER":     {name: "QUARTER", size: 3, months: true},
	"MONTH":       {name: "MONTH", size: 1, months: true, rank: 2, limit: 12},
	"WEEK":        {name: "WEEK", size: 7 * 86_400_000_000},
	"DAY":         {name: "DAY", size: 86_400_000_000, rank: 3},
	"HOUR":        {name: "HOUR", size: 3_600_000_000, rank: 4, limit: 24},
	"MINUTE":      {name: "MINUTE", size: 60_000_000, rank: 5, limit: 60},
	"SECOND":      {name: "SECOND", size: 1_000_000, rank: 6, limit: 60},
	"MILLISECOND": {name: "MILLISECOND", size: 1000},
	"MICROSECOND": {name: "MICROSECOND", size: 1},
}

// ranked are the units of A TO B in their order, separated as the text of an
// interval separates them.
var ranked = []struct {
	name string
	sep  string // before this part
}{{"", ""}, {"YEAR", ""}, {"MONTH", "-"}, {"DAY", ""}, {"HOUR", " "}, {"MINUTE", ":"}, {"SECOND", ":"}}

var unitNames = []string{
	"YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND", "MILLISECOND", "MICROSECOND",
	"YEARS", "QUARTERS", "MONTHS", "WEEKS", "DAYS", "HOURS", "MINUTES", "SECONDS", "MILLISECONDS", "MICROSECONDS",
}

// unitOf returns the unit that the word names, singular or plural.
func unitOf(t *token) (unit, bool) {
	if t.kind != tokWord {
		return unit{}, false
	}
	u, ok := units[t.word]
	if !ok {
		u, ok = units[strings.TrimSuffix(t.word, "S")]
	}
	return u, ok
}

// unit takes a unit of time.
func (p *parser) unit() unit {
	u, ok := unitOf(p.tok)
	if !ok {
		p.failBad()
		hint := "YEAR, MONTH, WEEK, DAY, HOUR, MINUTE, SECOND, MILLISECOND or MICROSECOND"
		if p.tok.kind == tokWord {
			hint = firstText(unitHint(p.tok.word), hint)
		}
		p.failAt(diag.BadInterval, p.here(), "expected a unit of time, found "+p.found(), hint)
	}
	p.next()
	return u
}

func unitHint(word string) string {
	for _, w := range []string{word, strings.TrimSuffix(word, "S")} {
		if u := shortUnits[strings.ToLower(w)]; u != "" {
			return "write " + u
		}
	}
	return didYouMean(word, unitNames)
}

func firstText(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// beginsInterval reports whether an interval literal, or a slip that looks like one, is next.
func (p *parser) beginsInterval() bool {
	if !p.tok.is("INTERVAL") {
		return false
	}
	n := p.peek(1)
	if _, ok := unitOf(p.peek(2)); ok && p.placeholder(n) {
		return true
	}
	if n.is("-") || n.is("+") {
		n = p.peek(2)
		return n.kind == tokString
	}
	if n.kind == tokQuoted {
		_, slip := unitOf(p.peek(2))
		return slip // INTERVAL "5" SECOND
	}
	return n.kind == tokString || n.kind == tokNumber || n.kind == tokBad || n.kind == tokPoison
}

// interval takes INTERVAL [sign] 'text' unit [TO unit].
func (p *parser) interval() *ast.Literal {
	start := p.expect("INTERVAL")
	negative := p.accept("-")
	if negative || p.accept("+") {
		p.tok.glue = true
	}
	if p.tok.kind == tokNumber || p.tok.kind == tokPoison {
		return p.bareInterval(start)
	}
	text, at := p.stringLit("the number of an interval").S, p.spanOf(p.prev)
	from, to := p.intervalUnits(text)
	n, problem := intervalValue(text, from, to)
	if p.holdsPlaceholder(text) {
		problem = ""
	}
	if problem != "" {
		p.soft++ // the rest of the statement can be read, and bound
		p.errorAt(diag.BadInterval, at.To(p.spanOf(p.prev)), fmt.Sprintf("'%s' is no interval %s: %s", clip(text), rangeName(from, to), problem), "write "+intervalExample(from, to))
		return &ast.Literal{Place: p.from(start)}
	}
	if negative {
		n = -n
	}
	t := ir.TInterval
	if from.months {
		t = ir.TIntervalMonth
	}
	return &ast.Literal{Place: p.from(start), V: n, T: t, Days: (to.name == "DAY" || to.name == "WEEK") && n%to.size == 0}
}

// bareInterval reports an interval whose number has no quotes, and goes on behind it.
func (p *parser) bareInterval(start *token) *ast.Literal {
	number := p.tok
	p.next()
	u, ok := unitOf(p.tok)
	if ok {
		p.next()
	}
	if number.kind == tokNumber {
		hint := fmt.Sprintf("write INTERVAL '%s' and a unit, such as SECOND", p.text(number))
		if ok {
			hint = fmt.Sprintf("write INTERVAL '%s' %s", p.text(number), u.name)
		}
		p.soft++
		p.errorAt(diag.BadInterval, p.spanOf(number), "the number of an interval stands in quotes", hint)
	}
	return &ast.Literal{Place: p.from(start)}
}

func (p *parser) intervalUnits(text string) (from, to unit) {
	if _, ok := unitOf(p.tok); !ok {
		if num, word, found := strings.Cut(strings.TrimSpace(text), " "); found {
			if u, ok := unitOf(&token{kind: tokWord, word: strings.ToUpper(strings.TrimSpace(word))}); ok {
				p.failAt(diag.BadInterval, p.spanOf(p.prev), "the unit of an interval stands behind the quotes", fmt.Sprintf("write INTERVAL '%s' %s", num, u.name))
			}
		}
	}
	from = p.unit()
	p.unitPrecision(from)
	to = from
	if p.accept("TO") {
		at := p.here()
		to = p.unit()
		p.unitPrecision(to)
		if to.months != from.months || from.rank == 0 || to.rank <= from.rank {
			p.failAt(diag.BadInterval, at, fmt.Sprintf("an interval cannot go from %s to %s", from.name, to.name), "units go from the greater to the smaller: YEAR TO MONTH, DAY TO SECOND")
		}
	}
	return from, to
}

// unitPrecision takes (digits), or of a SECOND (digits, digits of the fraction),
// where there is one: literals are as long as they are written.
func (p *parser) unitPrecision(u unit) {
	open := p.tok
	if !p.accept("(") {
		return
	}
	p.wholeNumber("a number of digits", 0, 9)
	if u.name == "SECOND" && p.accept(",") {
		p.wholeNumber("a number of digits", 0, 9)
	}
	p.close(")", "the precision", open)
}

func rangeName(from, to unit) string {
	if from.name == to.name {
		return "of " + from.name
	}
	return from.name + " TO " + to.name
}

// intervalExample is a literal of that range.
func intervalExample(from, to unit) string {
	if from.name == to.name {
		return "INTERVAL '5' " + from.name
	}
	text := "1"
	for r := from.rank + 1; r <= to.rank; r++ {
		text += ranked[r].sep + "10"
	}
	return fmt.Sprintf("INTERVAL '%s' %s TO %s", text, from.name, to.name)
}

// intervalValue returns the microseconds or months of an interval's text, or
// what is wrong with it.
func intervalValue(text string, from, to unit) (int64, string) {
	text = strings.TrimSpace(text)
	body := strings.TrimPrefix(strings.TrimPrefix(text, "-"), "+")
	if len(text)-len(body) > 1 {
		return 0, "it has two signs"
	}
	total := new(big.Rat)
	for r := from.rank; ; r++ {
		u, part := to, body
		if r < to.rank {
			u = units[ranked[r].name]
			var ok bool
			if part, body, ok = strings.Cut(body, ranked[r+1].sep); !ok {
				return 0, "it lacks a part"
			}
		}
		v, problem := intervalPart(strings.TrimSpace(part), u, r >= to.rank)
		if problem != "" {
			return 0, problem
		}
		if u.name != from.name && v.Cmp(new(big.Rat).SetInt64(u.limit)) >= 0 {
			return 0, fmt.Sprintf("the %sS must be below %d", u.name, u.limit)
		}
		total.Add(total, v.Mul(v, new(big.Rat).SetInt64(u.size)))
		if r >= to.rank {
			break
		}
	}
	if strings.HasPrefix(text, "-") {
		total.Neg(total)
	}
	return wholeValue(total, from.months)
}

// intervalPart reads one number of an interval; only the last has a fraction.
func intervalPart(text string, u unit, last bool) (*big.Rat, string) {
	whole, frac, dot := strings.Cut(text, ".")
	digits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	switch {
	case !digits(whole), dot && !digits(frac), len(text) > 40:
		return nil, "there must be a number of " + u.name + "S"
	case dot && (u.months || !last):
		return nil, u.name + "S have no fraction"
	}
	v, _ := new(big.Rat).SetString(text)
	return v, ""
}

// wholeValue returns v as the int64 that it must be.
func wholeValue(v *big.Rat, months bool) (int64, string) {
	switch {
	case !v.IsInt():
		return 0, "it is finer than a microsecond"
	case !v.Num().IsInt64() || months && (v.Num().Int64() > math.MaxInt32 || v.Num().Int64() < -math.MaxInt32) || v.Num().Int64() == math.MinInt64:
		return 0, "it is too long"
	}
	return v.Num().Int64(), ""
}
