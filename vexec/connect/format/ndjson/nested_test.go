package ndjson

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

func rowOf(pairs ...any) *ir.Type {
	t := &ir.Type{Kind: ir.Row}
	for i := 0; i < len(pairs); i += 2 {
		t.Fields = append(t.Fields, ir.Field{Name: pairs[i].(string), Type: pairs[i+1].(*ir.Type)})
	}
	return t
}

func arrayOf(t *ir.Type) *ir.Type { return &ir.Type{Kind: ir.Array, Elem: t} }

func mapOf(k, v *ir.Type) *ir.Type { return &ir.Type{Kind: ir.Map, Key: k, Elem: v} }

// asked is what a scan asks for.
type asked struct {
	schema *ir.Schema
	paths  [][]string
}

var (
	userType = rowOf("id", ir.TBigInt, "name", ir.TVarchar, "address", rowOf("zip", ir.TVarchar, "no", ir.TInteger), "tags", arrayOf(ir.TVarchar))
	// deep has every kind of nesting; narrow takes fields of the same lines by their paths.
	deep = asked{schema: vtest.Schema("id", ir.TBigInt, "user", userType, "list", arrayOf(rowOf("a", ir.TBigInt, "b", arrayOf(ir.TDouble))),
		"m", mapOf(ir.TVarchar, ir.TBigInt), "mm", mapOf(ir.TVarchar, arrayOf(mapOf(ir.TBigInt, ir.TVarchar))), "raw", ir.TJSON)}
	narrow = asked{
		schema: vtest.Schema("user.id", ir.TBigInt, "zip", ir.TVarchar, "id", ir.TBigInt, "tags", arrayOf(ir.TVarchar), "mx", ir.TBigInt),
		paths:  [][]string{{"user", "id"}, {"user", "address", "zip"}, {"id"}, {"user", "tags"}, {"m", "x"}},
	}
	overlap = asked{
		schema: vtest.Schema("zip", ir.TVarchar, "user", userType, "no", ir.TInteger, "again", ir.TInteger),
		paths:  [][]string{{"user", "address", "zip"}, {"user"}, {"user", "address", "no"}, {"user", "address", "no"}},
	}
)

func (a asked) decoder(t testing.TB, o options) *Decoder {
	t.Helper()
	d, err := NewDecoder(&vexec.Scan{Schema: a.schema, Paths: a.paths, TimeCol: -1, NullBad: o.nullBad})
	if err != nil {
		t.Fatal(err)
	}
	d.strict = o.strict
	return d
}

// decodeDeep returns the rows as Go values' texts, with maps in the order of their
// keys, and the bad records.
func decodeDeep(t testing.TB, a asked, text string, o options) (rows, bad []string) {
	t.Helper()
	d := a.decoder(t, o)
	rounds := 1
	if o.warm {
		rounds = 2
	}
	var b vexec.Batch
	var br vexec.BadRows
	for range rounds {
		buf := append([]byte(text), make([]byte, Padding)...)
		d.Decode(buf, len(text), 0)
		br.Rows = nil
		if err := d.Next(&b, &br); err != nil {
			t.Fatal(err)
		}
		if err := d.Next(&b, &br); err != io.EOF {
			t.Fatal(err)
		}
	}
	if err := vtest.Check(&b); err != nil {
		t.Fatal(err)
	}
	for i := range b.Rows {
		rows = append(rows, valueText(b.Values(i)))
	}
	for _, r := range br.Rows {
		bad = append(bad, fmt.Sprintf("%d %s: %s", r.Offset, r.Column, r.Reason))
	}
	return rows, bad
}

func valueText(v ir.Value) string {
	switch x := v.(type) {
	case []ir.Value:
		parts := make([]string, len(x))
		for i := range x {
			parts[i] = valueText(x[i])
		}
		return "[" + strings.Join(parts, " ") + "]"
	case []ir.MapEntry:
		parts := make([]string, len(x))
		for i := range x {
			parts[i] = valueText(x[i].Key) + ":" + valueText(x[i].Val)
		}
		slices.Sort(parts)
		return "{" + strings.Join(parts, " ") + "}"
	case string:
		return fmt.Sprintf("%q", x)
	case float64:
		return ir.FormatDouble(x)
	case nil:
		return "NULL"
	}
	return fmt.Sprint(v)
}

