package expr

import (
	"math/rand/v2"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// A text that is used again is that of its time, for every pattern and unit, before 1970 too.
func TestFormattedAgain(t *testing.T) {
	patterns := []string{"yyyy-MM-dd", "HH:mm", "yyyy-MM-dd HH", "h a", "K", "k", "mm:ss", "ss.SSS", "n", "E D Q", "'day'", "'in' yyyy-MM-dd HH:mm:ss", "HH:mm:ss"}
	for _, typ := range []*ir.Type{ir.TTimestamp, {Kind: ir.Timestamp, P: 9}} {
		in := vtest.Schema("ts", typ, "pattern", ir.TVarchar)
		units := unitsOf(typ)
		for n, pattern := range patterns {
			f, err := kernels.CompileTimeFormat(pattern)
			if err != nil {
				t.Fatal(err)
			}
			rows := nearTimes(rand.New(rand.NewPCG(uint64(units), uint64(n))), units, pattern)
			for name, by := range map[string]any{"constant": pattern, "column": &ir.ColRef{Index: 1, T: ir.TVarchar}} {
				p, err := Compile([]ir.Expr{fn(t, "DATE_FORMAT", &ir.ColRef{T: typ}, by)}, in)
				if err != nil {
					t.Fatal(err)
				}
				var errs Errors
				out := make([]vexec.Vec, 1)
				for from := 0; from < len(rows); from += 500 {
					if err := p.Eval(vtest.Batch(in, rows[from:from+500]...), out, &errs); err != nil || errs.Len() > 0 {
						t.Fatal(err, errs)
					}
					for i, r := range rows[from : from+500] {
						if r[0] == nil {
							if !out[0].Null(i) {
								t.Fatalf("%s, %s: row %d is not NULL", pattern, name, i)
							}
							continue
						}
						if got, want := string(out[0].Bytes(i)), string(f.Append(nil, r[0].(int64), units)); got != want {
							t.Fatalf("%s, %s, of %d/%d s: %q, want %q", pattern, name, r[0], units, got, want)
						}
					}
				}
			}
		}
	}
}

// nearTimes are times that mostly follow one another, with leaps and NULLs.
func nearTimes(r *rand.Rand, units int64, pattern string) []vtest.Row {
	rows := make([]vtest.Row, 5000)
	now := r.Int64N(200_000*units) - 100_000*units
	for i := range rows {
		rows[i] = vtest.Row{now, pattern}
		switch r.IntN(20) {
		case 0:
			now = r.Int64N(200_000*units) - 100_000*units
		case 1:
			now += 3600 * units
		case 2:
			rows[i][0] = nil
		default:
			now += r.Int64N(2*units+1) - units/2
		}
	}
	return rows
}
