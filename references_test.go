package helios_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helios-stream/helios"
	"github.com/helios-stream/helios/internal/metrics"
	"github.com/helios-stream/helios/ir"
)

const planted = "plantedSwordfish"

// secretOptions are all options of the connectors that hold secrets, with a mapping
// that has one of them, as ${...} in place of %s.
func secretOptions(t *testing.T) map[string]string {
	out := map[string]string{}
	for _, c := range helios.Connectors() {
		spec := c.Spec()
		for _, o := range spec.Options {
			if !o.Secret {
				continue
			}
			options := []string{fmt.Sprintf("'%s' = '%%s'", o.Name)}
			for _, other := range spec.Options {
				if other.Required && other.Name != o.Name {
					options = append(options, fmt.Sprintf("'%s' = '%s'", other.Name, strings.Replace(other.Example, "https://alerts.example.org", "http://127.0.0.1:1", 1)))
				}
			}
			if spec.Name == "rest" {
				options = []string{options[0], "'url' = 'http://127.0.0.1:1/{a}'", "'lookup.retries' = '0'"}
			}
			if spec.Name == "webhook" { // where nobody answers
				options = append(options, "'retries' = '0'", "'timeout' = '1s'")
			}
			text := fmt.Sprintf("CREATE MAPPING m (a BIGINT) TYPE %s OPTIONS (%s);\n", spec.Name, strings.Join(options, ", "))
			if spec.ByKey {
				text += "SELECT v.a FROM (VALUES (CAST(1 AS BIGINT))) AS v(a) JOIN m ON m.a = v.a;"
			} else if spec.Source {
				text += "SELECT a FROM m;"
			} else {
				text += "INSERT INTO m SELECT * FROM (VALUES (CAST(1 AS BIGINT))) AS v(a);"
			}
			out[spec.Name+" "+o.Name] = text
		}
	}
	if len(out) < 4 {
		t.Fatalf("only these options are secret: %v", out)
	}
	return out
}

// TestSecretsAreNowhere plants a secret in every secret option, as a reference to the
// environment and to a file and in the query itself, and looks for it in all that can
// be seen of a query.
func TestSecretsAreNowhere(t *testing.T) {
	dir := t.TempDir()
	for name, query := range secretOptions(t) {
		value := planted
		switch {
		case strings.HasSuffix(name, " url"):
			value = "http://127.0.0.1:1/" + planted
		case strings.HasSuffix(name, " headers"):
			value = "X-Key: " + planted
		}
		if err := os.WriteFile(filepath.Join(dir, "secret"), []byte(value+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		env := func(name string) (string, bool) { return value, name == "SECRET" }
		for _, way := range []string{"${env:SECRET}", "${file:secret}", value} {
			var seen bytes.Buffer
			files := []helios.File{{Name: "q.sql", Text: fmt.Sprintf(query, way), Dir: dir}}
			o := helios.Options{LookupEnv: env, Warn: func(text string) { seen.WriteString(text) }}
			q, err := helios.Compile(context.Background(), files, o)
			if err != nil {
				var bad *helios.CompileError
				if errors.As(err, &bad) {
					_ = bad.Render(&seen, false)
				}
				t.Fatalf("%s, %s: %v\n%s", name, way, err, &seen)
			}
			for _, s := range []helios.Stage{helios.Logical, helios.Optimized, helios.Physical} {
				seen.WriteString(q.Explain(s))
				for _, d := range []helios.Drawing{helios.DrawText, helios.DrawJSON, helios.DrawDot, helios.DrawSVG} {
					text, err := q.Draw(s, d, nil)
					fmt.Fprintln(&seen, text, err)
				}
				text, err := q.PlanJSON(s, dir)
				fmt.Fprintln(&seen, string(text), err)
			}
			if ast, err := helios.DumpAST(files, o); err == nil {
				seen.WriteString(ast)
			}
			_ = q.RenderWarnings(&seen, false)
			show, err := helios.Compile(context.Background(), []helios.File{{Name: "q.sql", Text: files[0].Text + "\nSHOW CREATE MAPPING m;", Dir: dir}}, o)
			fmt.Fprintln(&seen, err)
			if err == nil {
				seen.WriteString(show.Explain(helios.Physical))
			}
			ctx, cancel := context.WithCancelCause(context.Background())
			cancel(helios.ErrInterrupted)
			stats, err := q.Run(ctx)
			fmt.Fprintln(&seen, stats, err)
			if s := q.Snapshot(); s != nil {
				seen.Write(metrics.Text(metrics.Families(metrics.Build{}, s, s.Progress.Time)))
			}
			if strings.Contains(seen.String(), planted) {
				i := strings.Index(seen.String(), planted)
				t.Errorf("%s, given as %s, is shown: %q", name, way, seen.String()[max(0, i-200):i+40])
			}
		}
	}
}

// References stand for values that connectors take, also in a plan that is loaded.
func TestReferences(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "in.ndjson"), []byte(`{"a":7}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "name"), []byte("in\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	o := helios.Options{LookupEnv: func(name string) (string, bool) { return "ndjson", name == "ENDING" }}
	const query = "CREATE MAPPING m (a BIGINT) TYPE File OPTIONS ('path' = '${file:name}.${env:ENDING}');\nSELECT a FROM m;"
	q, err := helios.Compile(context.Background(), []helios.File{{Name: "q.sql", Text: query, Dir: dir}}, o)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := q.PlanJSON(helios.Physical, dir)
	if err != nil || !strings.Contains(string(plan), "${file:name}.${env:ENDING}") {
		t.Errorf("%v\n%s", err, plan)
	}
	loaded, err := helios.LoadPlan(filepath.Join(dir, "plan.json"), plan, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []*helios.Query{q, loaded} {
		for row, err := range q.Rows(context.Background()) {
			if err != nil || fmt.Sprint(row) != fmt.Sprint([]ir.Value{int64(7)}) {
				t.Errorf("%v %v", row, err)
			}
		}
	}
}

func TestReferencesThatAreWrong(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		_, err := helios.Compile(context.Background(), []helios.File{{Name: "q.sql", Text: text, Dir: t.TempDir()}}, helios.Options{})
		var bad *helios.CompileError
		var out bytes.Buffer
		if !errors.As(err, &bad) {
			t.Errorf("%s: %v", text, err)
			return
		}
		_ = bad.Render(&out, false)
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s\n%s\nwant %s", text, &out, want)
		}
	}
	m := func(options string) string {
		return "CREATE MAPPING m (a BIGINT) TYPE File OPTIONS (" + options + "); SELECT a FROM m;"
	}
	f(m("'path' = '${env:NOWHERE}'"), "q.sql:1:57: error[H0212]")
	f(m("'path' = '${env:NOWHERE}'"), "option 'path' refers to ${env:NOWHERE}, but there is no such variable in the environment")
	f(m("'path' = '${file:gone}'"), "no such file or directory")
	f(m("'path' = 'x', 'format' = '${env:NOWHERE}'"), "takes no ${env:...} and no ${file:...}, which are for texts")
	f("SELECT '${env:HOME}' AS h;", "${env:...} and ${file:...} stand in values of OPTIONS alone")
	f("SELECT ${env:HOME} AS h;", "'${' must be followed by a name and '}'")
}