// TestNested reads one value of a nested type.
func TestNested(t *testing.T) {
	f := func(typ *ir.Type, value, want string) {
		t.Helper()
		a := asked{schema: vtest.Schema("id", ir.TBigInt, "v", typ)}
		for _, o := range ways {
			rows, bad := decodeDeep(t, a, `{"id":1,"v":`+value+"}\n"+`{"id":2}`+"\n", o)
			got := strings.Join(append(bad, rows...), "; ")
			if len(bad) == 0 {
				got = strings.TrimSuffix(strings.TrimPrefix(got, "[1 "), "]; [2 NULL]")
			} else {
				got = strings.TrimSuffix(strings.TrimPrefix(got, "0 "), "; [2 NULL]")
			}
			if got != want {
				t.Errorf("%s %s (%+v): %s, want %s", typ, value, o, got, want)
			}
		}
	}
	ab := rowOf("a", ir.TBigInt, "b", ir.TVarchar)
	f(ab, `{"a":1,"b":"x"}`, `[1 "x"]`)
	f(ab, `{"b":"x","a":1}`, `[1 "x"]`)
	f(ab, `{ }`, `[NULL NULL]`)
	f(ab, `null`, `NULL`)
	f(ab, `{"c":[{}],"b":null}`, `[NULL NULL]`)
	f(ab, `{"a":1,"a":2}`, `[2 NULL]`)
	f(ab, `{"a":"x","a":"2"}`, `[2 NULL]`)
	f(ab, `{"a":1},"v":{"b":"y"}`, `[NULL "y"]`)
	f(ab, `{"a":1},"v":null`, `NULL`)
	f(ab, `{"a":"no"}`, `v.a: 'no' does not parse as BIGINT`)
	f(ab, `"a"`, `v: 'a' does not parse as ROW<a BIGINT, b VARCHAR>`)
	f(ab, `[1]`, `v: '[1]' does not parse as ROW<a BIGINT, b VARCHAR>`)
	f(ab, `{"b":{"x":[1,2]}}`, `[NULL "{\"x\":[1,2]}"]`)
	f(ab, `{"\u0061":7}`, `[7 NULL]`)
	f(arrayOf(ir.TBigInt), `[1,null,"3"]`, `[1 NULL 3]`)
	f(arrayOf(ir.TBigInt), `[ ]`, `[]`)
	f(arrayOf(ir.TBigInt), `[1,"x",2.5]`, `v[2]: 'x' does not parse as BIGINT`)
	f(arrayOf(ir.TBigInt), `1`, `v: '1' does not parse as ARRAY<BIGINT>`)
	f(arrayOf(ir.TBigInt), `{}`, `v: '{}' does not parse as ARRAY<BIGINT>`)
	f(arrayOf(ir.TBigInt), `[1,2],"v":[3]`, `[3]`)
	f(arrayOf(ir.TBigInt), `[1,]`, `: not a JSON object: no JSON value begins here (at byte 16 of the line)`)
	f(arrayOf(ir.TBigInt), `[1 2]`, `: not a JSON object: a comma or ] is missing behind a value (at byte 16 of the line)`)
	f(arrayOf(ir.TBoolean), `[true,false,null,"true"]`, `[true false NULL true]`)
	f(arrayOf(arrayOf(ir.TVarchar)), `[["a"],[],null,["b",null,"a string that is long"]]`, `[["a"] [] NULL ["b" NULL "a string that is long"]]`)
	f(arrayOf(ab), `[{"a":1},{"b":"x","b":"y"},null,{}]`, `[[1 NULL] [NULL "y"] NULL [NULL NULL]]`)
	f(arrayOf(ab), `[{"a":1},{"a":[]}]`, `v[2].a: '[]' does not parse as BIGINT`)
	f(mapOf(ir.TVarchar, ir.TBigInt), `{"x":1,"y":null,"z\n":"3"}`, `{"x":1 "y":NULL "z\n":3}`)
	f(mapOf(ir.TVarchar, ir.TBigInt), `{"x":1,"y":2,"x":3,"x":4}`, `{"x":4 "y":2}`)
	f(mapOf(ir.TVarchar, ir.TBigInt), `{"x":"bad","x":3}`, `{"x":3}`)
	f(mapOf(ir.TVarchar, ir.TBigInt), `{"x":3,"x":"bad"}`, `v["x"]: 'bad' does not parse as BIGINT`)
	f(mapOf(ir.TVarchar, arrayOf(ir.TBigInt)), `{"x":[1,2],"y":[3],"x":[4]}`, `{"x":[4] "y":[3]}`)
	f(mapOf(ir.TBigInt, ir.TBigInt), `{"1":1,"01":2}`, `{1:2}`)
	f(mapOf(ir.TBigInt, ir.TBigInt), `{"a":1}`, `v["a"]: 'a' does not parse as BIGINT`)
	f(mapOf(ir.TVarchar, ir.TBigInt), `[]`, `v: '[]' does not parse as MAP<VARCHAR, BIGINT>`)
	f(mapOf(ir.TVarchar, ab), `{"k":{"a":1},"l":{"a":"x"}}`, `v["l"].a: 'x' does not parse as BIGINT`)
	f(ir.TJSON, `{"a":[1, 2]}`, `"{\"a\":[1, 2]}"`)
	f(arrayOf(ir.TJSON), `[1,"a",{"x":[]},null]`, `["1" "\"a\"" "{\"x\":[]}" NULL]`)
	many := make([]string, 40)
	for i := range many {
		many[i] = fmt.Sprintf(`"k%d":%d`, i%25, i)
	}
	var keys []string
	for i := range 25 {
		v := i
		if i < 15 {
			v += 25
		}
		keys = append(keys, fmt.Sprintf(`"k%d":%d`, i, v))
	}
	slices.Sort(keys)
	f(mapOf(ir.TVarchar, ir.TBigInt), "{"+strings.Join(many, ",")+"}", "{"+strings.Join(keys, " ")+"}")
}

