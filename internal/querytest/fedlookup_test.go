package querytest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/rest"
)

// A web service is never asked by a test: what the test feeds are its answers.
func TestWebServicesAreNotAsked(t *testing.T) {
	const query = "-- sql\nCREATE MAPPING t (k BIGINT) TYPE Memory;\nCREATE MAPPING u (id BIGINT, n BIGINT) TYPE Rest OPTIONS ('url'='http://127.0.0.1:1/{id}');\n" +
		"SELECT t.k, u.n FROM t LEFT JOIN u ON u.id = t.k;\n-- feed t\nk\n1\n2\n"
	for text, want := range map[string]string{
		query + "-- end\n-- rows\nk BIGINT, n BIGINT\n1 | NULL\n2 | NULL\n":                                                                        "which a test does not ask, and the test has no rows for it: add a section '-- feed u'",
		strings.Replace(query, "-- feed t", "-- feed u\nid | n\n2 | 20\n-- feed t", 1) + "-- end\n-- rows\nk BIGINT, n BIGINT\n1 | NULL\n2 | 20\n": "",
		strings.Replace(query, "-- feed t", "-- feed u\nid | n\n2 | x\n-- feed t", 1) + "-- end\n-- rows\nk BIGINT, n BIGINT\n-- rejected 2\nu cannot be looked up by id = 1: a row that the test feeds does not fit: column n\nu cannot be looked up by id = 2\n": "",
	} {
		path := filepath.Join(t.TempDir(), "x.txt")
		if err := os.WriteFile(path, []byte("why: x\n"+text), 0o600); err != nil {
			t.Fatal(err)
		}
		c := &Case{Path: path}
		(&Options{Seed: 1, Connectors: func() []vexec.Connector { return []vexec.Connector{rest.New()} }}).RunCase(c)
		if c.Err != nil {
			t.Fatal(c.Err)
		}
		got := ""
		for _, f := range c.Report.Failures {
			got += f.Text + "\n"
		}
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s\ngot %q, want %q", text, got, want)
		}
	}
}
