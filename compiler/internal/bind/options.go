package bind

import (
	"fmt"
	"math"
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
		b.err(diag.MissingOption, at, "add 'connector' = '...' to WITH; there are: "+strings.Join(b.connectorNames(), ", "), "`%s` does not say where its rows are", t.Name)
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
		if isConnectorKey(x.Options[i].Key.S) {
			return &x.Options[i]
		}
	}
	return nil
}

func isConnectorKey(key string) bool { return strings.EqualFold(today(key), "connector") }

// oldOptions are the names that Flink up to 1.10 gave options, with those of today.
var oldOptions = map[string]string{
	"connector.type": "connector", "connector.path": "path", "connector.topic": "topic", "format.type": "format",
}

// today is the name of today of an option.
func today(key string) string {
	if name, old := oldOptions[strings.ToLower(key)]; old {
		return name
	}
	return key
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
// defaults. It returns where the values stand, by canonical key. Values of secret
// options never stand in a message.
func (b *binder) options(x *ast.CreateMapping, spec *ir.ConnectorSpec, t *ir.Table) (values map[string]diag.Span) {
	t.Options = map[string]string{}
	given := map[string]diag.Span{}
	values = map[string]diag.Span{}
	mistyped := map[string]bool{} // options that are there under a name nearly right
	for i := range x.Options {
		opt := &x.Options[i]
		if isConnectorKey(opt.Key.S) && x.Connector == nil {
			if first, twice := given["connector"]; twice {
				b.err(diag.GivenTwice, opt.Key.Span(), "leave one of them out", "the connector is given twice")
				b.relate(first, "first here")
			}
			given["connector"] = opt.Key.Span()
			b.oldSpelling(opt)
			continue
		}
		d, name := b.takeOption(spec, opt, given)
		if d == nil {
			mistyped[nearOption(spec, opt.Key.S)] = true
			continue
		}
		values[name] = opt.Value.Span()
		b.optionColumn(x, d, name, opt)
		value, err := b.optionText(d, t, opt.Value.S)
		if err != nil {
			b.err(diag.BadOption, opt.Value.Span(), optionExample(d), "option '%s' %s", name, err)
		}
		t.Options[name] = value
	}
	b.exclusive(spec, t.Options, given)
	b.defaults(x, spec, t, given, mistyped)
	return values
}

// exclusive refuses options that say the same thing in two ways, of those that are given
// in one place.
func (b *binder) exclusive(spec *ir.ConnectorSpec, options map[string]string, given map[string]diag.Span) (ok bool) {
	ok = true
	for i := range spec.Options {
		d := &spec.Options[i]
		other, both := given[d.Excludes]
		if _, here := given[d.Name]; d.Excludes == "" || !both || !here || options[d.Name] != "true" {
			continue
		}
		ok = false
		b.err(diag.BadOption, given[d.Name], "leave one of the two out", "option '%s' says what becomes of rows that cannot be read, and so does '%s'", d.Name, d.Excludes)
		b.relate(other, "given here")
	}
	return ok
}

// optionText checks a value and returns its canonical spelling. One with references to
// the environment or to files stays as it is: plans carry no secret.
func (b *binder) optionText(d *ir.OptionSpec, t *ir.Table, v string) (string, error) {
	if !ir.HasReference(v) {
		return optionValue(d, v)
	}
	if d.Type != ir.OptionString && d.Type != ir.OptionPath {
		return v, fmt.Errorf("takes no ${env:...} and no ${file:...}, which are for texts; write ${NAME}, which is replaced in the query")
	}
	if b.env.Resolve == nil {
		return v, fmt.Errorf("takes no ${env:...} and no ${file:...} here")
	}
	value, err := b.env.Resolve(t.Dir, v)
	if err != nil {
		return v, err
	}
	hidden := *d
	hidden.Secret = true
	_, err = optionValue(&hidden, value)
	return v, err
}

// optionColumn refuses an option of a family for a column that is not there.
func (b *binder) optionColumn(x *ast.CreateMapping, d *ir.OptionSpec, key string, opt *ast.Option) {
	path, isFamily := d.ColumnOf(key)
	s := &ir.Schema{}
	for _, c := range x.Cols {
		if c.Type != nil {
			s.Cols = append(s.Cols, ir.Column{Name: c.Name.Name, Type: c.Type.T})
		}
	}
	if !isFamily || len(s.Cols) == 0 {
		return
	}
	if _, ok := s.TypeAt(path); !ok {
		b.err(diag.UnknownColumn, opt.Key.Span(), didYouMean(path, columnNames(s), "the columns are: "+strings.Join(columnNames(s), ", ")),
			"option '%s' is of `%s`, which is no column of `%s`, nor a part of one", key, path, x.Name.Last().Name)
	}
}

// findOption is the option that opt means, and its canonical key; nil: there is none.
func (b *binder) findOption(spec *ir.ConnectorSpec, opt *ast.Option) (*ir.OptionSpec, string) {
	d, key := spec.Option(opt.Key.S)
	if name := today(opt.Key.S); d == nil && name != opt.Key.S {
		if d, key = spec.Option(name); d != nil {
			b.oldSpelling(opt)
		}
	}
	return d, key
}

// oldSpelling warns of an option's name that is no longer used.
func (b *binder) oldSpelling(opt *ast.Option) {
	if name := today(opt.Key.S); name != opt.Key.S {
		b.warn(diag.OldSpelling, opt.Key.Span(), "write '"+name+"'", "'%s' is the spelling of Flink up to 1.10", opt.Key.S)
	}
}

// takeOption finds the description of an option that is not given yet, and its canonical
// key; nil: reported.
func (b *binder) takeOption(spec *ir.ConnectorSpec, opt *ast.Option, given map[string]diag.Span) (*ir.OptionSpec, string) {
	d, name := b.findOption(spec, opt)
	if d == nil {
		b.err(diag.UnknownOption, opt.Key.Span(), optionHint(spec, opt.Key.S), "unknown option '%s' of the connector %s", opt.Key.S, spec.Name)
		return nil, ""
	}
	if first, twice := given[name]; twice {
		b.err(diag.GivenTwice, opt.Key.Span(), "", "option '%s' is given twice", name)
		b.relate(first, "first here")
		return nil, ""
	}
	given[name] = opt.Key.Span()
	return d, name
}

func (b *binder) defaults(x *ast.CreateMapping, spec *ir.ConnectorSpec, t *ir.Table, given map[string]diag.Span, mistyped map[string]bool) {
	for i := range spec.Options {
		d := &spec.Options[i]
		if _, ok := given[d.Name]; ok || mistyped[d.Name] {
			continue
		}
		if d.Required {
			b.err(diag.MissingOption, x.Name.Span(), optionExample(d), "`%s` lacks the option '%s': %s", t.Name, d.Name, phrase(d.Doc))
		} else if d.Default != "" && !strings.Contains(d.Name, ir.ColumnHole) { // a family's is the connector's affair
			t.Options[d.Name] = d.Default
		}
	}
}

// nearOption is the option that a key was likely meant to be; "": none.
func nearOption(spec *ir.ConnectorSpec, key string) string {
	var all []string
	for _, d := range spec.Options {
		for _, name := range append([]string{d.Name}, d.Aliases...) {
			all = append(all, inFamily(name, key))
		}
	}
	return diag.DidYouMean(key, all)
}

func optionHint(spec *ir.ConnectorSpec, key string) string {
	var names []string
	for _, d := range spec.Options {
		names = append(names, d.Name)
	}
	if near := nearOption(spec, key); near != "" {
		return fmt.Sprintf("did you mean '%s'?", near)
	}
	if len(names) == 0 {
		return "it takes no options"
	}
	return "it takes: " + strings.Join(names, ", ")
}

// inFamily puts the column of a key that is misspelt into the name of a family.
func inFamily(name, key string) string {
	head, tail, isFamily := strings.Cut(name, ir.ColumnHole)
	from := strings.IndexByte(key, '.')
	to := strings.LastIndexByte(key, '.')
	if !isFamily || from < 0 || to <= from {
		return name
	}
	return head + key[from+1:to] + tail
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
	case ir.OptionFloat:
		if f, err := strconv.ParseFloat(v, 64); err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			return v, fmt.Errorf("is a number; %s is not", shown)
		}
	case ir.OptionBytes:
		if _, ok := ir.OptionSize(v); !ok {
			return v, fmt.Errorf("is a number of bytes such as 64KB or 4096; %s is not", shown)
		}
	case ir.OptionDuration:
		if _, ok := ir.OptionSpan(v); !ok {
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
		if head, named := strings.CutSuffix(known, ir.MappingHole); named {
			if len(v) > len(head) && strings.EqualFold(v[:len(head)], head) {
				return head + strings.TrimSpace(v[len(head):]), nil
			}
		} else if strings.EqualFold(known, v) {
			return known, nil
		}
	}
	if near := diag.DidYouMean(v, d.Values); near != "" && !d.Secret {
		return v, fmt.Errorf("is one of %s; %s is not (did you mean '%s'?)", strings.Join(d.Values, ", "), shown, near)
	}
	return v, fmt.Errorf("is one of %s; %s is not", strings.Join(d.Values, ", "), shown)
}

// phrase is a sentence as part of another.
func phrase(s string) string {
	s = strings.TrimSuffix(s, ".")
	if len(s) > 1 && (s[1] == ' ' || s[1] >= 'a' && s[1] <= 'z') {
		return strings.ToLower(s[:1]) + s[1:]
	}
	return s
}
