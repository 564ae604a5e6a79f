package expr

import (
	"errors"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// lessSpace has programs make little of a batch, for one test.
func lessSpace(t *testing.T, bytes int) {
	was := maxMade
	maxMade = bytes
	t.Cleanup(func() { maxMade = was })
}

var oneText = vtest.Schema("s", ir.TVarchar)

func TestTooMuchForOneBatch(t *testing.T) {
	lessSpace(t, 10_000)
	b := vtest.Batch(oneText, vtest.Row{"a"}, vtest.Row{"b"}, vtest.Row{"1"}, vtest.Row{"d"}, vtest.Row{"e"})
	long := fn(t, "REPEAT", &ir.ColRef{Name: "s", T: ir.TVarchar}, int64(4000))
	p, err := Compile([]ir.Expr{fn(t, "CHAR_LENGTH", long), fn(t, "ARRAY", long, long)}, oneText)
	if err != nil {
		t.Fatal(err)
	}
	var errs Errors
	errs.Add(1, "from before")
	out := make([]vexec.Vec, 2)
	if err := p.Eval(b, out, &errs); !errors.Is(err, ErrTooMuch) || errs.Len() != 1 {
		t.Fatalf("%v, %d row errors", err, errs.Len())
	}
	var got []string
	var push func(b *vexec.Batch) error
	push = func(b *vexec.Batch) error {
		if err := p.Eval(b, out, &errs); err != nil {
			return Halves(b, err, push)
		}
		forRows(b.Rows, b.Sel, func(i int32) {
			list := out[1].Value(int(i)).([]ir.Value)
			got = append(got, list[1].(string)[3999:]+"="+ir.FormatValue(out[0].Value(int(i)), ir.TInteger))
		})
		return nil
	}
	if err := push(b); err != nil || strings.Join(got, " ") != "a=4000 b=4000 1=4000 d=4000 e=4000" {
		t.Errorf("%v %v", got, err)
	}
}

func TestFilterOfTooMuch(t *testing.T) {
	lessSpace(t, 10_000)
	f, err := CompileFilter(fn(t, "<>", fn(t, "REPEAT", &ir.ColRef{Name: "s", T: ir.TVarchar}, int64(4000)), fn(t, "REPEAT", "b", int64(4000))), nil, oneText)
	if err != nil {
		t.Fatal(err)
	}
	b := vtest.Batch(oneText, vtest.Row{"a"}, vtest.Row{"b"}, vtest.Row{nil}, vtest.Row{"d"}, vtest.Row{strings.Repeat("e", 20_000)})
	var errs Errors
	sel, err := f.Select(b, nil, &errs)
	if err != nil || len(sel) != 2 || sel[0] != 0 || sel[1] != 3 {
		t.Errorf("%v %v", sel, err)
	}
	if f := errs.Fates(); len(f) != 1 || f[0].Row != 4 {
		t.Errorf("%+v", f)
	}
}

func TestChangesStayTogetherInHalves(t *testing.T) {
	b := vtest.Batch(oneText, vtest.Row{"a"}, vtest.Row{"b"}, vtest.Row{"c"}, vtest.Row{"d"})
	b.Kind = []vexec.RowKind{vexec.Insert, vexec.UpdateBefore, vexec.UpdateAfter, vexec.Insert}
	var sizes []int
	err := Halves(b, ErrTooMuch, func(half *vexec.Batch) error {
		sizes = append(sizes, half.Live())
		return nil
	})
	if err != nil || len(sizes) != 2 || sizes[0] != 3 {
		t.Errorf("%v %v", sizes, err)
	}
}

func TestLongListsAreRowErrors(t *testing.T) {
	if vtest.Race {
		t.Skip("hundreds of megabytes in one goroutine, of which the race detector makes gigabytes")
	}
	texts := fn(t, "ARRAY", fn(t, "REPEAT", "x", int64(1<<25)), fn(t, "REPEAT", "y", int64(1<<25)), "z")
	if _, err := EvalConst(fn(t, "CARDINALITY", fn(t, "ARRAY_CONCAT", texts, texts, texts, texts))); err == nil || !strings.Contains(err.Error(), tooMany) {
		t.Error(err)
	}
	if _, err := EvalConst(&ir.Cast{X: texts, T: ir.TVarchar}); err == nil || !strings.Contains(err.Error(), tooLong) {
		t.Error(err)
	}
	if _, err := EvalConst(fn(t, "ARRAY_JOIN", texts, fn(t, "REPEAT", "x", int64(1<<25)))); err == nil || !strings.Contains(err.Error(), tooLong) {
		t.Error(err)
	}
}

// Replacing is counted before it is done, and stops where it has made too much.
func TestLongReplacementsAreRowErrors(t *testing.T) {
	text, long := fn(t, "REPEAT", "a", int64(1<<16)), fn(t, "REPEAT", "b", int64(1<<11))
	for _, name := range []string{"REPLACE", "REGEXP_REPLACE"} {
		if _, err := EvalConst(fn(t, name, text, "a", long)); err == nil || !strings.Contains(err.Error(), tooLong) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
