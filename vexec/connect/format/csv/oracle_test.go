package csv

import (
	stdcsv "encoding/csv"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/helios-stream/helios/ir"
)

// sameAsStandard compares with encoding/csv, which knows the same dialect but for the
// byte order mark and line ends inside of quotes, which it makes \n. What it refuses
// must have a bad record here too.
func sameAsStandard(t *testing.T, text string) {
	t.Helper()
	text = strings.TrimPrefix(text, "\xEF\xBB\xBF")
	if !utf8.ValidString(text) || strings.HasPrefix(text, "\xEF\xBB\xBF") {
		return
	}
	rows, bad := decode(t, idName(ir.TVarchar, ir.TVarchar), text, usual, nil, false)
	r := stdcsv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	records, err := r.ReadAll()
	if err != nil {
		if len(bad) == 0 {
			t.Fatalf("%q: %q, but encoding/csv says %v", text, rows, err)
		}
		return
	}
	var want []string
	ragged := 0
	for _, rec := range records {
		if len(rec) == 2 {
			want = append(want, fmt.Sprintf("%q %q", rec[0], rec[1]))
		} else {
			ragged++
		}
	}
	for i := range rows {
		rows[i] = strings.ReplaceAll(rows[i], `\r\n`, `\n`)
	}
	if strings.Join(rows, "\n") != strings.Join(want, "\n") || len(bad) != ragged {
		t.Fatalf("%q:\n%q and %q, encoding/csv:\n%q and %d bad", text, rows, bad, want, ragged)
	}
}

// FuzzStandard compares with encoding/csv.
func FuzzStandard(f *testing.F) {
	for _, s := range []string{"a,b\nc,d", "\"a\",\"b\"\"c\"\r\n\r\n,\n", "a\n\"x\ny\",z\n", "a\rb,c\r\n", "\"\",\n\"\"\n", "a,b\"c\n", "\"a\"b,c\n", "\"a,b\nc,d\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) { sameAsStandard(t, text) })
}

// FuzzDialects: never a panic in any dialect, the same records wherever the text is
// cut, and every line accounted for.
func FuzzDialects(f *testing.F) {
	f.Add("# c\n1;'x\\'y'\n2;a\\;b\n", byte(';'), byte('\''), byte('\\'), true)
	f.Add("1,\"a\n2,b\n", byte(','), byte('"'), byte(0), false)
	f.Add("1\t\"\n", byte('\t'), byte(0), byte('"'), true)
	f.Fuzz(func(t *testing.T, text string, delim, quote, escape byte, comments bool) {
		chars := []byte{delim, quote, escape}
		for i, c := range chars {
			if c >= utf8.RuneSelf || c == '\n' || c == '\r' || i == 0 && c == 0 || comments && c == '#' {
				return
			}
			for _, d := range chars[:i] {
				if c == d && c != 0 {
					return
				}
			}
		}
		text = strings.TrimPrefix(text, "\xEF\xBB\xBF")
		if strings.Contains(text, "\xEF\xBB\xBF") {
			return
		}
		d := Dialect{Delim: delim, Quote: quote, Escape: escape, Comments: comments}
		rows, bad := decode(t, idName(ir.TBigInt, ir.TVarchar), text, d, nil, false)
		for n := 1; n <= min(len(text), 20); n++ {
			r, b := pieces(t, text, n, d)
			for i := range bad {
				if len(b) != len(bad) || b[i] != bad[i][strings.IndexByte(bad[i], ' ')+1:] {
					t.Fatalf("%q cut at %d: %q, whole: %q", text, n, b, bad)
				}
			}
			if strings.Join(r, "\n") != strings.Join(rows, "\n") {
				t.Fatalf("%q cut at %d: %q, whole: %q", text, n, r, rows)
			}
		}
	})
}
