package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/helios-stream/helios"
)

type connectorCmd struct {
	Action string `arg:"" enum:"ls,show" help:"ls: all connectors; show: the options of one."`
	Name   string `arg:"" name:"connector" optional:"" help:"The connector to show, as TYPE names it."`
	Option string `arg:"" name:"option" optional:"" help:"One option of it alone."`
	Format string `enum:"text,json" default:"text" help:"text, or json for tools."`
}

// Run prints what the connectors say of themselves.
func (c *connectorCmd) Run(io streams) error {
	if c.Action == "ls" {
		if c.Name != "" {
			return usagef("connector ls lists them all; did you mean heliosc connector show %s?", c.Name)
		}
		return c.list(io)
	}
	if c.Name == "" {
		return usagef("which connector? There are: %s", strings.Join(connectorNames(), ", "))
	}
	spec, err := findConnector(c.Name)
	if err != nil {
		return err
	}
	if c.Option != "" {
		o, _ := spec.Option(c.Option)
		if o == nil {
			return usagef("%s", unknown(fmt.Sprintf("the connector %s has no option %s", spec.Name, c.Option), c.Option, optionNames(spec)))
		}
		one := *spec
		one.Options = []helios.OptionSpec{*o}
		one.Examples = nil
		spec = &one
	}
	if c.Format == "json" {
		return writeJSON(io, describe(spec))
	}
	_, err = fmt.Fprint(io.out, connectorText(spec, textWidth(io)))
	return err
}

