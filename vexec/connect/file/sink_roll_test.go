package file

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/vtest"
)

// manyRows are six epochs of rows 0, 1, 2 ... whose k has four values.
func manyRows() (out [][]vtest.Row, want []string) {
	n := 0
	for e := range 6 {
		var rows []vtest.Row
		for range []int{4, 0, 7, 1, 3, 2}[e] {
			rows = append(rows, vtest.Row{n % 4, fmt.Sprint("row ", n)})
			want = append(want, fmt.Sprint("row ", n))
			n++
		}
		out = append(out, rows)
	}
	slices.Sort(want)
	return out, want
}

// shown is the text of each file that is shown below a folder, unpacked, by its path.
func shown(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		out[rel] = fileText(t, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func fileText(t *testing.T, path string) string {
	t.Helper()
	if is, _ := ending(path); is.binary() {
		return binaryRows(t, path)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	_, c := ending(path)
	r, err := unpack(f, c)
	if err != nil {
		t.Fatal(path, err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(path, err)
	}
	return string(data)
}

// rolledRows are the texts "row n" of all files, and the most that one has.
func rolledRows(files map[string]string) (rows []string, most int) {
	for _, data := range files {
		n := 0
		for _, line := range strings.Split(data, "\n") {
			if at := strings.Index(line, "row "); at >= 0 {
				rows = append(rows, strings.Trim(line[at:], "\"}"))
				n++
			}
		}
		most = max(most, n)
	}
	slices.Sort(rows)
	return rows, most
}

// TestRollingOverCrashes kills sinks whose parts roll between any two steps: no row is
// lost or doubled, parts have the rows that they may have, and nothing is left aside.
func TestRollingOverCrashes(t *testing.T) {
	f := func(files [2]int, most int, partition []string, options ...string) {
		t.Helper()
		for i, h := range []how{plain, lag, early} {
			for first := i; ; first += []int{5, 5, 11}[i] {
				table := sinkTable(quickDir(t)+"/dir/", options...)
				table.Partition = partition
				if rollingCrash(t, table, h, first, files, most) {
					break
				}
			}
		}
	}
	f([2]int{6, 6}, 3, nil, "format", "csv", "roll.rows", "3")
	f([2]int{6, 6}, 3, nil, "format", "ndjson", "roll.rows", "3", "compression", "zstd")
	f([2]int{2, 6}, 10, nil, "format", "csv", "roll.interval", "1 min", "compression", "gzip")
	f([2]int{4, 9}, 17, nil, "format", "ndjson", "roll.bytes", "90", "roll.interval", "10 min")
	f([2]int{1, 1}, 17, nil, "format", "ndjson")
	f([2]int{6, 6}, 3, nil, "format", "parquet", "roll.rows", "3")
	f([2]int{6, 6}, 3, nil, "format", "arrow", "roll.rows", "3")
	f([2]int{2, 6}, 10, nil, "format", "arrow", "roll.interval", "1 min", "arrow.compression", "zstd")
	f([2]int{4, 9}, 17, nil, "format", "arrow", "roll.bytes", "90", "roll.interval", "10 min")
	f([2]int{4, 4}, 5, []string{"k"}, "format", "csv", "roll.rows", "100")
	f([2]int{17, 17}, 1, []string{"k"}, "format", "ndjson", "roll.rows", "100", "max.open.partitions", "2", "compression", "snappy")
}

// rollingCrash runs a table's sink, with a crash after so many steps; done: there was none.
func rollingCrash(t *testing.T, table *ir.Table, h how, first int, files [2]int, most int) (done bool) {
	t.Helper()
	rows, want := manyRows()
	j := &job{table: table, unbounded: true, epochs: rows, run: "r1", how: h, left: first, tick: 6_000_000}
	if table.Options["roll.interval"] == "" {
		j.tick = 1_000_000
	}
	for i := 0; ; i++ {
		ended, err := j.attempt()
		if err != nil {
			t.Fatalf("%v, crash at %d: %v", table.Options, first, err)
		}
		if ended {
			done = i == 0
			break
		}
		if j.left = []int{first % 13, -1}[min(i, 1)]; i > 0 {
			j.left = -1
		}
	}
	dir := strings.TrimSuffix(table.Options["path"], "/")
	parts := shown(t, dir)
	got, largest := rolledRows(parts)
	if !slices.Equal(got, want) {
		t.Fatalf("%v %s, crash at %d: %d rows of %d:\n%q\n%v", table.Options, h, first, len(got), len(want), got, parts)
	}
	if len(parts) < files[0] || len(parts) > files[1] || largest > most {
		t.Fatalf("%v %s, crash at %d: %d files, the largest of %d rows", table.Options, h, first, len(parts), largest)
	}
	if l := leftovers(dir); len(l) > 0 {
		t.Fatalf("%v: left over %v", table.Options, l)
	}
	for name, data := range parts {
		if table.Options["format"] == "csv" && strings.Count(data, "s\n") != 1 {
			t.Fatalf("%s: %q", name, data)
		}
	}
	return done
}
