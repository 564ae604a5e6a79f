package bind

import (
	"testing"

	"github.com/helios-stream/helios/ir"
)

// TestNarrowed holds that a literal takes the other side's type just where it has
// its value there.
func TestNarrowed(t *testing.T) {
	ts := func(p int) *ir.Type { return &ir.Type{Kind: ir.Timestamp, P: p} }
	for _, c := range []struct {
		v     ir.Value
		t     *ir.Type
		other *ir.Type
		want  string // the type it has then, and its text
	}{
		{int64(10), ir.TInteger, ir.TBigInt, "BIGINT 10"},
		{int64(10), ir.TInteger, ir.TTinyInt, "TINYINT 10"},
		{int64(200), ir.TInteger, ir.TTinyInt, "INTEGER 200"},
		{int64(1 << 40), ir.TBigInt, ir.TInteger, "BIGINT 1099511627776"},
		{int64(10), ir.TInteger, ir.TDecimal(10, 2), "DECIMAL(10, 2) 10.00"},
		{int64(-99), ir.TInteger, ir.TDecimal(4, 2), "DECIMAL(4, 2) -99.00"},
		{int64(100), ir.TInteger, ir.TDecimal(4, 2), "INTEGER 100"},
		{ir.DecFromInt64(5), ir.TDecimal(1, 1), ir.TDecimal(10, 2), "DECIMAL(10, 2) 0.50"},
		{ir.DecFromInt64(5), ir.TDecimal(3, 3), ir.TDecimal(10, 2), "DECIMAL(3, 3) 0.005"},
		{int64(10), ir.TInteger, ir.TDouble, "INTEGER 10"},
		{"x", ir.TVarchar, ir.TTimestamp, "VARCHAR 'x'"},
		{nil, ir.TNull, ir.TBigInt, "NULL NULL"},
		{int64(1_000_000), ts(6), ts(3), "TIMESTAMP(3) TIMESTAMP '1970-01-01 00:00:01'"},
		{int64(1), ts(6), ts(3), "TIMESTAMP TIMESTAMP '1970-01-01 00:00:00.000001'"},
		{int64(1000), ts(6), ts(0), "TIMESTAMP TIMESTAMP '1970-01-01 00:00:00.001000'"},
		{int64(0), ts(6), ts(9), "TIMESTAMP(9) TIMESTAMP '1970-01-01 00:00:00'"},
		{int64(253_402_214_400_000_000), ts(6), ts(9), "TIMESTAMP TIMESTAMP '9999-12-31 00:00:00'"},
	} {
		e := narrowed(&ir.Const{V: c.v, T: c.t}, c.other)
		if got := e.Type().String() + " " + e.String(); got != c.want {
			t.Errorf("%s against %s: %s", c.want, c.other, got)
		}
	}
	col := &ir.ColRef{Name: "x", T: ir.TInteger}
	if narrowed(col, ir.TBigInt) != ir.Expr(col) {
		t.Error("a column was narrowed")
	}
}

func TestOptionValue(t *testing.T) {
	for _, c := range []struct {
		typ  ir.OptionType
		v    string
		want string // canonical; "": refused
	}{
		{ir.OptionBool, "TRUE", "true"}, {ir.OptionBool, "1", ""},
		{ir.OptionInt, "0", "0"}, {ir.OptionInt, "-1", ""}, {ir.OptionInt, "1.5", ""}, {ir.OptionInt, "99999999999999999999", ""},
		{ir.OptionBytes, "64KB", "64KB"}, {ir.OptionBytes, "10 mib", "10 mib"}, {ir.OptionBytes, "4096", "4096"}, {ir.OptionBytes, "KB", ""}, {ir.OptionBytes, "5 s", ""},
		{ir.OptionDuration, "500ms", "500ms"}, {ir.OptionDuration, "1 min", "1 min"}, {ir.OptionDuration, "5", ""}, {ir.OptionDuration, "", ""},
		{ir.OptionEnum, "B", "b"}, {ir.OptionEnum, "c", ""},
		{ir.OptionPath, "a/b", "a/b"}, {ir.OptionPath, "", ""},
		{ir.OptionString, "anything", "anything"},
	} {
		got, err := optionValue(&ir.OptionSpec{Name: "o", Type: c.typ, Values: []string{"a", "b"}}, c.v)
		if (err == nil) != (c.want != "") || err == nil && got != c.want {
			t.Errorf("%s %q: %q, %v", c.typ, c.v, got, err)
		}
	}
}
