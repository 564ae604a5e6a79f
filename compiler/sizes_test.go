package compiler_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/helios-stream/helios/compiler"
	"github.com/helios-stream/helios/ir"
)

// TestSizesAreAskedForJoins holds that connectors are asked for the sizes of tables below joins
// that end, once each, and that 'rows' overrides what they say.
func TestSizesAreAskedForJoins(t *testing.T) {
	const tables = `
CREATE MAPPING a (id BIGINT) TYPE File OPTIONS ('path'='a');
CREATE MAPPING b (id BIGINT) TYPE File OPTIONS ('path'='b', 'rows'='7');
CREATE MAPPING c (id BIGINT) TYPE File OPTIONS ('path'='c');
CREATE MAPPING g (id BIGINT) TYPE Generator;
`
	for sql, want := range map[string]string{
		"SELECT a.id FROM a JOIN b ON a.id = b.id JOIN a AS a2 ON a2.id = b.id; SELECT * FROM c;": "[a b] a=40 b=7",
		"SELECT g.id FROM g JOIN c ON g.id = c.id;":                                               "[c] c=40 g=0",
		"SELECT id FROM a UNION ALL SELECT id FROM c;":                                            "[] a=0 c=0",
	} {
		env := testEnv()
		var asked []string
		env.Size = func(_ context.Context, t *ir.Table) (int64, []int64) {
			asked = append(asked, t.Name)
			return 40, nil
		}
		c, diags := compiler.Compile(context.Background(), []compiler.File{{Name: "q.sql", Text: tables + sql}}, env, compiler.Options{NoWarn: []string{"H0404"}})
		if diags.HasErrors() {
			t.Fatal(sql, diags)
		}
		slices.Sort(asked)
		got := fmt.Sprint(asked)
		rows := map[string]int64{}
		for _, s := range c.Plan.AllStages() {
			if s.Scan != nil && (len(asked) == 0 || s.Scan.Table.Rows != 0 || s.Scan.Table.Name == "g") {
				rows[s.Scan.Table.Name] = s.Scan.Table.Rows
			}
		}
		for _, name := range []string{"a", "b", "c", "g"} {
			if n, ok := rows[name]; ok {
				got += fmt.Sprintf(" %s=%d", name, n)
			}
		}
		if got != want {
			t.Errorf("%s: %s, want %s", sql, got, want)
		}
	}
}
