package generator

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/helios-stream/helios/ir"
)

// plan turns a table's options into columns.
type plan struct {
	table  *ir.Table
	seed   uint64
	used   map[string]bool // options that mean something
	weight int             // bytes of a row, about
	lists  int             // how many elements the ARRAYs around the column at hand have
	deep   bool            // the column at hand is a part of another

	rows      uint64 // where the first sequence ends
	bounded   bool
	perSecond float64
}

// planAll plans all columns of a table, and finds out where it ends.
func planAll(t *ir.Table) (*plan, error) {
	p, err := planOf(t)
	if err != nil {
		return nil, err
	}
	for _, c := range t.Physical().Cols {
		if _, err := p.column(c.Name, &c); err != nil {
			return nil, err
		}
	}
	if text, ok := t.Options["number-of-rows"]; ok {
		n, err := strconv.ParseUint(text, 10, 63)
		if err != nil {
			return nil, &ir.OptionError{Option: "number-of-rows", Reason: "is no number of rows"}
		}
		p.ends(n)
	}
	return p, p.leftOver()
}

func planOf(t *ir.Table) (*plan, error) {
	p := &plan{table: t, seed: 1, used: map[string]bool{}, lists: 1}
	var err error
	if text, ok := t.Options["seed"]; ok {
		if p.seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			return nil, &ir.OptionError{Option: "seed", Reason: "is no whole number"}
		}
	}
	if text, ok := t.Options["rows-per-second"]; ok {
		if p.perSecond, err = strconv.ParseFloat(text, 64); err != nil || !(p.perSecond >= 0 && p.perSecond <= 1e12) {
			return nil, &ir.OptionError{Option: "rows-per-second", Reason: fmt.Sprintf("is a number from 0 to 1e12; '%s' is not", text)}
		}
	}
	return p, nil
}

// part is the options of one column or part of one.
type part struct {
	*plan
	path string
	t    *ir.Type
}

func (p part) key(what string) string { return "fields." + p.path + "." + what }

// get returns an option, which means something from then on.
func (p part) get(what string) (string, bool) {
	p.used[p.key(what)] = true
	v, ok := p.table.Options[p.key(what)]
	return v, ok
}

func (p part) bad(what, format string, args ...any) error {
	return &ir.OptionError{Option: p.key(what), Reason: fmt.Sprintf(format, args...)}
}

// leftOver refuses options that no column has looked at.
func (p *plan) leftOver() error {
	var left []string
	for k := range p.table.Options {
		if strings.HasPrefix(k, "fields.") && !p.used[k] {
			left = append(left, k)
		}
	}
	if len(left) == 0 {
		return nil
	}
	slices.Sort(left)
	return &ir.OptionError{Option: left[0], Reason: "means nothing for a column of this type and kind"}
}

// column plans the column at a path.
func (p *plan) column(path string, col *ir.Column) (*column, error) {
	x := part{plan: p, path: path, t: col.Type}
	c := &column{t: col.Type, nullKey: keyOf(p.seed, path, "null")}
	if text, ok := x.get("null-rate"); ok {
		rate, err := strconv.ParseFloat(text, 64)
		switch {
		case err != nil || !(rate >= 0 && rate <= 1):
			return nil, x.bad("null-rate", "is a share from 0 to 1; '%s' is not", text)
		case rate > 0 && col.NotNull:
			return nil, x.bad("null-rate", "contradicts NOT NULL")
		case rate == 1:
			c.nulls = math.MaxUint64
		default:
			c.nulls = uint64(rate * (1 << 63) * 2)
		}
	}
	var err error
	if c.values, err = x.values(); err != nil {
		return nil, err
	}
	p.weight += p.lists * max(col.Type.Kind.Width(), 1)
	if p.weight > maxBatchBytes {
		return nil, fmt.Errorf("column %s: a row would have more than %d bytes", path, maxBatchBytes)
	}
	return c, nil
}

func (p part) values() (values, error) {
	switch k := p.t.Kind; {
	case k == ir.Row:
		return p.row()
	case k == ir.Array:
		return p.array()
	case k == ir.Map || k == ir.Null:
		return nil, fmt.Errorf("column %s: no values of %s can be made up", p.path, p.t)
	}
	sequence, err := p.isSequence()
	if err != nil {
		return nil, err
	}
	switch k := p.t.Kind; {
	case k == ir.Boolean && !sequence:
		return &bools{keyOf(p.seed, p.path, "")}, nil
	case k == ir.Varchar || !sequence && k.IsText():
		return p.text(sequence)
	case k.IsTimestamp():
		return p.timestamps(sequence)
	case k.IsFloat():
		return p.floats(sequence)
	case k == ir.Decimal:
		return p.decimals(sequence)
	case k.IsInteger() || k == ir.Date || !sequence && (k == ir.Time || k == ir.Interval || k == ir.IntervalMonth):
		return p.ints(sequence)
	}
	return nil, p.bad("kind", "cannot be 'sequence' for %s", p.t)
}

func (p part) isSequence() (bool, error) {
	switch text, _ := p.get("kind"); text {
	case "", "random":
		return false, nil
	case "sequence":
		return true, nil
	default:
		return false, p.bad("kind", "is random or sequence; '%s' is neither", text)
	}
}

func (p part) row() (values, error) {
	defer p.inside(1)()
	g := &fields{}
	for _, f := range p.t.Fields {
		k, err := p.column(p.path+"."+f.Name, &ir.Column{Name: f.Name, Type: f.Type})
		if err != nil {
			return nil, err
		}
		g.kids = append(g.kids, k)
	}
	return g, nil
}

// maxLength is the longest random text and ARRAY.
const maxLength = 1 << 20

func (p part) array() (values, error) {
	size, err := p.length(3)
	if err != nil {
		return nil, err
	}
	defer p.inside(size)()
	elem, err := p.column(p.path+".element", &ir.Column{Type: p.t.Elem})
	return &list{size: size, elem: elem}, err
}

// inside plans parts of which there are so many in each row.
func (p part) inside(many int) (leave func()) {
	lists, deep := p.lists, p.deep
	p.plan.lists, p.plan.deep = min(lists*many, maxBatchBytes), true
	return func() { p.plan.lists, p.plan.deep = lists, deep }
}

func (p part) length(dflt int) (int, error) {
	text, ok := p.get("length")
	if !ok {
		return dflt, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 && p.t.Kind != ir.Array || n < 0 || n > maxLength {
		return 0, p.bad("length", "is a number from 1 to %d; '%s' is not", maxLength, text)
	}
	return n, nil
}

func (p part) text(sequence bool) (values, error) {
	if sequence {
		start, step, err := p.sequence(math.MinInt64, math.MaxInt64, 1)
		return &numberText{start: start, step: step}, err
	}
	key := keyOf(p.seed, p.path, "")
	if text, ok := p.get("values"); ok && p.t.Kind == ir.Varchar {
		return newChoice(p.t, key, strings.Split(text, ","), p.deep), nil
	} else if ok {
		return nil, p.bad("values", "are texts: %s is not VARCHAR", p.path)
	}
	n, err := p.length(100)
	if err != nil {
		return nil, err
	}
	p.weight += p.lists * n
	vary, _ := p.get("var-len")
	return &hexText{key: key, lenKey: keyOf(p.seed, p.path, "length"), length: n, vary: vary == "true", quoted: p.t.Kind == ir.JSON}, nil
}

// ends says that there are no more than n values of the column at hand.
func (p *plan) ends(n uint64) {
	n /= uint64(max(p.lists, 1))
	if !p.bounded || n < p.rows {
		p.rows = n
	}
	p.bounded = true
}
