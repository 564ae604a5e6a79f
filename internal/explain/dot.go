package explain

import (
	"fmt"
	"strings"
)

// Dot is the graph in the language of Graphviz: heliosc explain --format dot | dot -Tpdf.
func (g *Graph) Dot() string {
	var b strings.Builder
	b.WriteString("digraph plan {\n  rankdir=TB;\n  node [shape=box, style=rounded, fontname=\"monospace\", fontsize=10];\n  edge [fontname=\"monospace\", fontsize=9];\n")
	if g.Run != nil {
		fmt.Fprintf(&b, "  label=\"%s\"; labelloc=t;\n", dotText(g.Run.text()))
	}
	for _, box := range g.Boxes {
		fmt.Fprintf(&b, "  b%d [label=\"", box.ID)
		for _, l := range box.label() {
			b.WriteString(dotText(l.text) + `\l`)
		}
		b.WriteString("\"];\n")
	}
	for _, box := range g.Boxes {
		for _, a := range box.In {
			fmt.Fprintf(&b, "  b%d -> b%d", a.From, box.ID)
			if a.Label != "" {
				fmt.Fprintf(&b, " [label=\"%s\"]", dotText(a.Label))
			}
			b.WriteString(";\n")
		}
	}
	b.WriteString("}\n")
	return b.String()
}

// dotText is text within quotes.
func dotText(s string) string {
	s = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", " ", "\r", " ", "\x00", " ").Replace(s)
	return strings.ToValidUTF8(s, "?")
}
