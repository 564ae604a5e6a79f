package file

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// TestRefused gives tables that cannot be read.
func TestRefused(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.ndjson"), "{}\n")
	write(t, filepath.Join(dir, "a.csv"), "x,y\n1,2\n")
	write(t, filepath.Join(dir, "bad.ndjson.gz"), "this is not gzip")
	write(t, filepath.Join(dir, "bad.csv.zst"), "this is not zstd")
	f := func(path, option, value, want string) {
		t.Helper()
		table := tableOf(dir, path, idName...)
		if option != "" {
			table.Options[option] = value
		}
		err := New().Check(table, false)
		if err == nil {
			_, err = readTable(t, table, usual)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", path, err, want)
		}
	}
	f("", "", "", "'path' is missing")
	f("a.ndjson", "bounded", "true", "option 'bounded' is for standard input ('path'='-'); files end anyway")
	f("a.ndjson", "format", "xml", "'format'='xml' is none of json")
	f("a.csv", "csv.quote", "ab", "'csv.quote'='ab' must be one ASCII character")
	f("a.csv", "csv.field-delimiter", `"`, "are the same character")
	f("a.csv", "", "", `a.csv: the header has no column "id"; it has x, y`)
	f("bad.ndjson.gz", "", "", "bad.ndjson.gz cannot be decompressed (gzip: invalid header); if it is not compressed so, rename it")
	f("bad.csv.zst", "", "", "bad.csv.zst cannot be decompressed (invalid input: magic number mismatch); if")

	f("a.csv", "csv.escape-character", `"`, "'csv.escape-character' is the quote or the delimiter")
	array := ir.Column{Name: "a", Type: &ir.Type{Kind: ir.Array, Elem: ir.TNull}}
	for _, path := range []string{"a.ndjson", "a.csv"} {
		if err := New().Check(tableOf(dir, path, array), false); err == nil || !strings.Contains(err.Error(), "column a: ARRAY<NULL> cannot be read from") {
			t.Error(err)
		}
	}
}

// TestPositions refuses what this connector did not make, and what lies behind the end.
func TestPositions(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.ndjson"), "{}\n")
	write(t, filepath.Join(dir, "a.ndjson.gz"), pack(t, ".gz", "{}\n"))
	for _, c := range []struct{ name, at, want string }{
		{"a.ndjson", "x", "is no byte offset"},
		{"a.ndjson", "-1", "is no byte offset"},
		{"a.ndjson", "4", "has 3 bytes, but reading is to go on at byte 4"},
		{"a.ndjson.gz", "4", "holds 3 bytes, but reading is to go on at byte 4"},
	} {
		table := tableOf(dir, c.name, idName...)
		src, err := New().Source(table)
		if err != nil {
			t.Fatal(err)
		}
		scan := &vexec.Scan{Table: table, Schema: table.Physical(), Cols: []int{0, 1}, TimeCol: -1}
		_, err = src.Open(context.Background(), scan, vexec.Split{ID: c.name}, vexec.Position(c.at))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s at %s: %v", c.name, c.at, err)
		}
	}
}
