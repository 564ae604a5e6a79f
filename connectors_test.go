package helios_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/helios-stream/helios"
	"github.com/helios-stream/helios/ir"
)

var update = flag.Bool("update", false, "rewrite docs/CONNECTORS.md from the connectors' descriptions")

// docs/CONNECTORS.md is printed from what the connectors say of themselves:
// go test . -run TestConnectorDocs -update
func TestConnectorDocs(t *testing.T) {
	const path = "docs/CONNECTORS.md"
	var specs []*ir.ConnectorSpec
	for _, c := range helios.Connectors() {
		specs = append(specs, c.Spec())
	}
	want := connectorDocs(specs...)
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("%s does not fit the connectors (%v): go test . -run TestConnectorDocs -update", path, err)
	}
}

func connectorDocs(specs ...*ir.ConnectorSpec) string {
	var b strings.Builder
	b.WriteString("# Connectors\n\nPrinted from the connectors' own descriptions by `go test . -run TestConnectorDocs -update`.\n" +
		"`CREATE MAPPING t (...) TYPE File OPTIONS (...)` and Flink's `CREATE TABLE t (...) WITH ('connector' = 'filesystem', ...)` take the same options.\n")
	for _, s := range specs {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", s.Name, s.Summary)
		if len(s.Aliases) > 0 {
			fmt.Fprintf(&b, "\nAlso called %s.\n", strings.Join(s.Aliases, ", "))
		}
		b.WriteString("\n| option | what it says | for | type | default | example |\n|---|---|---|---|---|---|\n")
		for _, o := range s.Options {
			b.WriteString(optionRow(s, &o))
		}
		b.WriteString(metadataTable(s))
		for _, e := range s.Examples {
			fmt.Fprintf(&b, "\n```sql\n%s\n```\n", strings.TrimSpace(e))
		}
	}
	return b.String()
}

// metadataTable is what METADATA columns may ask for.
func metadataTable(s *ir.ConnectorSpec) string {
	if len(s.Metadata) == 0 {
		return ""
	}
	out := "\n| metadata | what it says | for | type |\n|---|---|---|---|\n"
	for _, m := range s.Metadata {
		typ := m.Type.String()
		if m.NotNull {
			typ += " NOT NULL"
		}
		out += fmt.Sprintf("| `%s` | %s | %s | %s |\n", m.Key, m.Doc, strings.TrimSpace(string(ir.UseRead)+" "+strings.Join(m.Formats, ", ")), typ)
	}
	return out
}

func optionRow(s *ir.ConnectorSpec, o *ir.OptionSpec) string {
	name := "`" + o.Name + "`"
	for _, a := range o.Aliases {
		name += ", `" + a + "`"
	}
	typ := string(o.Type)
	if len(o.Values) > 0 {
		typ += " " + strings.Join(o.Values, ", ")
	}
	if o.Secret {
		typ += ", secret"
	}
	def := ""
	switch {
	case o.Required:
		def = "required"
	case o.Default != "":
		def = "`" + o.Default + "`"
	}
	example := ""
	if o.Example != "" {
		example = "`" + o.Example + "`"
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s | %s |\n", name, strings.ReplaceAll(o.Doc, "|", `\|`), s.UseOf(o), typ, def, example)
}

var mappingHead = regexp.MustCompile(`(?is)^\s*CREATE\s+(?:MAPPING|TABLE)\s+(\w+)\s*\((.*)\)\s*(?:TYPE|WITH)\b`)

// Each example in a connector's description compiles, and the connector takes it for
// what it can do.
func TestConnectorExamples(t *testing.T) {
	for _, c := range helios.Connectors() {
		spec := c.Spec()
		if len(spec.Examples) == 0 {
			t.Errorf("%s has no example", spec.Name)
		}
		for _, example := range spec.Examples {
			m := mappingHead.FindStringSubmatch(example)
			if m == nil {
				t.Errorf("%s: not the form of an example: %s", spec.Name, example)
				continue
			}
			if spec.Name == "file" {
				continue // the files are not there
			}
			var uses []string
			if spec.ByKey {
				uses = append(uses, fmt.Sprintf("CREATE MAPPING made_up (%s) TYPE Generator; SELECT * FROM made_up JOIN %s ON made_up.id = %s.id", m[2], m[1], m[1]))
			} else if spec.Source {
				uses = append(uses, "SELECT * FROM "+m[1])
			}
			if spec.Sink {
				uses = append(uses, fmt.Sprintf("CREATE MAPPING made_up (%s) TYPE Generator; INSERT INTO %s SELECT * FROM made_up", m[2], m[1]))
			}
			for _, use := range uses {
				text := example + ";\n" + use + ";"
				if _, err := helios.Compile(context.Background(), []helios.File{{Name: spec.Name, Text: text, Dir: t.TempDir()}}, helios.Options{}); err != nil {
					t.Errorf("%v\n%s", err, text)
				}
			}
		}
	}
}

// An option that a connector does not have is an error at its own place, with every
// connector.
func TestUnknownOptionsAtTheirPlace(t *testing.T) {
	for _, c := range helios.Connectors() {
		spec := c.Spec()
		options := ""
		for _, o := range spec.Options {
			if o.Required {
				options += fmt.Sprintf("'%s'='%s', ", o.Name, o.Example)
			}
		}
		text := fmt.Sprintf("CREATE MAPPING t (n BIGINT) TYPE %s OPTIONS (%s\n  'no.such.option'='1');\n", spec.Name, options)
		_, err := helios.Compile(context.Background(), []helios.File{{Name: "q.sql", Text: text, Dir: t.TempDir()}}, helios.Options{})
		var bad *helios.CompileError
		if !errors.As(err, &bad) || len(bad.Diagnostics) == 0 {
			t.Errorf("%s: %v", spec.Name, err)
			continue
		}
		d := bad.Diagnostics[0]
		if want := fmt.Sprintf("unknown option 'no.such.option' of the connector %s", spec.Name); d.Message != want || text[d.Span.Start:d.Span.End] != "'no.such.option'" {
			t.Errorf("%s: %q at %q", spec.Name, d.Message, text[d.Span.Start:d.Span.End])
		}
		for _, o := range spec.Options {
			if o.Use == ir.UseRead && !spec.Source || o.Use == ir.UseWrite && !spec.Sink {
				t.Errorf("%s: '%s' is for %s, which the connector does not do", spec.Name, o.Name, o.Use)
			}
		}
	}
}
