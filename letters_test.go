package helios_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helios-stream/helios"
)

// A row whose event time is NULL is refused where it is read, and its letter names the
// file, as does the end of a run with 'on.error'='fail'.
func TestLetterOfANullTimeNamesItsFile(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"1.ndjson": "{\"ts\":\"2024-01-01 00:00:00\"}\n", "2.ndjson": "{\"ts\":null}\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	letters := filepath.Join(t.TempDir(), "letters.ndjson")
	f := func(onError string) error {
		t.Helper()
		text := "CREATE MAPPING t (ts TIMESTAMP(3), WATERMARK FOR ts AS ts) TYPE File OPTIONS ('path'='*.ndjson', 'on.error'='" + onError + `');
SELECT window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start;`
		q, err := helios.Compile(context.Background(), []helios.File{{Name: "q.sql", Text: text, Dir: dir}}, helios.Options{DeadLetters: letters})
		if err != nil {
			t.Fatal(err)
		}
		_, err = q.Run(context.Background())
		return err
	}
	if err := f("dlq"); err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(letters); !strings.Contains(string(text), `"source":"t","split":"2.ndjson","line":null`) || !strings.Contains(string(text), "the event time ts is NULL") {
		t.Errorf("%s", text)
	}
	if err := f("fail"); err == nil || !strings.Contains(err.Error(), `2.ndjson: the event time ts is NULL, in the row {"ts":null}`) {
		t.Error(err)
	}
}
