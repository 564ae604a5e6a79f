package bind

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// connector finds the connector of a mapping: TYPE x, or 'connector' = 'x'.
func (b *binder) connector(x *ast.CreateMapping, t *ir.Table) *ir.ConnectorSpec {
	name, at := "", x.Name.Span()
	if x.Connector != nil {
		name, at = x.Connector.Name, x.Connector.Span()
	} else if opt := connectorOption(x); opt != nil {
		name, at = opt.Value.S, opt.Value.Span()
	} else {
		b.err(diag.MissingOption, at, "add 'connector' = '...' to WITH", "`%s` does not say where its rows are", t.Name)
		return nil
	}
	spec := b.lookupConnector(strings.ToLower(name))
	if spec == nil {
		names := b.connectorNames()
		otherwise := ""
		if len(names) > 0 {
			otherwise = "there are: " + strings.Join(names, ", ")
		}
		b.err(diag.UnknownConnector, at, didYouMean(name, names, otherwise), "there is no connector `%s`", name)
		return nil
	}
	t.Connector = spec.Name
	return spec
}

func connectorOption(x *ast.CreateMapping) *ast.Option {
	for i := range x.Options {
		if strings.EqualFold(x.Options[i].Key.S, "connector") {
			return &x.Options[i]
		}
	}
	return nil
}

func (b *binder) lookupConnector(name string) *ir.ConnectorSpec {
	if b.env.Connector == nil {
		return nil
	}
	return b.env.Connector(name)
}

func (b *binder) connectorNames() []string {
	if b.env.Connectors == nil {
		return nil
	}
	var out []string
	for _, s := range b.env.Connectors() {
		out = append(out, s.Name)
	}
	return sorted(out)
}

// options checks the options of a mapping against their description and fills in
// defaults. Values of secret options never stand in a message.
func (b *binder) options(x *ast.CreateMapping, spec *ir.ConnectorSpec, t *ir.Table) {
	t.Options = map[string]string{}
	given := map[string]diag.Span{}
	for i := range x.Options {
		opt := &x.Options[i]
		if strings.EqualFold(opt.Key.S, "connector") && x.Connector == nil {
			continue
		}
		d := findOption(spec, opt.Key.S)
		if d == nil {
			b.err(diag.UnknownOption, opt.Key.Span(), optionHint(spec, opt.Key.S), "unknown option '%s' of the connector %s", opt.Key.S, spec.Name)
			continue
		}
		if first, twice := given[d.Name]; twice {
			b.err(diag.GivenTwice, opt.Key.Span(), "", "option '%s' is given twice", d.Name)
			b.relate(first, "first here")
			continue
		}
		given[d.Name] = opt.Key.Span()
		value, err := optionValue(d, opt.Value.S)
		if err != nil {
			b.err(diag.BadOption, opt.Value.Span(), optionExample(d), "option '%s' %s", d.Name, err)
		}
		t.Options[d.Name] = value
	}
	b.defaults(x, spec, t, given)
}

func (b *binder) defaults(x *ast.CreateMapping, spec *ir.ConnectorSpec, t *ir.Table, given map[string]diag.Span) {
	for i := range spec.Options {
		d := &spec.Options[i]
		if _, ok := given[d.Name]; ok {
			continue
		}
		if d.Required {
			b.err(diag.MissingOption, x.Name.Span(), optionExample(d), "`%s` lacks the option '%s': %s", t.Name, d.Name, phrase(d.Doc))
		} else if d.Default != "" {
			t.Options[d.Name] = d.Default
		}
	}
}

func findOption(spec *ir.ConnectorSpec, key string) *ir.OptionSpec {
	for i := range spec.Options {
		d := &spec.Options[i]
		if strings.EqualFold(d.Name, key) || slices.ContainsFunc(d.Aliases, func(a string) bool { return strings.EqualFold(a, key) }) {
			return d
		}
	}
	return nil
}

