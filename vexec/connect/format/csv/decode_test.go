package csv

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

var usual = Dialect{Delim: ',', Quote: '"'}

func idName(types ...*ir.Type) *ir.Table {
	t := &ir.Table{Name: "t"}
	for i, typ := range types {
		t.Cols = append(t.Cols, ir.TableColumn{Column: ir.Column{Name: string(rune('a' + i)), Type: typ}})
	}
	return t
}

func decode(t testing.TB, table *ir.Table, text string, dialect Dialect, names []string, nullBad bool) (rows, bad []string) {
	t.Helper()
	scan := &vexec.Scan{Table: table, Schema: table.Physical(), TimeCol: -1, NullBad: nullBad}
	for i := range table.Cols {
		scan.Cols = append(scan.Cols, i)
	}
	d, err := NewDecoder(scan, dialect, names)
	if err != nil {
		t.Fatal(err)
	}
	d.Decode(append([]byte(text), make([]byte, Padding)...), len(text), 0)
	var b vexec.Batch
	var br vexec.BadRows
	if err := d.Next(&b, &br); err != nil {
		t.Fatal(err)
	}
	if err := d.Next(&b, &br); err != io.EOF {
		t.Fatalf("a second batch: %v", err)
	}
	for i := range b.Live() {
		var parts []string
		for c, v := range b.Values(i) {
			s := ir.FormatValue(v, b.Schema.Cols[c].Type)
			if _, isText := v.(string); isText {
				s = fmt.Sprintf("%q", s)
			}
			parts = append(parts, s)
		}
		rows = append(rows, strings.Join(parts, " "))
	}
	for _, r := range br.Rows {
		bad = append(bad, fmt.Sprintf("%d %s: %s (%s)", r.Offset, r.Column, r.Reason, r.Raw))
	}
	return rows, bad
}

