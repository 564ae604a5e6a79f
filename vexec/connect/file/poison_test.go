package file

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
)

// poison is a bad record and what is said of it.
type poison struct{ text, column, reason string }

var poisonNDJSON = []poison{
	{`{"id":1,"name":"cut`, "", "not a JSON object: the line ends inside of a string"},
	{`{"id":1,"r":{"x":1,`, "", "not a JSON object: the line ends inside of an object"},
	{"{\"id\":1,\"name\":\"\xff\xfe\"}", "", "the bytes are not valid UTF-8"},
	{"{\"id\":1,\"name\":\"\xe6\x97", "", "the bytes are not valid UTF-8"},
	{"{\"id\":1,\"name\":\"\x00\"}", "", "a control character stands inside of a string"},
	{"\x00\x00\x00", "", "the line does not begin with {"},
	{`{"id":"one"}`, "id", "'one' does not parse as BIGINT"},
	{`{"id":99999999999999999999999999999}`, "id", "is out of the range of BIGINT"},
	{`{"id":1e999}`, "id", "'1e999' is not a whole number"},
	{`{"r":{"x":[1]}}`, "r.x", "'[1]' does not parse as BIGINT"},
	{`{"r":{"l":[7,{"y":1}]}}`, "r.l[2]", `'{"y":1}' does not parse as BIGINT`},
	{`{"id":1}{"id":2}`, "", "there is more text behind the object"},
	{`{"id":1 "name":2}`, "", "a comma or } is missing behind a value"},
	{`[{"id":1}]`, "", "the line begins with [ instead of {"},
	{`{"x":` + strings.Repeat("[", 600) + `}`, "", "nested more than 512 deep"},
	{`{"id":1,"name":"` + strings.Repeat("long ", 400) + `"}`, "", "the record is longer than 1000 bytes"},
}

var poisonCSV = []poison{
	{"1,\"cut", "", "a quote is not closed"},
	{"1,\"a\"b,", "", "there is text behind a closing quote"},
	{"1,a\"b,", "", "a quote stands inside of a field"},
	{"1,\xff\xfe,", "name", "is not valid UTF-8"},
	{"\x00,\x00,", "id", `'\x00' does not parse as BIGINT`},
	{"one,x,", "id", "'one' does not parse as BIGINT"},
	{"99999999999999999999,x,", "id", "is out of the range of BIGINT"},
	{"1,x", "", "the record has 2 fields, but the header has 3"},
	{"1,x,,", "", "the record has 4 fields, but the header has 3"},
	{`1,x,"{""x"":[1]}"`, "r.x", "'[1]' does not parse as BIGINT"},
	{`1,x,"{""l"":[1}"`, "r", "not JSON: a comma or ] is missing behind a value"},
}

var poisonColumns = []ir.Column{{Name: "id", Type: ir.TBigInt}, {Name: "name", Type: ir.TVarchar},
	{Name: "r", Type: &ir.Type{Kind: ir.Row, Fields: []ir.Field{{Name: "x", Type: ir.TBigInt}, {Name: "l", Type: &ir.Type{Kind: ir.Array, Elem: ir.TBigInt}}}}}}

// goodRecord is a record of its number, of varying length and layout.
func goodRecord(csv bool, i int, r *rand.Rand) (record, row string) {
	name := fmt.Sprintf("n%d", i) + strings.Repeat("x", r.IntN(30))
	nested := fmt.Sprintf(`{"x":%d,"l":[%d,%d]}`, i, i, -i)
	if csv {
		shown := name
		if i%3 == 0 {
			name, shown = `"`+name+"\n\"\"\"", name+"\n\""
		}
		return fmt.Sprintf(`%d,%s,"{""x"":%d,""l"":[%d,%d]}"`, i, name, i, i, -i), fmt.Sprintf("%d|%s|%s", i, shown, nested)
	}
	line := fmt.Sprintf(`{"id":%d,"name":"%s","r":{"x":%d,"l":[%d,%d]}}`, i, name, i, i, -i)
	if i%3 == 0 {
		line = fmt.Sprintf(`{"r":{"l":[%d,%d],"x":%d}, "name":"%s", "id":%d}`, i, -i, i, name, i)
	}
	return line, fmt.Sprintf("%d|%s|%s", i, name, nested)
}

// TestPoison plants bad records between good ones, at all places relative to the
// bounds of units: exactly the good rows come, and of each bad record its line, its
// offset, its field, the reason and its bytes.
func TestPoison(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for _, name := range []string{"a.ndjson", "a.csv", "a.ndjson.gz", "a.csv.zst"} {
		csv := strings.Contains(name, "csv")
		poisons := poisonNDJSON
		if csv {
			poisons = poisonCSV
		}
		for round := range 8 {
			var text strings.Builder
			if csv {
				text.WriteString("id,name,r\n")
			}
			var rows []string
			type place struct {
				poison
				line   int
				offset int
			}
			var bad []place
			for i := range 60 {
				if r.IntN(3) == 0 {
					p := poisons[(i+round*7)%len(poisons)]
					bad = append(bad, place{p, strings.Count(text.String(), "\n") + 1, text.Len()})
					text.WriteString(p.text + "\n")
				}
				record, row := goodRecord(csv, i, r)
				text.WriteString(record + "\n")
				rows = append(rows, row)
			}
			dir := t.TempDir()
			packed := text.String()
			if _, codec := ending(name); codec != "" {
				packed = pack(t, filepath.Ext(name), packed)
			}
			write(t, filepath.Join(dir, name), packed)
			for _, unit := range []int64{1, 13, 64, 257, int64(100 + r.IntN(900)), 1 << 20} {
				if unit > 1000 && strings.Contains(text.String(), "long long") {
					continue // only what does not fit into a unit is measured
				}
				where := fmt.Sprintf("%s, round %d, unit %d", name, round, unit)
				how := reading{limits: limits{unit: unit, record: 1000}, restart: round%2 == 0 && unit > 13}
				out, err := readTable(t, tableOf(dir, name, poisonColumns...), how)
				if err != nil {
					t.Fatalf("%s: %v", where, err)
				}
				if got := strings.Join(out.rows, "\n"); got != strings.Join(rows, "\n") {
					t.Fatalf("%s: rows\n%s, want\n%s\nof\n%s", where, got, strings.Join(rows, "\n"), text.String())
				}
				if len(out.bad) != len(bad) {
					t.Fatalf("%s: %d bad records, want %d: %q", where, len(out.bad), len(bad), out.badText())
				}
				for i, want := range bad {
					b := out.bad[i]
					if b.Split != name || int(b.Line) != want.line || int(b.Offset) != want.offset || b.Column != want.column || !strings.Contains(b.Reason, want.reason) {
						t.Errorf("%s: %s:%d@%d %s: %s, want %d@%d %s: %s", where, b.Split, b.Line, b.Offset, b.Column, b.Reason, want.line, want.offset, want.column, want.reason)
					}
					if !strings.HasPrefix(want.text, string(b.Raw)) || len(b.Raw) < min(len(want.text), 1000) {
						t.Errorf("%s: raw %q, want %q", where, b.Raw, want.text)
					}
				}
			}
		}
	}
}
