package helios_test

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/helios-stream/helios"
	"github.com/helios-stream/helios/bench/nexmark"
	"github.com/helios-stream/helios/bench/nexmark/queries"
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/memory"
)

// digestEvents is how many events the digests are of.
const digestEvents = 50_000

// notDigested have results that depend on the clock.
var notDigested = []string{"q12"}

// TestNexmark holds the answers to Nexmark's queries against those of DuckDB, whose
// digests 'bench/peers/nexmark.py --digests' has written: the number of rows, and the sum
// of the hashes of their texts.
func TestNexmark(t *testing.T) {
	dir := t.TempDir()
	if _, err := nexmark.New(1).WriteDir(dir, digestEvents); err != nil {
		t.Fatal(err)
	}
	if err := queries.WriteSideInput(dir); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("bench/nexmark/queries/digests.txt")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		name, digest, _ := strings.Cut(line, " ")
		want[name] = digest
	}
	for _, name := range queries.Names() {
		if slices.Contains(notDigested, name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			if want[name] == "" {
				t.Fatal("it has no digest")
			}
			for _, parallelism := range []int{1, 3} {
				if got := answer(t, dir, name, parallelism); got != want[name] {
					t.Errorf("parallelism %d: rows and digest %s, DuckDB has %s", parallelism, got, want[name])
				}
			}
		})
	}
}

// answer runs a query and returns the digest of its rows.
func answer(t *testing.T, dir, name string, parallelism int) string {
	t.Helper()
	text, _ := queries.Text(name)
	text = strings.ReplaceAll(text, "'connector' = 'blackhole'", "'connector' = 'memory'")
	if name == "q10" { // what it writes is a matter of the file connector
		head, rest, _ := strings.Cut(text, ") PARTITIONED BY")
		_, insert, _ := strings.Cut(rest, ");")
		text = head + ") WITH ('connector' = 'memory');" + insert
	}
	mem := memory.New()
	files := []helios.File{{Name: name + ".sql", Text: queries.Filed(dir, "ndjson") + text, Dir: dir}}
	q, err := helios.Compile(context.Background(), files, helios.Options{Parallelism: parallelism, NoWarn: []string{"H0401"}, Vars: map[string]string{"folder": dir}, Connectors: []vexec.Connector{mem}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := q.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	ddl, _, _ := strings.Cut(text, "INSERT INTO")
	declared, err := helios.Compile(context.Background(), []helios.File{{Text: queries.Filed(dir, "ndjson") + ddl + "SELECT * FROM nexmark_" + name, Dir: dir}},
		helios.Options{Vars: map[string]string{"folder": dir}, Connectors: []vexec.Connector{mem}})
	if err != nil {
		t.Fatal(err)
	}
	cols, err := declared.Columns()
	if err != nil {
		t.Fatal(err)
	}
	rows := mem.Store("nexmark_" + name).Values()
	total := uint64(0)
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, v := range row {
			cells[i] = digestText(v, cols[i].Type)
		}
		sum := sha256.Sum256([]byte(strings.Join(cells, "|")))
		total += binary.BigEndian.Uint64(sum[:8])
	}
	return fmt.Sprintf("%d %016x", len(rows), total)
}

func digestText(v ir.Value, t *ir.Type) string {
	if v != nil && t.Kind == ir.Timestamp {
		return time.UnixMicro(v.(int64)).UTC().Format("2006-01-02 15:04:05.000")
	}
	return ir.FormatValue(v, t)
}

// The texts of the suite over generated events compile, too.
func TestNexmarkGenerated(t *testing.T) {
	for _, name := range queries.Names() {
		text, _ := queries.Text(name)
		folder := t.TempDir()
		if err := queries.WriteSideInput(folder); err != nil {
			t.Fatal(err)
		}
		files := []helios.File{{Name: name + ".sql", Text: queries.Generated(1000) + text, Dir: t.TempDir()}}
		q, err := helios.Compile(context.Background(), files, helios.Options{Vars: map[string]string{"folder": folder}})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, err := q.Run(context.Background()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
