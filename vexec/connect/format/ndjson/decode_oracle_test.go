package ndjson

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/helios-stream/helios/ir"
)

// oracleSchema is what the differential tests ask for.
var oracleSchema = columns("id BIGINT", "name VARCHAR", "small TINYINT", "price DOUBLE", "t TIMESTAMP3", "amount DECIMAL", "ok BOOLEAN!")

// oracle says by encoding/json what the line is: blank, an object with the fields
// of oracleSchema, or nothing.
func oracle(line []byte) (fields map[string]json.RawMessage, blank, ok bool) {
	if len(bytes.Trim(line, " \t\r")) == 0 {
		return nil, true, true
	}
	if !utf8.Valid(line) || !json.Valid(line) || halfPair(line) || depth(line) > maxDepth {
		return nil, false, false
	}
	if err := json.Unmarshal(line, &fields); err != nil || fields == nil {
		return nil, false, false
	}
	return fields, false, true
}

// halfPair reports whether valid JSON has half of a surrogate pair, which
// encoding/json replaces and the decoder refuses.
func halfPair(line []byte) bool {
	for i := 0; i < len(line); i++ {
		if line[i] != '\\' {
			continue
		}
		if i++; line[i] != 'u' {
			continue
		}
		r, _ := strconv.ParseUint(string(line[i+1:i+5]), 16, 32)
		i += 4
		if r < 0xD800 || r >= 0xE000 {
			continue
		}
		if r >= 0xDC00 || i+6 >= len(line) || line[i+1] != '\\' || line[i+2] != 'u' {
			return true
		}
		if lo, _ := strconv.ParseUint(string(line[i+3:i+7]), 16, 32); lo < 0xDC00 || lo >= 0xE000 {
			return true
		}
		i += 6
	}
	return false
}

func depth(line []byte) int {
	most, now, in := 0, 0, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case in && c == '\\':
			i++
		case c == '"':
			in = !in
		case in:
		case c == '{' || c == '[':
			now++
			most = max(most, now)
		case c == '}' || c == ']':
			now--
		}
	}
	return most
}

// idAndName says what the columns id and name should be, as rowText prints them;
// bad where id is no BIGINT.
func idAndName(fields map[string]json.RawMessage) (id, name string, bad bool) {
	id, name = "NULL", "NULL"
	if raw, ok := fields["id"]; ok && string(raw) != "null" {
		text := string(raw)
		if raw[0] == '"' {
			json.Unmarshal(raw, &text)
		}
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return "", "", true
		}
		id = fmt.Sprint(n)
	}
	if raw, ok := fields["name"]; ok && string(raw) != "null" {
		text := string(raw)
		if raw[0] == '"' {
			json.Unmarshal(raw, &text)
		}
		name = fmt.Sprintf("%q", text)
	}
	return id, name, false
}

// sameAsOracle checks a text against encoding/json, and all ways against each other.
func sameAsOracle(t *testing.T, text string) {
	t.Helper()
	two := columns("id BIGINT", "name VARCHAR")
	rows, bad := decode(t, two, text, options{strict: true})
	r, b := 0, 0
	for _, line := range strings.Split(strings.TrimPrefix(text, "\xEF\xBB\xBF"), "\n") {
		fields, blank, ok := oracle([]byte(line))
		if blank {
			continue
		}
		id, name, noID := idAndName(fields)
		if !ok || noID {
			b++
			continue
		}
		if r >= len(rows) || rows[r] != id+" "+name {
			t.Fatalf("line %q: row %d of %q, want %s %s", line, r, rows, id, name)
		}
		r++
	}
	if r != len(rows) || b != len(bad) {
		t.Fatalf("%q: %d rows and %d bad, want %d and %d: %q", text, len(rows), len(bad), r, b, bad)
	}
	for _, s := range []*ir.Schema{two, oracleSchema} {
		for _, nullBad := range []bool{false, true} {
			want, wantBad := decode(t, s, text, options{strict: true, nullBad: nullBad})
			for _, o := range []options{{nullBad: nullBad}, {nullBad: nullBad, warm: true}} {
				rows, bad := decode(t, s, text, o)
				if strings.Join(rows, "\n") != strings.Join(want, "\n") || strings.Join(bad, "\n") != strings.Join(wantBad, "\n") {
					t.Fatalf("%q (%+v):\n%q %q, strict:\n%q %q", text, o, rows, bad, want, wantBad)
				}
			}
		}
	}
}

