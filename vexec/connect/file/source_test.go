package file

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// outcome is what reading a table gave: rows as text, in order, and bad records.
type outcome struct {
	rows []string
	bad  []vexec.BadRow
}

func (o *outcome) badText() []string {
	var out []string
	for _, b := range o.bad {
		out = append(out, fmt.Sprintf("%s:%d@%d %s: %s", b.Split, b.Line, b.Offset, b.Column, b.Reason))
	}
	return out
}

// reading says how readTable reads.
type reading struct {
	limits  limits
	restart bool // close and open again behind every unit
	nullBad bool
	show    func([]ir.Value) string // how a row is printed; nil: rowText
}

var usual = reading{limits: limits{unit: 1 << 20, record: 64 << 20}}

// readTable reads all splits of the table, one decoder a split.
func readTable(t testing.TB, table *ir.Table, how reading) (*outcome, error) {
	t.Helper()
	src, err := connector{limits: how.limits}.Source(table)
	if err != nil {
		return nil, err
	}
	splits, err := src.Splits(context.Background())
	if err != nil {
		return nil, err
	}
	s := table.Physical()
	scan := &vexec.Scan{Table: table, Schema: s, TimeCol: -1, NullBad: how.nullBad}
	for i := range s.Cols {
		scan.Cols = append(scan.Cols, i)
	}
	out := &outcome{}
	for _, split := range splits {
		if err := readSplit(src, scan, split, how, out); err != nil {
			return out, err
		}
	}
	return out, nil
}

func readSplit(src vexec.Source, scan *vexec.Scan, split vexec.Split, how reading, out *outcome) error {
	ctx := context.Background()
	r, err := src.Open(ctx, scan, split, nil)
	if err != nil {
		return err
	}
	defer func() { r.Close() }()
	d, err := r.NewDecoder()
	if err != nil {
		return err
	}
	for {
		u, err := r.Claim(ctx)
		if err == io.EOF {
			return d.Close()
		}
		if err != nil {
			return err
		}
		if err := readUnit(d, u, how, out); err != nil {
			return err
		}
		if !how.restart {
			continue
		}
		at := r.Position()
		r.Close()
		if r, err = src.Open(ctx, scan, split, at); err != nil {
			return err
		}
		if d, err = r.NewDecoder(); err != nil {
			return err
		}
	}
}

func readUnit(d vexec.Decoder, u vexec.Unit, how reading, out *outcome) error {
	if _, err := d.Begin(context.Background(), u); err != nil {
		return err
	}
	var b vexec.Batch
	var bad vexec.BadRows
	for {
		err := d.Next(&b, &bad)
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		for i := range b.Live() {
			text := rowText(&b, i)
			if how.show != nil {
				text = how.show(b.Values(i))
			}
			out.rows = append(out.rows, text)
		}
	}
	out.bad = append(out.bad, bad.Rows...)
	return nil
}

func rowText(b *vexec.Batch, i int) string {
	var parts []string
	for c, v := range b.Values(i) {
		parts = append(parts, ir.FormatValue(v, b.Schema.Cols[c].Type))
	}
	return strings.Join(parts, "|")
}

func tableOf(dir, path string, cols ...ir.Column) *ir.Table {
	t := &ir.Table{Name: "t", Connector: "file", Dir: dir, Options: map[string]string{"path": path}}
	for _, c := range cols {
		t.Cols = append(t.Cols, ir.TableColumn{Column: c})
	}
	return t
}

var idName = []ir.Column{{Name: "id", Type: ir.TBigInt}, {Name: "name", Type: ir.TVarchar}}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

const awkward = "\xEF\xBB\xBF" + `{"id":1,"name":"one"}
{"name":"a string longer than a view","id":2}` + "\r\n" + `
   
{"id":3,"name":"esc\naped"} trailing
{"id":4,"name":"vi\u00e9r and some more text"}
not json
{"id":"5","name":5.50}
{"id":6.5,"name":"x"}
{ "id" : 7 , "name" : null }
{}
{"id":8,"name":{"a":[1,2]}}`

var awkwardRows = []string{
	"1|one", "2|a string longer than a view", "4|viér and some more text", "5|5.50", "7|NULL", "NULL|NULL", `8|{"a":[1,2]}`,
}

var awkwardBad = []string{
	"a.ndjson:5@77 : not a JSON object: there is more text behind the object (at byte 29 of the line)",
	"a.ndjson:7@161 : not a JSON object: the line does not begin with { (at byte 1 of the line)",
	"a.ndjson:9@193 id: '6.5' is not a whole number, as BIGINT asks",
}

// TestUnits reads an awkward file in units of every size, and with a restart behind
// each, and always finds the same rows and the same bad records.
func TestUnits(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.ndjson"), awkward)
	table := tableOf(dir, "a.ndjson", idName...)
	for unit := int64(1); unit <= int64(len(awkward))+1; unit++ {
		for _, restart := range []bool{false, true} {
			got, err := readTable(t, table, reading{limits: limits{unit: unit, record: 1 << 20}, restart: restart})
			if err != nil {
				t.Fatal(err)
			}
			check(t, fmt.Sprintf("rows at unit %d", unit), got.rows, awkwardRows)
			check(t, fmt.Sprintf("bad at unit %d", unit), got.badText(), awkwardBad)
		}
	}
}

func check(t testing.TB, what string, got, want []string) {
	t.Helper()
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Fatalf("%s:\n%s\nwant:\n%s", what, g, w)
	}
}