// TestRecords gives records of the columns a BIGINT and b VARCHAR, by position.
func TestRecords(t *testing.T) {
	null := "NULL"
	empty := ""
	for _, c := range []struct {
		text    string
		dialect Dialect
		want    string
	}{
		{"", usual, ""},
		{"\n\r\n\n", usual, ""},
		{"1,x\n2,y", usual, `1 "x"; 2 "y"`},
		{"1,x\r\n2,y\r\n", usual, `1 "x"; 2 "y"`},
		{"\xEF\xBB\xBF1,x", usual, `1 "x"`},
		{"1,\n,x\n,\n", usual, `1 ""; NULL "x"; NULL ""`},
		{`1,""` + "\n" + `"",x`, usual, `1 ""; 5 a: '' does not parse as BIGINT ("",x)`},
		{`1,"a,b"` + "\n" + `2,"a` + "\n" + `b"` + "\n" + `3,"a ""b"" c, which is long"`, usual, `1 "a,b"; 2 "a\nb"; 3 "a \"b\" c, which is long"`},
		{`"1","x"` + "\r\n", usual, `1 "x"`},
		{" 1 , x ", usual, `1 " x "`},
		{"1,a\rb\n2,c\r", usual, `1 "a\rb"; 2 "c"`},
		{"1\n2,a,b\n3,c", usual, `3 "c"; 0 : the record has 1 field, but the mapping declares 2 (1); 2 : the record has 3 fields, but the mapping declares 2; a field with ',' in it must stand in " (2,a,b)`},
		{"1,a\"b\n2,x", usual, "2 \"x\"; 0 : a quote stands inside of a field that does not begin with one (1,a\"b)"},
		{"1,\"a\"b\n2,x", usual, "2 \"x\"; 0 : there is text behind a closing quote (1,\"a\"b)"},
		{"1,x\n2,\"a\n3,y\n", usual, "1 \"x\"; 3 \"y\"; 4 : a quote is not closed, or there is text behind its end (2,\"a)"},
		{"1,x\n2,\"", usual, "1 \"x\"; 4 : a quote is not closed, or there is text behind its end (2,\")"},
		{"1,\xff\n2,x", usual, "2 \"x\"; 0 b: '\\xff' is not valid UTF-8 (1,\xff)"},
		{"99999999999999999999,x", usual, "0 a: '99999999999999999999' is out of the range of BIGINT (99999999999999999999,x)"},
		{"1;'a''b'\n", Dialect{Delim: ';', Quote: '\''}, `1 "a'b"`},
		{"1\tx y\n", Dialect{Delim: '\t', Quote: '"'}, `1 "x y"`},
		{"NULL,NULL\n1,\"NULL\"\n2,\n", Dialect{Delim: ',', Quote: '"', Null: &null}, `NULL NULL; 1 "NULL"; 2 ""`},
		{"1,x\n2,\"a\n3,\"y\"\n4,z\n", usual, "1 \"x\"; 3 \"y\"; 4 \"z\"; 4 : a quote is not closed, or there is text behind its end (2,\"a)"},
		{"1,a\"b\n2,x", Dialect{Delim: ','}, `1 "a\"b"; 2 "x"`},
		{"1,\"a\n", Dialect{Delim: ','}, `1 "\"a"`},
		{"# one, \"two\n1,#x\n#\n2,y\n#3,z", Dialect{Delim: ',', Quote: '"', Comments: true}, `1 "#x"; 2 "y"`},
		{`1,"a\"b"` + "\n" + `2,a\,b\"` + "\n" + `3,"c\\"` + "\n" + `4,\"d\\` + "\n5,e\\\n6,f", Dialect{Delim: ',', Quote: '"', Escape: '\\'}, `1 "a\"b"; 2 "a,b\""; 3 "c\\"; 4 "\"d\\"; 5 "e\\"; 6 "f"`},
		{"1,\n2,\"\"\n", Dialect{Delim: ',', Quote: '"', Null: &empty}, `1 NULL; 2 ""`},
	} {
		rows, bad := decode(t, idName(ir.TBigInt, ir.TVarchar), c.text, c.dialect, nil, false)
		if got := strings.Join(append(rows, bad...), "; "); got != c.want {
			t.Errorf("%q:\n%s, want\n%s", c.text, got, c.want)
		}
	}
}

// TestTypes gives one field to one column.
func TestTypes(t *testing.T) {
	f := func(typ *ir.Type, field, want string) {
		t.Helper()
		rows, bad := decode(t, idName(typ, ir.TVarchar), field+",x\n", usual, nil, false)
		got := strings.TrimSuffix(strings.Join(rows, ";"), ` "x"`)
		if len(bad) > 0 {
			got = "bad"
		}
		if got != want {
			t.Errorf("%s %s: %s %s, want %s", typ, field, got, bad, want)
		}
	}
	f(ir.TBoolean, "True", "true")
	f(ir.TBoolean, "yes", "bad")
	f(ir.TInteger, "007", "7")
	f(ir.TInteger, "+5", "5")
	f(ir.TInteger, "5.0", "bad")
	f(ir.TInteger, "", "NULL")
	f(ir.TDouble, "1e2", "100.0")
	f(ir.TDouble, "Infinity", "Infinity")
	f(ir.TDecimal(5, 2), "-1.005", "-1.01")
	f(ir.TVarbinary, "aGk=", "x'6869'")
	f(ir.TVarbinary, "", "NULL")
	f(ir.TVarbinary, "?", "bad")
	f(ir.TJSON, `"{""a"":[1,2,3,4,5,6,7]}"`, `"{\"a\":[1,2,3,4,5,6,7]}"`)
	f(ir.TJSON, `"{""a"""`, "bad")
	f(ir.TDate, "2024-12-31", "2024-12-31")
	f(ir.TTime, "12:00:00", "12:00:00")
	f(ir.TTimestamp, "2024-12-31T23:59:59.5-01:00", "2025-01-01 00:59:59.500000")
	f(ir.TTimestamp, "1735689600000", "bad")
}

