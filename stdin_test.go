package helios_test

import (
	"context"
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
