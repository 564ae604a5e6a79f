package ndjson

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// columns makes a schema of "name TYPE" texts; ! behind the type is NOT NULL.
func columns(defs ...string) *ir.Schema {
	s := &ir.Schema{}
	for _, d := range defs {
		name, typ, _ := strings.Cut(d, " ")
		typ, notNull := strings.CutSuffix(typ, "!")
		s.Cols = append(s.Cols, ir.Column{Name: name, Type: types[typ], NotNull: notNull})
	}
	return s
}

var types = map[string]*ir.Type{
	"BOOLEAN": ir.TBoolean, "TINYINT": ir.TTinyInt, "SMALLINT": ir.TSmallInt, "INTEGER": ir.TInteger, "BIGINT": ir.TBigInt,
	"REAL": ir.TReal, "DOUBLE": ir.TDouble, "DECIMAL": ir.TDecimal(10, 2), "VARCHAR": ir.TVarchar, "VARBINARY": ir.TVarbinary,
	"JSON": ir.TJSON, "DATE": ir.TDate, "TIME": ir.TTime, "TIMESTAMP": ir.TTimestamp,
	"TIMESTAMP3": {Kind: ir.Timestamp, P: 3}, "TIMESTAMP9": {Kind: ir.Timestamp, P: 9}, "TIMESTAMP0": {Kind: ir.Timestamp},
	"LTZ": ir.TTimestampLTZ,
}

type options struct {
	strict, nullBad bool
	warm            bool // decode once before, so that all layouts are known
}

// decode returns the rows and the bad records of a text.
func decode(t testing.TB, s *ir.Schema, text string, o options) (rows, bad []string) {
	t.Helper()
	d, err := NewDecoder(&vexec.Scan{Schema: s, TimeCol: -1, NullBad: o.nullBad})
	if err != nil {
		t.Fatal(err)
	}
	d.strict = o.strict
	if o.warm {
		decodeWith(t, d, text)
	}
	return decodeWith(t, d, text)
}

func decodeWith(t testing.TB, d *Decoder, text string) (rows, bad []string) {
	t.Helper()
	buf := append([]byte(text), make([]byte, Padding)...)
	d.Decode(buf, len(text), 0)
	var b vexec.Batch
	var br vexec.BadRows
	if err := d.Next(&b, &br); err != nil {
		t.Fatal(err)
	}
	if err := d.Next(&b, &br); err != io.EOF {
		t.Fatalf("a second batch: %v", err)
	}
	for i := range b.Live() {
		rows = append(rows, rowText(&b, i))
	}
	for _, r := range br.Rows {
		end := strings.IndexByte(text[r.Offset:]+"\n", '\n')
		if line := strings.TrimSuffix(text[r.Offset:][:end], "\r"); string(r.Raw) != line {
			t.Errorf("raw %q of the line %q", r.Raw, line)
		}
		bad = append(bad, fmt.Sprintf("%d %s: %s", r.Offset, r.Column, r.Reason))
	}
	return rows, bad
}