// TestNullAtDepth: with 'on.error'='null' the innermost value that does not parse is NULL.
func TestNullAtDepth(t *testing.T) {
	f := func(typ *ir.Type, value, want string) {
		t.Helper()
		for _, o := range ways {
			o.nullBad = true
			rows, bad := decodeDeep(t, asked{schema: vtest.Schema("v", typ)}, `{"v":`+value+"}\n", o)
			if got := strings.Join(append(bad, rows...), "; "); got != "["+want+"]" {
				t.Errorf("%s %s (%+v): %s, want %s", typ, value, o, got, want)
			}
		}
	}
	f(rowOf("a", ir.TBigInt, "b", ir.TBigInt), `{"a":"x","b":2}`, `[NULL 2]`)
	f(rowOf("a", ir.TBigInt), `5`, `NULL`)
	f(arrayOf(ir.TBigInt), `[1,"x",3]`, `[1 NULL 3]`)
	f(arrayOf(rowOf("a", ir.TBigInt, "b", ir.TBigInt)), `[{"a":1,"b":[]},7]`, `[[1 NULL] NULL]`)
	f(mapOf(ir.TVarchar, arrayOf(ir.TBigInt)), `{"x":["y",1],"z":2}`, `{"x":[NULL 1] "z":NULL}`)
	f(mapOf(ir.TBigInt, ir.TBigInt), `{"x":1}`, `NULL`)
}

// TestPathFaults: what stands on the way to a field must be an object or null.
func TestPathFaults(t *testing.T) {
	f := func(line, want string) {
		t.Helper()
		for _, o := range ways {
			rows, bad := decodeDeep(t, narrow, line+"\n", o)
			if got := strings.Join(append(bad, rows...), "; "); got != want {
				t.Errorf("%s (%+v): %s, want %s", line, o, got, want)
			}
		}
	}
	f(`{"user":{"id":1,"address":{"zip":"z","no":"not checked"}},"id":2}`, `[1 "z" 2 NULL NULL]`)
	f(`{"user":null,"m":{"x":4}}`, `[NULL NULL NULL NULL 4]`)
	f(`{"user":{"address":null,"id":"x"}}`, `0 user.id: 'x' does not parse as BIGINT`)
	f(`{"user":{"address":"a"}}`, `0 user.address: 'a' is not an object, but a field of it is asked for`)
	f(`{"user":[],"user":{"id":3}}`, `[3 NULL NULL NULL NULL]`)
	f(`{"user":{"id":3,"tags":["a"]},"user":{}}`, `[NULL NULL NULL NULL NULL]`)
	f(`{"user":{"tags":["a",{"b":1}]}}`, `[NULL NULL NULL ["a" "{\"b\":1}"] NULL]`)
	f(`{"user":{"id":1,}}`, `0 : not a JSON object: a key in quotes is missing (at byte 17 of the line)`)
}