// TestDifferential compares random lines, good ones and damaged ones.
func TestDifferential(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 600 {
		sameAsOracle(t, randomText(r))
	}
}

func randomText(r *rand.Rand) string {
	var b strings.Builder
	sep, colon := ",", ":"
	if r.IntN(3) == 0 {
		sep, colon = ", ", ": "
	}
	keys := []string{"id", "name", "small", "price", "t", "amount", "ok", "x", "nested", "i\\u0064", "a long key that is not wanted"}
	for range r.IntN(12) {
		if r.IntN(3) == 0 {
			r.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
		}
		var fields []string
		for _, k := range keys[:r.IntN(len(keys)+1)] {
			fields = append(fields, `"`+k+`"`+colon+randomValue(r, k, 0))
			if r.IntN(30) == 0 {
				fields = append(fields, `"`+k+`"`+colon+randomValue(r, k, 0))
			}
		}
		line := []byte("{" + strings.Join(fields, sep) + "}")
		if r.IntN(5) == 0 {
			const damage = "\"\\{}[]:,\x00\xff 0eE-.u"
			line[r.IntN(len(line))] = damage[r.IntN(len(damage))]
		}
		b.Write(line)
		b.WriteString([]string{"\n", "\n", "\n", "\r\n", "\n\n", " \n"}[r.IntN(6)])
	}
	return b.String()
}

func randomValue(r *rand.Rand, key string, depth int) string {
	number := func() string { return strconv.FormatUint(r.Uint64()>>r.IntN(64), 10) }
	usual := map[string]func() string{
		"id":     number,
		"small":  func() string { return fmt.Sprint(r.IntN(300) - 150) },
		"price":  func() string { return number() + "." + number() },
		"amount": func() string { return fmt.Sprint(r.IntN(1000)) + "." + fmt.Sprint(r.IntN(1000)) },
		"ok":     func() string { return strconv.FormatBool(r.IntN(2) == 0) },
		"t": func() string {
			return fmt.Sprintf(`"2026-01-01 00:0%d:%02d.%03d"`, r.IntN(3), r.IntN(62), r.IntN(1000))
		},
	}
	if f := usual[key]; f != nil && r.IntN(6) > 0 {
		return f()
	}
	switch r.IntN(14) {
	case 0:
		return "null"
	case 1:
		return "true"
	case 2:
		return "-" + number()
	case 3:
		return number() + "e-" + fmt.Sprint(r.IntN(400))
	case 4, 5:
		return number()
	case 6:
		return `"` + number() + `"`
	case 7:
		return `"2026-01-01T00:00:00Z"`
	case 8:
		if depth < 4 {
			return "[" + randomValue(r, "x", depth+1) + "," + randomValue(r, "x", depth+1) + "]"
		}
	case 9:
		if depth < 4 {
			return `{"id":` + randomValue(r, "id", depth+1) + `, "x":` + randomValue(r, "x", depth+1) + "}"
		}
	case 10:
		return `"\u00e9\ud83d\ude00\n\""`
	}
	alphabet := []string{"a", "b", "Z", "0", " ", "é", "日", "😀", `\n`, `\\`, `\"`, `\u0041`, "\x7f"}
	var b strings.Builder
	for range r.IntN(40) {
		i := 0
		if r.IntN(8) == 0 {
			i = r.IntN(len(alphabet))
		}
		b.WriteString(alphabet[i])
	}
	return `"` + b.String() + `"`
}

// FuzzNDJSON: never a panic, every line is a row, a bad record or blank, and all
// ways agree with each other and with encoding/json.
func FuzzNDJSON(f *testing.F) {
	f.Add(`{"id":1,"name":"a"}` + "\n" + `{"id":2,"name":"b"}`)
	f.Add(`{"ok":true,"t":"2026-01-01 00:00:00.123","id":12345678901,"small":-5,"price":1.5,"amount":1.25}` + "\n" + `{"ok":false}`)
	f.Add("\xEF\xBB\xBF{ \"id\" : \"7\" , \"name\" : [1,{\"a\":null}] }\r\n\r\n{\"name\":\"\\ud83d\\ude00\"}")
	f.Add(`{"id":1,"id":2}{` + "\n" + `{"name":"\ud800"}` + "\n\xff\x00")
	f.Fuzz(func(t *testing.T, text string) { sameAsOracle(t, text) })
}