func rowText(b *vexec.Batch, i int) string {
	var parts []string
	for c, v := range b.Values(i) {
		text := ir.FormatValue(v, b.Schema.Cols[c].Type)
		if _, isText := v.(string); isText {
			text = fmt.Sprintf("%q", text)
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " ")
}

// ways are all ways to decode the same text to the same answer.
var ways = []options{{strict: true}, {}, {warm: true}}

// TestValues gives one value to a column of one type: what stands in the row, or
// the reason why the row is bad.
func TestValues(t *testing.T) {
	f := func(typ, value, want string) {
		t.Helper()
		for _, o := range ways {
			rows, bad := decode(t, columns("v "+typ), `{"v":`+value+`}`+"\n", o)
			got := strings.Join(append(rows, bad...), "; ")
			if len(bad) > 0 {
				_, got, _ = strings.Cut(got, " ")
			}
			if got != want {
				t.Errorf("%s %s (%+v): %s, want %s", typ, value, o, got, want)
			}
		}
	}
	f("BOOLEAN", `true`, `true`)
	f("BOOLEAN", `false`, `false`)
	f("BOOLEAN", `"TRUE"`, `true`)
	f("BOOLEAN", `1`, `v: '1' does not parse as BOOLEAN`)
	f("BOOLEAN", `null`, `NULL`)
	f("TINYINT", `-128`, `-128`)
	f("TINYINT", `128`, `v: '128' is out of the range of TINYINT`)
	f("SMALLINT", `32767`, `32767`)
	f("SMALLINT", `32768`, `v: '32768' is out of the range of SMALLINT`)
	f("INTEGER", `-2147483648`, `-2147483648`)
	f("INTEGER", `2147483648`, `v: '2147483648' is out of the range of INTEGER`)
	f("BIGINT", `0`, `0`)
	f("BIGINT", `-0`, `0`)
	f("BIGINT", `12345678`, `12345678`)
	f("BIGINT", `123456789`, `123456789`)
	f("BIGINT", `123456789012345`, `123456789012345`)
	f("BIGINT", `1234567890123456`, `1234567890123456`)
	f("BIGINT", `9223372036854775807`, `9223372036854775807`)
	f("BIGINT", `-9223372036854775808`, `-9223372036854775808`)
	f("BIGINT", `9223372036854775808`, `v: '9223372036854775808' is out of the range of BIGINT`)
	f("BIGINT", `1.0`, `v: '1.0' is not a whole number, as BIGINT asks`)
	f("BIGINT", `1e3`, `v: '1e3' is not a whole number, as BIGINT asks`)
	f("BIGINT", `"42"`, `42`)
	f("BIGINT", `"4x"`, `v: '4x' does not parse as BIGINT`)
	f("BIGINT", `true`, `v: 'true' does not parse as BIGINT`)
	f("BIGINT", `[1]`, `v: '[1]' does not parse as BIGINT`)
	f("BIGINT", `{}`, `v: '{}' does not parse as BIGINT`)
	f("DOUBLE", `1`, `1.0`)
	f("DOUBLE", `-1.5e-3`, `-0.0015`)
	f("DOUBLE", `0.1`, `0.1`)
	f("DOUBLE", `1.7976931348623157e308`, `1.7976931348623157e+308`)
	f("DOUBLE", `123456789.1234567`, `123456789.1234567`)
	f("DOUBLE", `12345678.1234567`, `12345678.1234567`)
	f("DOUBLE", `0.12345678`, `0.12345678`)
	f("DOUBLE", `1.5e2`, `150.0`)
	f("DOUBLE", `10.25`, `10.25`)
	f("DOUBLE", `1.`, `: not a JSON object: a digit is missing behind the point (at byte 8 of the line)`)
	f("DOUBLE", `00.5`, `: not a JSON object: a number must not begin with a zero and further digits (at byte 7 of the line)`)
	f("DOUBLE", `1e309`, `v: '1e309' is out of the range of DOUBLE`)
	f("DOUBLE", `"NaN"`, `NaN`)
	f("DOUBLE", `"-Infinity"`, `-Infinity`)
	f("DOUBLE", `"0x1p4"`, `v: '0x1p4' does not parse as DOUBLE`)
	f("REAL", `0.5`, `0.5`)
	f("REAL", `1e39`, `v: '1e39' is out of the range of REAL`)
	f("DECIMAL", `12.345`, `12.35`)
	f("DECIMAL", `-12.345`, `-12.35`)
	f("DECIMAL", `1e3`, `1000.00`)
	f("DECIMAL", `99999999.994`, `99999999.99`)
	f("DECIMAL", `99999999.995`, `v: '99999999.995' is out of the range of DECIMAL(10, 2)`)
	f("VARCHAR", `"abc"`, `"abc"`)
	f("VARCHAR", `""`, `""`)
	f("VARCHAR", `"123456789012"`, `"123456789012"`)
	f("VARCHAR", `"1234567890123"`, `"1234567890123"`)
	f("VARCHAR", `"a\"b\\c\/d\b\f\n\r\t"`, `"a\"b\\c/d\b\f\n\r\t"`)
	f("VARCHAR", `"\u0041\u00e9\u20ac\ud83d\ude00"`, `"Aé€😀"`)
	f("VARCHAR", `"Aé€😀, and what makes it long"`, `"Aé€😀, and what makes it long"`)
	f("VARCHAR", `"long and escaped \u0041"`, `"long and escaped A"`)
	f("VARCHAR", `1.50`, `"1.50"`)
	f("VARCHAR", `true`, `"true"`)
	f("VARCHAR", `null`, `NULL`)
	f("VARCHAR", `{"a": [1, "x"]}`, `"{\"a\": [1, \"x\"]}"`)
	f("VARBINARY", `"aGVsbG8="`, `x'68656C6C6F'`)
	f("VARBINARY", `"aGVsbG8gaGVsbG8gaGVsbG8="`, `x'68656C6C6F2068656C6C6F2068656C6C6F'`)
	f("VARBINARY", `"#"`, `v: '#' is not base64, as VARBINARY asks`)
	f("VARBINARY", `5`, `v: '5' does not parse as VARBINARY`)
	f("JSON", `"a\n"`, `"\"a\\n\""`)
	f("JSON", `{"a" : 1}`, `"{\"a\" : 1}"`)
	f("DATE", `"2024-02-29"`, `2024-02-29`)
	f("DATE", `"2023-02-29"`, `v: '2023-02-29' is out of the range of DATE`)
	f("DATE", `20000`, `v: '20000' does not parse as DATE`)
	f("TIME", `"23:59:59.123456"`, `23:59:59.123456`)
	f("TIME", `"24:00:00"`, `v: '24:00:00' is out of the range of TIME`)
	f("TIMESTAMP", `"2026-01-02 03:04:05.123456"`, `2026-01-02 03:04:05.123456`)
	f("TIMESTAMP", `"2026-01-02T03:04:05Z"`, `2026-01-02 03:04:05`)
	f("TIMESTAMP", `"2026-01-02T03:04:05.5+02:00"`, `2026-01-02 01:04:05.500000`)
	f("TIMESTAMP3", `"2026-01-02 03:04:05.123"`, `2026-01-02 03:04:05.123000`)
	f("TIMESTAMP3", `"2026-01-02 03:04:60.123"`, `v: '2026-01-02 03:04:60.123' is out of the range of TIMESTAMP(3)`)
	f("TIMESTAMP3", `"2026-01-02 03:04:05.12x"`, `v: '2026-01-02 03:04:05.12x' does not parse as TIMESTAMP(3)`)
	f("TIMESTAMP3", `"2026-01-02 03:04:05.123456"`, `2026-01-02 03:04:05.123000`)
	f("TIMESTAMP0", `"2026-01-02 03:04:05.999"`, `2026-01-02 03:04:05`)
	f("TIMESTAMP0", `-1`, `1969-12-31 23:59:59`)
	f("TIMESTAMP9", `"2026-01-02 03:04:05.123456789"`, `2026-01-02 03:04:05.123456789`)
	f("TIMESTAMP9", `"1600-01-02 03:04:05"`, `v: '1600-01-02 03:04:05' is out of the range of TIMESTAMP(9)`)
	f("TIMESTAMP", `1767323045123`, `2026-01-02 03:04:05.123000`)
	f("TIMESTAMP", `1.5`, `v: '1.5' is not a whole number, as TIMESTAMP asks`)
	f("LTZ", `"0000-01-02 03:04:05"`, `0000-01-02 03:04:05`)
	f("LTZ", `"000-01-02 03:04:05"`, `v: '000-01-02 03:04:05' does not parse as TIMESTAMP_LTZ`)
	f("BIGINT!", `null`, `v: the value is missing or NULL, but the column is NOT NULL`)
}

// TestLines gives whole lines to the columns id BIGINT and name VARCHAR.
func TestLines(t *testing.T) {
	f := func(line, want string) {
		t.Helper()
		for _, o := range ways {
			rows, bad := decode(t, columns("id BIGINT", "name VARCHAR"), line, o)
			got := strings.Join(append(rows, bad...), "; ")
			got = strings.ReplaceAll(got, "not a JSON object: ", "malformed: ")
			if got != want {
				t.Errorf("%q (%+v):\n%s, want\n%s", line, o, got, want)
			}
		}
	}
	f(``, ``)
	f("\n\n \t\r\n", ``)
	f(`{}`, `NULL NULL`)
	f(`{ }`, `NULL NULL`)
	f(`{"id":1,"name":"a"}`, `1 "a"`)
	f(`{"name":"a","id":1}`, `1 "a"`)
	f("\t{ \"id\" : 1 , \"name\" : \"a\" } \r\n", `1 "a"`)
	f("{\"id\":1}\r\n{\"id\":2}\n{\"id\":3}", `1 NULL; 2 NULL; 3 NULL`)
	f("\xEF\xBB\xBF{\"id\":1}", `1 NULL`)
	f(`{"\u0069d":1,"na\u006de":"x"}`, `1 "x"`)
	f(`{"id":1,"id":2}`, `2 NULL`)
	f(`{"id":"x","id":2}`, `2 NULL`)
	f(`{"id":null,"id":2}`, `2 NULL`)
	f(`{"id":2,"id":null}`, `NULL NULL`)
	f(`{"id":2,"id":"x"}`, `0 id: 'x' does not parse as BIGINT`)
	f(`{"x":1,"x":2,"id":1}`, `1 NULL`)
	f(`{"a":{"id":[1,{"id":2}],"b":{}},"id":1,"c":[],"d":[[]],"e":true,"f":null,"g":-1.5e+10}`, `1 NULL`)
	f(`{"id":1} x`, `0 : malformed: there is more text behind the object (at byte 10 of the line)`)
	f(`{"id":1}{"id":2}`, `0 : malformed: there is more text behind the object (at byte 9 of the line)`)
	f(`{"id":1,}`, `0 : malformed: a key in quotes is missing (at byte 9 of the line)`)
	f(`{"id":1 "name":2}`, `0 : malformed: a comma or } is missing behind a value (at byte 9 of the line)`)
	f(`{"id" 1}`, `0 : malformed: a colon is missing behind a key (at byte 7 of the line)`)
	f(`{"id":1`, `0 : malformed: the line ends inside of an object; each object must stand on one line (at byte 8 of the line)`)
	f(`{"id":`, `0 : malformed: the line ends inside of an object; each object must stand on one line (at byte 7 of the line)`)
	f(`{"id":01}`, `0 : malformed: a number must not begin with a zero and further digits (at byte 8 of the line)`)
	f(`{"x":01}`, `0 : malformed: a number must not begin with a zero and further digits (at byte 7 of the line)`)
	f(`{"x":-}`, `0 : malformed: a digit is missing (at byte 7 of the line)`)
	f(`{"x":1.}`, `0 : malformed: a digit is missing behind the point (at byte 8 of the line)`)
	f(`{"x":1e}`, `0 : malformed: a digit is missing in the exponent (at byte 8 of the line)`)
	f(`{"x":+1}`, `0 : malformed: no JSON value begins here (at byte 6 of the line)`)
	f(`{"x":nul}`, `0 : malformed: no JSON value begins here (at byte 6 of the line)`)
	f(`{"x":tru`, `0 : malformed: no JSON value begins here (at byte 6 of the line)`)
	f(`{"x":[1,]}`, `0 : malformed: no JSON value begins here (at byte 9 of the line)`)
	f(`{"x":[1 2]}`, `0 : malformed: a comma or ] is missing behind a value (at byte 9 of the line)`)
	f("{\"x\":\"a\tb\"}", `0 : malformed: a control character stands inside of a string (at byte 8 of the line)`)
	f("{\"x\":\"a\x7fb\"}", `NULL NULL`)
	f("{\"x\":\"a\x00b\"}", `0 : malformed: a control character stands inside of a string (at byte 8 of the line)`)
	f(`{"x":"a`, `0 : malformed: the line ends inside of a string (at byte 8 of the line)`)
	f(`{"x":"\x"}`, `0 : malformed: there is no such escape (at byte 7 of the line)`)
	f(`{"x":"\u12g4"}`, `0 : malformed: \u is not followed by four hexadecimal digits (at byte 7 of the line)`)
	f(`{"x":"\ud800"}`, `0 : malformed: half of a surrogate pair stands alone (at byte 7 of the line)`)
	f(`{"x":"\ude00\ud83d"}`, `0 : malformed: half of a surrogate pair stands alone (at byte 7 of the line)`)
	f(`{"x":"\ud83d\u0041"}`, `0 : malformed: half of a surrogate pair stands alone (at byte 7 of the line)`)
	f("{\"x\":\"\xff\"}", `0 : malformed: the bytes are not valid UTF-8 (at byte 7 of the line)`)
	f("{\"x\":\"\xc0\xaf\"}", `0 : malformed: the bytes are not valid UTF-8 (at byte 7 of the line)`)
	f("{\"x\":\"\xed\xa0\x80\"}", `0 : malformed: the bytes are not valid UTF-8 (at byte 7 of the line)`)
	f("{\"x\":\"\xf4\x90\x80\x80\"}", `0 : malformed: the bytes are not valid UTF-8 (at byte 7 of the line)`)
	f("{\"x\":\"\xe2\x82\"}", `0 : malformed: the bytes are not valid UTF-8 (at byte 7 of the line)`)
	f("{\"x\xff\":1}", `0 : malformed: the bytes are not valid UTF-8 (at byte 4 of the line)`)
	f(`[{"id":1}]`, `0 : malformed: the line begins with [ instead of {; to read a file that is one array, write its objects as lines first: jq -c '.[]' FILE (at byte 1 of the line)`)
	f(`"id"`, `0 : malformed: the line does not begin with { (at byte 1 of the line)`)
	f("{\"id\":1\n}", `0 : malformed: the line ends inside of an object; each object must stand on one line (at byte 8 of the line); 8 : malformed: the line does not begin with { (at byte 1 of the line)`)
	f("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", `0 : malformed: the line does not begin with { (at byte 1 of the line)`)
	deep := strings.Repeat("[", maxDepth-1) + strings.Repeat("]", maxDepth-1)
	f(`{"x":`+deep+`}`, `NULL NULL`)
	f(`{"x":[`+deep+`]}`, `0 : malformed: objects and arrays are nested more than 512 deep (at byte 517 of the line)`)
}

// TestPoison puts a bad line between good ones, at every place, and finds the good
// ones undisturbed.
func TestPoison(t *testing.T) {
	good := []string{
		`{"id":1,"name":"a"}`, `{"id":null,"name":"b"}`, `{"id":3}`, `{"name":"a string that is not inline","id":4}`,
		`{"id":5,"name":"esc\u0061ped and not inline"}`, `{"id":6,"name":null,"x":"y"}`,
	}
	want, _ := decode(t, columns("id BIGINT", "name VARCHAR"), strings.Join(good, "\n"), options{strict: true})
	for _, poison := range []string{
		`{"id":null,"name":null`, `{"id":null,"name":"x","id":"no"}`, `{"name":null,"id":"no"}`, `{"id":7,"name":"\ud800"}`, "\x00", `{`,
		`{"id":99999999999999999999,"name":"a"}`, `{"id":1,"name":"a"} {`,
	} {
		for at := range len(good) + 1 {
			text := strings.Join(append(append(append([]string{}, good[:at]...), poison), good[at:]...), "\n")
			for _, o := range ways {
				rows, bad := decode(t, columns("id BIGINT", "name VARCHAR"), text, o)
				if strings.Join(rows, "\n") != strings.Join(want, "\n") || len(bad) != 1 {
					t.Fatalf("%q at %d (%+v): %q, %q", poison, at, o, rows, bad)
				}
			}
		}
	}
}

// TestNullBad holds that 'on.error'='null' takes a field that does not parse as
// NULL, and nothing else.
func TestNullBad(t *testing.T) {
	text := "{\"id\":\"x\",\"k\":1}\n{\"id\":1,\"k\":\"x\"}\n{\"id\":1}\n{\"id\":2,\"k\":2\n{\"id\":3,\"k\":3}"
	for _, o := range ways {
		o.nullBad = true
		rows, bad := decode(t, columns("id BIGINT", "k BIGINT!"), text, o)
		if got := strings.Join(rows, ","); got != "NULL 1,3 3" {
			t.Errorf("rows %s", got)
		}
		if len(bad) != 3 {
			t.Errorf("bad %q", bad)
		}
	}
}

// TestManyColumns goes beyond what layouts hold.
func TestManyColumns(t *testing.T) {
	for _, n := range []int{63, 64, 65, 200} {
		var defs, fields, want []string
		for i := range n {
			defs = append(defs, fmt.Sprintf("c%d BIGINT", i))
			fields = append(fields, fmt.Sprintf(`"c%d":%d`, i, i))
			want = append(want, fmt.Sprint(i))
		}
		line := "{" + strings.Join(fields, ",") + "}\n"
		rows, bad := decode(t, columns(defs...), strings.Repeat(line, 3), options{})
		if len(rows) != 3 || len(bad) > 0 || rows[2] != strings.Join(want, " ") {
			t.Fatalf("%d columns: %q %q", n, rows, bad)
		}
	}
}

// TestBuckets: keys that begin alike are spread over the buckets all the same, so
// that looking one up takes few steps.
func TestBuckets(t *testing.T) {
	count := map[int]int{}
	for i := range 256 {
		b := append(fmt.Appendf(nil, `sensor_field_%03d":1`, i)[5:], make([]byte, Padding)...)
		count[hash(b, 0)]++
	}
	for h, n := range count {
		if n > 16 {
			t.Errorf("bucket %d has %d of 256 keys", h, n)
		}
	}
}

// TestGreatest is the event time of a unit.
func TestGreatest(t *testing.T) {
	f := func(typ, text string, want ir.Micros) {
		t.Helper()
		d, err := NewDecoder(&vexec.Scan{Schema: columns("t " + typ), TimeCol: 0})
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Decode(append([]byte(text), make([]byte, Padding)...), len(text), 0); got != want {
			t.Errorf("%s %s: %d, want %d", typ, text, got, want)
		}
	}
	f("TIMESTAMP", `{"t":3}`+"\n"+`{"t":5}`+"\n"+`{"t":4}`+"\n"+`{"t":"9"}`, 5000)
	f("TIMESTAMP", `{"t":null}`, ir.MinMicros)
	f("TIMESTAMP", ``, ir.MinMicros)
	f("TIMESTAMP", `{"t":null}`+"\n"+`{"t":-5}`, -5000)
	f("TIMESTAMP9", `{"t":"1969-12-31 23:59:59.999999999"}`, -1)
}

// TestRowsStay holds that a batch survives many rows: the columns grow.
func TestRowsStay(t *testing.T) {
	var text strings.Builder
	for i := range 20_000 {
		switch i % 3 {
		case 0:
			fmt.Fprintf(&text, "{\"id\":%d,\"name\":\"n%d\"}\n", i, i)
		case 1:
			fmt.Fprintf(&text, "{\"name\":\"the long name of n%d\",\"id\":%d}\n", i, i)
		default:
			fmt.Fprintf(&text, "{\"id\":null}\n")
		}
	}
	want, _ := decode(t, columns("id BIGINT", "name VARCHAR"), text.String(), options{strict: true})
	rows, _ := decode(t, columns("id BIGINT", "name VARCHAR"), text.String(), options{})
	if len(rows) != 20_000 || strings.Join(rows, "\n") != strings.Join(want, "\n") {
		t.Fatal("rows differ")
	}
	if rows[19_996] != `19996 "the long name of n19996"` || rows[19_997] != "NULL NULL" {
		t.Fatal(rows[19_996:19_998])
	}
}

// TestNoColumns counts rows that nobody asks anything of, and checks them all the same.
func TestNoColumns(t *testing.T) {
	for _, o := range ways {
		rows, bad := decode(t, columns(), "{\"a\":1}\n{\"a\":01}\n{\"a\":\"x\"}\n{}\n", o)
		if len(rows) != 3 || len(bad) != 1 {
			t.Fatalf("%q %q", rows, bad)
		}
	}
}

// TestRefused names what cannot be decoded.
func TestRefused(t *testing.T) {
	f := func(scan *vexec.Scan, want string) {
		t.Helper()
		scan.TimeCol = -1
		if _, err := NewDecoder(scan); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	f(&vexec.Scan{Schema: ir.NewSchema(ir.Column{Name: "a", Type: &ir.Type{Kind: ir.Map, Key: ir.TBoolean, Elem: ir.TBigInt}})},
		"column a: MAP<BOOLEAN, BIGINT> cannot be read from JSON")
	f(&vexec.Scan{Schema: ir.NewSchema(ir.Column{Name: "a", Type: ir.TBigInt}, ir.Column{Name: "b", Type: ir.TBigInt}),
		Paths: [][]string{{"a"}, {"a", "b"}}}, "a has no field b")
	f(&vexec.Scan{Schema: ir.NewSchema(ir.Column{Name: "a", Type: ir.TBigInt}, ir.Column{Name: "a", Type: ir.TDouble})},
		"the field a is asked for as BIGINT and as DOUBLE")
}