func (c *connectorCmd) list(io streams) error {
	var all []connectorJSON
	for _, s := range connectorSpecs() {
		all = append(all, describe(s))
	}
	if c.Format == "json" {
		return writeJSON(io, all)
	}
	for _, d := range all {
		if _, err := fmt.Fprintf(io.out, "%-11s %-14s %s\n", d.Name, d.use(), firstLine(d.Summary)); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(io.out, "\nheliosc connector show NAME: its options, with examples.")
	return err
}

func connectorSpecs() []*helios.ConnectorSpec {
	var out []*helios.ConnectorSpec
	for _, c := range helios.Connectors() {
		out = append(out, c.Spec())
	}
	return out
}

func connectorNames() []string {
	var out []string
	for _, s := range connectorSpecs() {
		out = append(out, s.Name)
	}
	return out
}

func optionNames(s *helios.ConnectorSpec) []string {
	var out []string
	for _, o := range s.Options {
		out = append(append(out, o.Name), o.Aliases...)
	}
	return out
}

func findConnector(name string) (*helios.ConnectorSpec, error) {
	lower := strings.ToLower(name)
	for _, s := range connectorSpecs() {
		if s.Name == lower || slices.Contains(s.Aliases, lower) {
			return s, nil
		}
	}
	return nil, usagef("%s", unknown("there is no connector "+name, name, connectorNames()))
}

// connectorJSON is a connector's description as JSON.
type connectorJSON struct {
	Name     string         `json:"name"`
	Aliases  []string       `json:"aliases,omitempty"`
	Summary  string         `json:"summary"`
	Reads    bool           `json:"reads"`
	Writes   bool           `json:"writes"`
	ByKey    bool           `json:"by_key,omitempty"` // what is read is looked up by key alone
	Options  []optionJSON   `json:"options"`
	Metadata []metadataJSON `json:"metadata,omitempty"`
	Examples []string       `json:"examples,omitempty"`
}

type metadataJSON struct {
	Key     string   `json:"key"`
	Type    string   `json:"type"`
	Formats []string `json:"formats,omitempty"`
	Doc     string   `json:"doc"`
}

type optionJSON struct {
	Name     string   `json:"name"`
	Aliases  []string `json:"aliases,omitempty"`
	For      string   `json:"for"`
	Type     string   `json:"type"`
	Values   []string `json:"values,omitempty"`
	Default  string   `json:"default,omitempty"`
	Required bool     `json:"required"`
	Secret   bool     `json:"secret"`
	Example  string   `json:"example,omitempty"`
	Doc      string   `json:"doc"`
}

func describe(s *helios.ConnectorSpec) connectorJSON {
	d := connectorJSON{Name: s.Name, Aliases: s.Aliases, Summary: s.Summary, Reads: s.Source, Writes: s.Sink, ByKey: s.ByKey, Examples: s.Examples, Options: []optionJSON{}}
	for _, o := range s.Options {
		d.Options = append(d.Options, optionJSON{o.Name, o.Aliases, s.UseOf(&o), string(o.Type), o.Values, o.Default, o.Required, o.Secret, o.Example, o.Doc})
	}
	for _, m := range s.Metadata {
		d.Metadata = append(d.Metadata, metadataJSON{m.Key, m.Type.String(), m.Formats, m.Doc})
	}
	return d
}

func (d *connectorJSON) use() string {
	switch {
	case d.ByKey:
		return "by key"
	case d.Reads && d.Writes:
		return "reads, writes"
	case d.Reads:
		return "reads"
	}
	return "writes"
}

func writeJSON(io streams, v any) error {
	e := json.NewEncoder(io.out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// firstLine is a text up to its first sentence's end.
func firstLine(text string) string {
	if i := strings.IndexAny(text, ".:"); i > 0 {
		return text[:i]
	}
	return text
}

// textWidth is the columns that running text is broken at.
func textWidth(io streams) int {
	if io.width == 0 {
		return 100
	}
	return min(max(io.width, 40), 120)
}

func connectorText(s *helios.ConnectorSpec, width int) string {
	var b strings.Builder
	d := describe(s)
	head := s.Name
	if len(s.Aliases) > 0 {
		head += " (also " + strings.Join(s.Aliases, ", ") + ")"
	}
	fmt.Fprintf(&b, "%s: %s\n%s\n", head, d.use(), broken(s.Summary, "", width))
	for i := range s.Options {
		o := &s.Options[i]
		names := "'" + strings.Join(append([]string{o.Name}, o.Aliases...), "', '") + "'"
		fmt.Fprintf(&b, "\n  %s  %s\n%s\n", names, optionFacts(o)+"; for "+s.UseOf(o), broken(o.Doc, "      ", width))
	}
	for i, m := range s.Metadata {
		if i == 0 {
			b.WriteString("\nMetadata, as in c TYPE METADATA FROM 'key' VIRTUAL:\n")
		}
		fmt.Fprintf(&b, "\n  '%s'  %s\n%s\n", m.Key, strings.Join(append([]string{m.Type.String()}, m.Formats...), "; "), broken(m.Doc, "      ", width))
	}
	for i, e := range s.Examples {
		if i == 0 {
			b.WriteString("\nFor example:\n")
		}
		fmt.Fprintf(&b, "\n%s;\n", strings.TrimSpace(e))
	}
	return b.String()
}

// optionFacts is all of an option but its sentence.
func optionFacts(o *helios.OptionSpec) string {
	facts := []string{string(o.Type)}
	if len(o.Values) > 0 {
		facts[0] += " " + strings.Join(o.Values, ", ")
	}
	if o.Required {
		facts = append(facts, "required")
	}
	if o.Default != "" {
		facts = append(facts, "default '"+o.Default+"'")
	}
	if o.Secret {
		facts = append(facts, "secret: best '${env:NAME}' or '${file:PATH}'")
	}
	if o.Example != "" {
		facts = append(facts, "such as '"+o.Example+"'")
	}
	return strings.Join(facts, "; ")
}

// broken is text in lines of at most so many columns.
func broken(text, indent string, width int) string {
	var lines []string
	line := indent
	for _, w := range strings.Fields(text) {
		if len(line) > len(indent) && len(line)+1+len(w) > width {
			lines = append(lines, line)
			line = indent
		}
		if len(line) > len(indent) {
			line += " "
		}
		line += w
	}
	return strings.Join(append(lines, line), "\n")
}
