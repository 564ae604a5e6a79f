package file

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// withMeta adds a METADATA column m to a table.
func withMeta(t *ir.Table, key string) *ir.Table {
	for _, m := range metadata() {
		if m.Key == key {
			t.Cols = append(t.Cols, ir.TableColumn{Column: ir.Column{Name: "m", Type: m.Type}, Meta: key})
			return t
		}
	}
	panic("there is no key " + key)
}

// lined puts a line behind each row's text.
func lined(rows []string, lines ...int) []string {
	out := make([]string, len(rows))
	for i := range rows {
		out[i] = rows[i] + "|" + strconv.Itoa(lines[i])
	}
	return out
}

// TestLines reads awkward text in blocks of every size, packed and not, with a restart
// behind each, and always finds the lines of the rows: behind byte order marks, a header,
// bad records, empty lines, and line ends in quotes.
func TestLines(t *testing.T) {
	wantCSV, wantJSON := lined(awkwardCSVRows, 2, 3, 10, 11, 13), lined(awkwardRows, 1, 2, 6, 8, 10, 11, 12)
	for _, ending := range []string{"", ".gz"} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "a.csv"+ending), pack(t, ending, awkwardCSV))
		write(t, filepath.Join(dir, "a.ndjson"+ending), pack(t, ending, awkward))
		step := int64(1)
		if ending != "" {
			step = 29
		}
		for unit := int64(1); unit <= int64(len(awkward))+1; unit += step {
			for _, restart := range []bool{false, true} {
				for name, want := range map[string][]string{"a.csv": wantCSV, "a.ndjson": wantJSON} {
					table := withMeta(tableOf(dir, name+ending, idName...), metaLine)
					got, err := readTable(t, table, reading{limits: limits{unit: unit, record: 1 << 20}, restart: restart})
					if err != nil {
						t.Fatal(err)
					}
					check(t, fmt.Sprintf("%s%s at unit %d restart %v", name, ending, unit, restart), got.rows, want)
				}
			}
		}
	}
}

// TestLearnedLines reads lines of one form, which are decoded in the quick way.
func TestLearnedLines(t *testing.T) {
	dir := t.TempDir()
	var text strings.Builder
	var want []string
	for i := range 500 {
		text.WriteString(strings.Repeat("\n", i%3))
		want = append(want, fmt.Sprintf("%d|n%d|%d", i, i, strings.Count(text.String(), "\n")+1))
		text.WriteString(line(i))
	}
	write(t, filepath.Join(dir, "a.ndjson"), text.String())
	for _, unit := range []int64{64, 1000, 1 << 20} {
		got, err := readTable(t, withMeta(tableOf(dir, "a.ndjson", idName...), metaLine), reading{limits: limits{unit: unit, record: 1 << 20}})
		if err != nil {
			t.Fatal(err)
		}
		check(t, fmt.Sprint("unit ", unit), got.rows, want)
	}
}

// TestFileMetadata asks for what is known of files of each format, alone and in a folder
// whose name says another column.
func TestFileMetadata(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "in", "k=a", "x.csv")
	write(t, path, "id,name\n1,one\n")
	when := time.Date(2024, 2, 3, 4, 5, 6, 789_000_000, time.UTC)
	if err := os.Chtimes(path, when, when); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		metaPath: path, metaName: "x.csv", metaSize: "14", metaMtime: "2024-02-03 04:05:06.789000", metaLine: "2",
	} {
		table := withMeta(tableOf(dir, "in/", ir.Column{Name: "k", Type: ir.TVarchar}, idName[0]), key)
		table.Partition = []string{"k"}
		got, err := readTable(t, table, usual)
		if err != nil {
			t.Fatal(err)
		}
		check(t, key, got.rows, []string{"a|1|" + want})
		got, err = readTable(t, withMeta(tableOf(dir, "in/k=a/x.csv"), key), usual)
		if err != nil {
			t.Fatal(err)
		}
		check(t, key+" alone", got.rows, []string{want})
	}
}