// TestOneColumn: a blank line is a record with one empty field.
func TestOneColumn(t *testing.T) {
	rows, bad := decode(t, idName(ir.TBigInt), "1\n\n3\n", usual, nil, false)
	if got := strings.Join(append(rows, bad...), ";"); got != "1;NULL;3" {
		t.Fatal(got)
	}
}

// TestHeader takes columns by name, in any order, and says what is wrong.
func TestHeader(t *testing.T) {
	names, err := usual.Header([]byte("\xEF\xBB\xBFz,b,\"a\"\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	rows, bad := decode(t, idName(ir.TBigInt, ir.TVarchar), "0,x,1\n0,y,2\n0,y\n", usual, names, false)
	if got := strings.Join(append(rows, bad...), ";"); got != `1 "x";2 "y";12 : the record has 2 fields, but the header has 3 (0,y)` {
		t.Fatal(got)
	}
	for head, want := range map[string]string{
		"a,\"b\n":   "a quote is not closed",
		"a,b\xff\n": "is not UTF-8",
	} {
		if _, err := usual.Header([]byte(head)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", head, err)
		}
	}
	scan := &vexec.Scan{Schema: idName(ir.TBigInt).Physical(), Cols: []int{0}, TimeCol: -1}
	if _, err := NewDecoder(scan, usual, []string{"x", "y"}); err == nil || err.Error() != `the header has no column "a"; it has x, y; if the file has no line of names, set 'csv.header'='false'` {
		t.Error(err)
	}
	for names, want := range map[string]string{
		"a,b,a": `the header names the column "a" twice`,
		"A,b":   `it has A, b; it has "A", and names are compared with case and blanks`,
		"a;b":   `it has a;b; if the file has no line of names, set 'csv.header'='false'; if fields are not divided by ',', set 'csv.field-delimiter'`,
	} {
		if _, err := NewDecoder(scan, usual, strings.Split(names, ",")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", names, err)
		}
	}
}

// TestNullBad: a field that does not parse is NULL where the scan asks for it.
func TestNullBad(t *testing.T) {
	rows, bad := decode(t, idName(ir.TBigInt, ir.TVarchar), "x,1\n2,y\n3\n", usual, nil, true)
	if got := strings.Join(append(rows, bad...), ";"); got != `NULL "1";2 "y";8 : the record has 1 field, but the mapping declares 2 (3)` {
		t.Fatal(got)
	}
}

// pieces cuts a text into blocks of whole records as a reader of n bytes at a time
// would, and decodes them one by one.
func pieces(t testing.TB, text string, n int, d Dialect) (rows, bad []string) {
	t.Helper()
	have, rest := 0, []byte(text)
	for len(rest) > 0 {
		have = min(len(rest), have+n)
		cut := d.Cut(rest[:have])
		if have == len(rest) && cut == 0 {
			cut = have
		}
		if cut == 0 {
			continue
		}
		r, b := decode(t, idName(ir.TBigInt, ir.TVarchar), string(rest[:cut]), d, nil, false)
		for i := range b {
			_, b[i], _ = strings.Cut(b[i], " ")
		}
		rows, bad = append(rows, r...), append(bad, b...)
		rest, have = rest[cut:], 0
	}
	return rows, bad
}

// TestNested reads JSON texts.
func TestNested(t *testing.T) {
	row := &ir.Type{Kind: ir.Row, Fields: []ir.Field{{Name: "x", Type: ir.TBigInt}, {Name: "y", Type: &ir.Type{Kind: ir.Array, Elem: ir.TVarchar}}}}
	list := &ir.Type{Kind: ir.Array, Elem: ir.TBigInt}
	text := `{} , [1]
"{""x"":1,""y"":[""a \""quoted\"", long text"",null]}","[1,
 2]"
,
"{""x"":1}", [ ]
"{""x"":""no""}",[]
"{""x"":1",[]
"{""y"":[""a
b""]}",[]
{},[1]x
"",[]
{},"[1,""b""]"
{},null
`
	rows, bad := decode(t, idName(row, list), text, usual, nil, false)
	want := []string{`{"x":null,"y":null} [1]`, `{"x":1,"y":["a \"quoted\", long text",null]} [1,2]`, `NULL NULL`, `{"x":1,"y":null} []`, `{"x":null,"y":null} NULL`,
		`93 a.x: 'no' does not parse as BIGINT ("{""x"":""no""}",[])`,
		`113 a: not JSON: the text ends inside of a value (at byte 7 of the field) ("{""x"":1",[])`,
		`127 a: not JSON: a control character stands inside of a string (at byte 9 of the field) ("{""y"":[""a` + "\n" + `b""]}",[])`,
		`150 b: not JSON: there is more text behind the value (at byte 4 of the field) ({},[1]x)`,
		`158 a: not JSON: the text ends inside of a value (at byte 1 of the field) ("",[])`,
		`164 b[2]: 'b' does not parse as BIGINT ({},"[1,""b""]")`}
	if got := append(rows, bad...); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	rows, bad = decode(t, idName(row, list), text, usual, nil, true)
	if len(bad) > 0 || len(rows) != 11 || rows[5] != "NULL []" || rows[9] != `{"x":null,"y":null} [1,null]` {
		t.Errorf("%q %q", rows, bad)
	}
}

// FuzzCSV: never a panic, and the same records wherever the text is cut.
func FuzzCSV(f *testing.F) {
	f.Add("1,x\n2,\"a\"\"b\nc\"\r\n3,\"\"\n")
	f.Add("1,\"a\"b\nc\"d,2\n\"\n")
	f.Add("\xEF\xBB\xBF1,\"x\"\n,\n\n\"1\",\"\r\n\"\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.TrimPrefix(text, "\xEF\xBB\xBF") // the reader takes it away
		if strings.Contains(text, "\xEF\xBB\xBF") {
			return
		}
		rows, bad := decode(t, idName(ir.TBigInt, ir.TVarchar), text, usual, nil, false)
		for i := range bad {
			_, bad[i], _ = strings.Cut(bad[i], " ")
		}
		for n := 1; n <= min(len(text), 40); n++ {
			r, b := pieces(t, text, n, usual)
			if strings.Join(r, "\n") != strings.Join(rows, "\n") || strings.Join(b, "\n") != strings.Join(bad, "\n") {
				t.Fatalf("%q cut at %d:\n%q %q, whole:\n%q %q", text, n, r, b, rows, bad)
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	for name, line := range map[string]string{
		"plain":  "%d,channel-%d,2026-01-01 00:00:00.123,some more text that nobody asks for\n",
		"quoted": "%d,\"channel, \"\"%d\"\"\",\"2026-01-01 00:00:00.123\",\"some more text that nobody asks for\"\n",
	} {
		var text strings.Builder
		for i := range 8000 {
			fmt.Fprintf(&text, line, i, i)
		}
		table := idName(ir.TBigInt, ir.TVarchar, ir.TTimestamp)
		scan := &vexec.Scan{Table: table, Schema: table.Physical(), TimeCol: 2}
		d, err := NewDecoder(scan, usual, []string{"a", "b", "c", "d"})
		if err != nil {
			b.Fatal(err)
		}
		buf := append([]byte(text.String()), make([]byte, Padding)...)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(text.Len()))
			for b.Loop() {
				d.Decode(buf, text.Len(), 1)
			}
		})
		b.Run(name+"/cut", func(b *testing.B) {
			b.SetBytes(int64(text.Len()))
			for b.Loop() {
				if usual.Cut(buf[:text.Len()]) != text.Len() {
					b.Fatal("cut")
				}
			}
		})
	}
}
