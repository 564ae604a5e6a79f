package helios_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helios-stream/helios"
)

// Of the two ways to say what becomes of records that cannot be read, the one in an
// OPTIONS hint counts.
func TestHintOverrulesTheOtherWay(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "t.ndjson"), []byte("{\"n\":\"x\"}\nbad\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := func(option, hint string) (*helios.Stats, error) {
		t.Helper()
		text := "CREATE TABLE t (n BIGINT) WITH ('connector'='filesystem', 'path'='t.ndjson', 'format'='json', " + option + ");\nSELECT n FROM t /*+ OPTIONS(" + hint + ") */;"
		q, err := helios.Compile(context.Background(), []helios.File{{Name: "q.sql", Text: text, Dir: dir}}, helios.Options{})
		if err != nil {
			return nil, err
		}
		return q.Run(context.Background())
	}
	const ignore, fail = "'json.ignore-parse-errors'='true'", "'on.error'='fail'"
	if _, err := f(ignore, fail); err == nil || !strings.Contains(err.Error(), "('on.error'='fail')") {
		t.Errorf("the hint 'fail' does not count: %v", err)
	}
	if s, err := f(fail, ignore); err != nil || s.RowsOut != 1 || len(s.Lost) != 2 {
		t.Errorf("the hint to ignore does not count: %+v %v", s, err)
	}
	if _, err := f(fail, "'json.ignore-parse-errors'='false'"); err == nil || !strings.Contains(err.Error(), "('on.error'='fail')") {
		t.Errorf("a hint that does not ignore overrules 'fail': %v", err)
	}
	if _, err := f("'csv.ignore-parse-errors'='false'", ignore+", "+fail); err == nil || !strings.Contains(err.Error(), "and so does 'on.error'") {
		t.Errorf("a hint may say both: %v", err)
	}
}
