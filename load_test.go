package helios_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helios-stream/helios"
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/file"
)

// guarded is the file connector with a secret option.
type guarded struct{ vexec.Connector }

func (g guarded) Spec() *ir.ConnectorSpec {
	s := *g.Connector.Spec()
	s.Options = append([]ir.OptionSpec{{Name: "vault.password", Type: ir.OptionString, Secret: true, Required: true}}, s.Options...)
	return &s
}

// TestSecretsOfPlans holds that no form of a plan shows a secret, and that a plan
// without it asks for it.
func TestSecretsOfPlans(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "t.ndjson"), []byte(`{"a":1}`+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	files := []helios.File{{Name: "q.sql", Dir: dir, Text: "CREATE MAPPING t (a BIGINT) TYPE File OPTIONS ('path'='t.ndjson', 'format'='ndjson', 'vault.password'='${PW}'); SELECT a FROM t;"}}
	o := helios.Options{Connectors: []vexec.Connector{guarded{file.New()}}, Vars: map[string]string{"PW": "hunter2"}}
	q, err := helios.Compile(context.Background(), files, o)
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	for _, s := range []helios.Stage{helios.Logical, helios.Optimized, helios.Physical} {
		text, err := q.PlanJSON(s, dir)
		if err != nil {
			t.Fatal(err)
		}
		shown = append(shown, string(text))
		for _, f := range []helios.Drawing{helios.DrawText, helios.DrawJSON, helios.DrawDot, helios.DrawSVG} {
			drawn, err := q.Draw(s, f, nil)
			if err != nil {
				t.Fatal(err)
			}
			shown = append(shown, drawn)
		}
	}
	tree, err := helios.DumpAST(files, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range append(shown, tree) {
		if strings.Contains(text, "hunter2") {
			t.Errorf("the secret is shown in\n%s", text)
		}
	}
	for i := 0; i < len(shown); i += 5 {
		name := filepath.Join(dir, "plan.json")
		if _, err := helios.LoadPlan(name, []byte(shown[i]), o); err == nil || !strings.Contains(err.Error(), "-D T_VAULT_PASSWORD=") {
			t.Errorf("without the secret: %v", err)
		}
		if look, err := helios.LoadPlan(name, []byte(shown[i]), helios.Options{Connectors: o.Connectors, LookOnly: true}); err != nil {
			t.Errorf("to look at the plan: %v", err)
		} else if _, err := look.Run(context.Background()); err == nil || !strings.Contains(err.Error(), "${env:T_VAULT_PASSWORD}") {
			t.Errorf("a plan that lacks its secret runs: %v", err)
		} else if text, err := look.Draw(helios.Physical, helios.DrawText, nil); err != nil || text != shown[11] && i == 10 {
			t.Errorf("%v: it is drawn as\n%s\nnot as\n%s", err, text, shown[11])
		}
		with := o
		with.Vars = map[string]string{"T_VAULT_PASSWORD": "hunter2"}
		loaded, err := helios.LoadPlan(name, []byte(shown[i]), with)
		if err != nil {
			t.Fatal(err)
		}
		rows := 0
		for row, err := range loaded.Rows(context.Background()) {
			if err != nil || row[0] != int64(1) {
				t.Errorf("%v %v", row, err)
			}
			rows++
		}
		if rows != 1 {
			t.Errorf("%d rows", rows)
		}
	}
}