// TestMetadataTerms leaves out files by their names without a look into them.
func TestMetadataTerms(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.ndjson"), line(1))
	write(t, filepath.Join(dir, "b.ndjson"), "garbage")
	table := withMeta(tableOf(dir, "*.ndjson", idName...), metaName)
	src, err := New().Source(table)
	if err != nil {
		t.Fatal(err)
	}
	splits, err := src.Splits(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	scan := &vexec.Scan{Table: table, Cols: []int{0, 1, 2}, Schema: table.Physical(), TimeCol: -1,
		Terms: []ir.ScanTerm{{Col: 2, Op: ir.TermEqual, T: ir.TVarchar, Values: []ir.Value{"a.ndjson"}}}}
	for i, want := range []bool{false, true} {
		if got := src.(vexec.Sifter).LeavesOut(scan, splits[i]); got != want {
			t.Errorf("%s is left out: %v", splits[i].ID, got)
		}
	}
	c := New().(vexec.Pruner)
	if !c.Prunes(table, 2) || c.Prunes(table, 0) || c.Prunes(withMeta(tableOf(dir, "a.ndjson"), metaLine), 0) {
		t.Error("names prune, lines and fields of text do not")
	}
}

func TestMetadataRefused(t *testing.T) {
	f := func(path, key, want string, options ...string) {
		t.Helper()
		table := withMeta(tableOf(t.TempDir(), path, idName...), key)
		for i := 0; i < len(options); i += 2 {
			table.Options[options[i]] = options[i+1]
		}
		if err := New().Check(table, false); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "leave out m") {
			t.Errorf("%s of %s: %v", key, path, err)
		}
	}
	f("a.parquet", metaLine, "parquet files have no lines")
	f("a.arrow", metaLine, "arrow files have no lines")
	f("-", metaName, "standard input is no file", "format", "csv")
	f("a.log", metaSize, "changes all the time", "format", "json", "follow", "true")

	dir := t.TempDir()
	parts := tableOf(dir, "in/b.parquet", idName...)
	write(t, filepath.Join(dir, "in/a.ndjson"), line(1))
	writeRows(t, parts, nil)
	_, err := readTable(t, withMeta(tableOf(dir, "in/", idName...), metaLine), usual)
	if err == nil || !strings.Contains(err.Error(), "b.parquet has no lines") {
		t.Error(err)
	}
}

// TestFollowedLines follows a log with lines and its name: over a kill, and when it has
// been renamed.
func TestFollowedLines(t *testing.T) {
	dir := t.TempDir()
	log := filepath.Join(dir, "a.log")
	f := newFollowing(t, withMeta(withMeta(logTable(dir, "*.log"), metaName), metaLine))
	want := func(what string, lines ...int) {
		t.Helper()
		f.poll()
		rows := make([]string, len(lines))
		for i := range rows {
			rows[i] = fmt.Sprintf("%d|n%d|a.log", i+1, i+1)
		}
		check(t, what, f.rows, lined(rows, lines...))
	}
	appendTo(t, log, line(1)+"\n\n"+line(2))
	want("begun", 1, 4)
	f.checkpoint()
	appendTo(t, log, "bad\n"+line(3))
	want("grown", 1, 4, 6)
	f.kill()
	want("again", 1, 4, 6)
	move(t, log, filepath.Join(dir, "old.log"))
	appendTo(t, filepath.Join(dir, "old.log"), line(4))
	want("renamed", 1, 4, 6, 7)
}

// TestStdinLines counts the lines of standard input.
func TestStdinLines(t *testing.T) {
	table := withMeta(tableOf("", "-", idName...), metaLine)
	table.Options["format"], table.Options["bounded"] = "csv", "true"
	src, err := NewWithStdin(strings.NewReader("id,name\n1,one\n\n2,\"t\nw\no\"\n3,three\n")).Source(table)
	if err != nil {
		t.Fatal(err)
	}
	s := table.Physical()
	r, err := src.Open(context.Background(), &vexec.Scan{Table: table, Schema: s, TimeCol: -1, Clock: &testClock{}, Cols: []int{0, 1, 2}}, vexec.Split{ID: stdinSplit}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	out, err := drink(t, r, true)
	if err != nil {
		t.Fatal(err)
	}
	check(t, "rows", out.rows, lined([]string{"1|one", "2|t\nw\no", "3|three"}, 2, 4, 7))
}