func optionHint(spec *ir.ConnectorSpec, key string) string {
	var names, all []string
	for _, d := range spec.Options {
		names = append(names, d.Name)
		all = append(append(all, d.Name), d.Aliases...)
	}
	if near := diag.DidYouMean(key, all); near != "" {
		return fmt.Sprintf("did you mean '%s'?", near)
	}
	if len(names) == 0 {
		return "it takes no options"
	}
	return "it takes: " + strings.Join(names, ", ")
}

func optionExample(d *ir.OptionSpec) string {
	if d.Type == ir.OptionBool {
		return fmt.Sprintf("write '%s' = 'true' or '%s' = 'false'", d.Name, d.Name)
	}
	if d.Example == "" || d.Secret {
		return ""
	}
	return fmt.Sprintf("for example '%s' = '%s'", d.Name, d.Example)
}

// optionValue checks a value and returns its canonical spelling. Its errors follow
// the option's name in a sentence.
func optionValue(d *ir.OptionSpec, v string) (string, error) {
	shown := "'" + v + "'"
	if d.Secret {
		shown = "the value given"
	}
	switch d.Type {
	case ir.OptionBool:
		if l := strings.ToLower(v); l == "true" || l == "false" {
			return l, nil
		}
		return v, fmt.Errorf("is 'true' or 'false', not %s", shown)
	case ir.OptionInt:
		if n, err := strconv.ParseInt(v, 10, 64); err != nil || n < 0 {
			return v, fmt.Errorf("is a whole number, not negative; %s is not", shown)
		}
	case ir.OptionBytes:
		if !isQuantity(v, byteUnits) {
			return v, fmt.Errorf("is a number of bytes such as 64KB or 4096; %s is not", shown)
		}
	case ir.OptionDuration:
		if !isQuantity(v, timeUnits) {
			return v, fmt.Errorf("is a span of time such as 500ms, 5s or 1 min; %s is not", shown)
		}
	case ir.OptionEnum:
		return enumValue(d, v, shown)
	case ir.OptionPath:
		if v == "" {
			return v, fmt.Errorf("is empty; it names a path")
		}
	}
	return v, nil
}

func enumValue(d *ir.OptionSpec, v, shown string) (string, error) {
	for _, known := range d.Values {
		if strings.EqualFold(known, v) {
			return known, nil
		}
	}
	if near := diag.DidYouMean(v, d.Values); near != "" && !d.Secret {
		return v, fmt.Errorf("is one of %s; %s is not (did you mean '%s'?)", strings.Join(d.Values, ", "), shown, near)
	}
	return v, fmt.Errorf("is one of %s; %s is not", strings.Join(d.Values, ", "), shown)
}

var (
	byteUnits = []string{"", "b", "k", "kb", "kib", "m", "mb", "mib", "g", "gb", "gib", "t", "tb", "tib", "bytes"}
	timeUnits = []string{"us", "micro", "micros", "microsecond", "microseconds", "ms", "milli", "millis", "millisecond", "milliseconds",
		"s", "sec", "secs", "second", "seconds", "m", "min", "mins", "minute", "minutes", "h", "hour", "hours", "d", "day", "days"}
)

// isQuantity reports whether v is a whole number that is not negative, and a unit.
func isQuantity(v string, units []string) bool {
	v = strings.TrimSpace(v)
	digits := len(v) - len(strings.TrimLeft(v, "0123456789"))
	if _, err := strconv.ParseInt(v[:digits], 10, 64); err != nil {
		return false
	}
	return slices.Contains(units, strings.ToLower(strings.TrimSpace(v[digits:])))
}

// phrase is a sentence as part of another.
func phrase(s string) string {
	s = strings.TrimSuffix(s, ".")
	if len(s) > 1 && (s[1] == ' ' || s[1] >= 'a' && s[1] <= 'z') {
		return strings.ToLower(s[:1]) + s[1:]
	}
	return s
}
