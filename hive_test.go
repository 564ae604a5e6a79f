package helios_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/helios-stream/helios"
)

// A folder that a condition rules out is not read, and counted; a file in it that is
// broken is not even opened.
func TestFoldersLeftOut(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"day=2024-01-01/a.ndjson": "{\"id\":1}\n", "day=2024-01-02/b.ndjson.gz": "not gzip", "day=2024-01-03/c.csv": "id\n3\n"} {
		path := filepath.Join(dir, "in", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text := "CREATE MAPPING t (id BIGINT, day DATE) PARTITIONED BY (day) TYPE File OPTIONS ('path'='in/');\n" +
		"SELECT id FROM t WHERE day IN (DATE '2024-01-03', DATE '2024-01-05')"
	q, err := helios.Compile(context.Background(), []helios.File{{Name: "q.sql", Text: text, Dir: dir}}, helios.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := q.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	scan := s.Run.Stages[0].Scan
	if scan.Splits != 3 || scan.LeftOut != 2 || scan.Rows != 1 || s.RowsOut != 1 {
		t.Errorf("%+v", scan)
	}
}
