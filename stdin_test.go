package helios_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/helios-stream/helios"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/file"
)

const stdinMapping = "CREATE MAPPING t (id BIGINT) TYPE File OPTIONS ('path'='-', 'format'='json');\n"

// Rows of standard input are read as they come, and its end is the query's.
func TestStdin(t *testing.T) {
	var warned []string
	o := helios.Options{
		Connectors:    []vexec.Connector{file.NewWithStdin(strings.NewReader("{\"id\":1}\n{\"id\":2}\n"))},
		CheckpointDir: t.TempDir(), Warn: func(text string) { warned = append(warned, text) },
	}
	q, err := helios.Compile(context.Background(), []helios.File{{Name: "q.sql", Text: stdinMapping + "SELECT id FROM t", Dir: "."}}, o)
	if err != nil {
		t.Fatal(err)
	}
	s, err := q.Run(context.Background())
	if err != nil || s.RowsOut != 2 {
		t.Fatal(s, err)
	}
	if len(warned) != 1 || !strings.Contains(warned[0], "`t` reads standard input, which cannot be read again") {
		t.Errorf("%q", warned)
	}
}

// Rows of standard input may never end; where the table says that they do, results do not
// change, and what needs all rows can be asked for.
func TestStdinThatEnds(t *testing.T) {
	f := func(options, query string) (rows []string, messages string) {
		t.Helper()
		o := helios.Options{Connectors: []vexec.Connector{file.NewWithStdin(strings.NewReader("{\"id\":2}\n{\"id\":1}\n{\"id\":2}\n"))}}
		text := strings.Replace(stdinMapping, "'format'", options+"'format'", 1) + query
		q, err := helios.Compile(context.Background(), []helios.File{{Name: "q.sql", Text: text, Dir: "."}}, o)
		var bad *helios.CompileError
		if errors.As(err, &bad) {
			var out strings.Builder
			_ = bad.Render(&out, false)
			return nil, out.String()
		} else if err != nil {
			t.Fatal(err)
		}
		var warnings strings.Builder
		_ = q.RenderWarnings(&warnings, false)
		for row, err := range q.Rows(context.Background()) {
			if err != nil {
				t.Fatal(err)
			}
			rows = append(rows, fmt.Sprint(row))
		}
		return rows, warnings.String()
	}
	const sums, ordered = "SELECT id, COUNT(*) AS n FROM t GROUP BY id", "SELECT id FROM t ORDER BY id"
	const hint = "or, if the rows of `t` end, say so: 'bounded' = 'true' in its OPTIONS"
	if rows, messages := f("", sums); len(rows) < 2 || !strings.Contains(rows[0], "+I") || !strings.Contains(messages, "H0401") || !strings.Contains(messages, hint) {
		t.Errorf("%v\n%s", rows, messages)
	}
	if _, messages := f("", ordered); !strings.Contains(messages, "H0237") || !strings.Contains(messages, hint) {
		t.Error(messages)
	}
	rows, messages := f("'bounded'='true', ", sums)
	slices.Sort(rows)
	if fmt.Sprint(rows) != "[[1 1] [2 2]]" || messages != "" {
		t.Errorf("%v\n%s", rows, messages)
	}
	if rows, messages := f("'bounded'='true', ", ordered); fmt.Sprint(rows) != "[[1] [2] [2]]" || messages != "" {
		t.Errorf("%v\n%s", rows, messages)
	}
}

func TestStdinIsReadOnce(t *testing.T) {
	f := func(name, query, want string) {
		t.Helper()
		_, err := helios.Compile(context.Background(), []helios.File{{Name: name, Text: stdinMapping + query, Dir: "."}}, helios.Options{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	f("<stdin>", "SELECT id FROM t", "`t` reads standard input, which the query itself came from")
	f("q.sql", strings.Replace(stdinMapping, "MAPPING t", "MAPPING u", 1)+"SELECT id FROM t UNION ALL SELECT id FROM u", "both read standard input")
}
