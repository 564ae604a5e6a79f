package columnfile

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/vtest"
)

// guarded runs do as code that trusts a file's content does.
func guarded(f *File, do func() error) (err error) {
	defer f.Guard(&err)
	return do()
}

func TestGuard(t *testing.T) {
	f := InMemory("dir/x.parquet", "Parquet", nil)
	for name, c := range map[string]struct {
		do   func() error
		want string
	}{
		"an error":         {func() error { return errors.New("it is cut off") }, "dir/x.parquet: it is cut off"},
		"named before":     {func() error { return fmt.Errorf("unit 3: %w", f.Name(errors.New("no"))) }, "unit 3: dir/x.parquet: no"},
		"of the system":    {func() error { return &os.PathError{Op: "read", Path: "y", Err: os.ErrClosed} }, "read y: file already closed"},
		"a panic":          {func() error { panic("level 300") }, "dir/x.parquet: the Parquet file is damaged: level 300"},
		"a fault":          {func() error { _ = []int{}[len(f.Path)]; return nil }, "dir/x.parquet: the Parquet file is damaged (runtime error: index out of range [13] with length 0)"},
		"the end":          {func() error { return io.EOF }, "EOF"},
		"all went well":    {func() error { return nil }, "<nil>"},
		"an error's panic": {func() error { panic(errors.New("no such page")) }, "dir/x.parquet: the Parquet file is damaged: no such page"},
	} {
		if got := fmt.Sprint(guarded(f, c.do)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	if err := guarded(f, func() error { return io.EOF }); err != io.EOF {
		t.Error("the end is not the end any more")
	}
}

// A file is closed behind its last user.
func TestUsers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.arrow")
	if err := os.WriteFile(path, []byte("four"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path, "Arrow")
	if err != nil || f.Size != 4 || f.Path != path {
		t.Fatal(f, err)
	}
	f.Use()
	var b [4]byte
	for range 2 {
		if _, err := f.ReadAt(b[:], 0); err != nil {
			t.Error(err)
		}
		if err := f.Release(); err != nil {
			t.Error(err)
		}
	}
	if _, err := f.ReadAt(b[:], 0); !errors.Is(err, os.ErrClosed) {
		t.Errorf("after the last user: %v", err)
	}
	if _, err := Open(t.TempDir(), "Arrow"); err == nil || !Named(err) || filepath.Base(err.Error()) == "" {
		t.Error(err)
	}
	dir := t.TempDir()
	if _, err := Open(dir, "Parquet"); err == nil || err.Error() != dir+": this is a folder, not a Parquet file" {
		t.Error(err)
	}
	if _, err := Open(filepath.Join(dir, "none"), "Parquet"); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func TestMessages(t *testing.T) {
	is := func(err error, want string) {
		t.Helper()
		if err == nil || err.Error() != want {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
	is(Missing("Arrow", "", "Price", []string{"id", "price"}), "the Arrow file has no column Price; did you mean price? It has: id, price")
	is(Missing("Arrow", "", "prise", []string{"id", "price"}), "the Arrow file has no column prise; did you mean price? It has: id, price")
	is(Missing("Parquet", "a.b", "c", []string{"long"}), "column a.b of the Parquet file has no field c. It has: long")
	var many []string
	for i := range 52 {
		many = append(many, fmt.Sprint("some", 100+i))
	}
	if got := Missing("Arrow", "", "x", many).Error(); !strings.HasSuffix(got, " some148, some149, and 2 more") {
		t.Error(got)
	}
	is(NoType("t", "INT96 (?)"), "column t is stored as INT96 (?), which no SQL type matches; declare the columns without it")
	is(NotReadAs("Arrow", "t", ir.TDouble, ir.TBigInt), "column t is DOUBLE in the Arrow file, which cannot be read as the declared BIGINT; declare it DOUBLE and convert it in the query")
}

func TestCheckWritten(t *testing.T) {
	noTimes := func(x *ir.Type) *ir.Type {
		if x.Kind == ir.Time {
			return x
		}
		return nil
	}
	row := func(x *ir.Type) *ir.Type { return &ir.Type{Kind: ir.Row, Fields: []ir.Field{{Name: "f", Type: x}}} }
	tod := &ir.Type{Kind: ir.Time}
	for _, bad := range []*ir.Type{tod, row(tod), {Kind: ir.Array, Elem: row(tod)}, {Kind: ir.Map, Key: ir.TVarchar, Elem: tod}, {Kind: ir.Map, Key: tod, Elem: ir.TVarchar}} {
		want := fmt.Sprintf("column x: an Arrow file cannot hold %s here; write it as another type, such as VARCHAR", tod)
		if err := CheckWritten("Arrow", vtest.Schema("x", bad), noTimes); err == nil || err.Error() != want {
			t.Errorf("%s: %v", bad, err)
		}
	}
	for want, s := range map[string]*ir.Schema{
		"a Parquet file needs at least one column":                                                   {},
		"column a stands twice; the columns of a Parquet file need names of their own":               vtest.Schema("a", ir.TBigInt, "a", ir.TVarchar),
		"column r: a Parquet file cannot hold ROW<> here; write it as another type, such as VARCHAR": vtest.Schema("r", &ir.Type{Kind: ir.Row}),
	} {
		if err := CheckWritten("Parquet", s, noTimes); err == nil || err.Error() != want {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
	if err := CheckWritten("Parquet", vtest.Schema("a", ir.TBigInt, "r", row(ir.TDate)), noTimes); err != nil {
		t.Error(err)
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		a, b, want int64
		ok         bool
	}{{3, 1000, 3000, true}, {-3, 1000, -3000, true}, {math.MaxInt64 / 1000, 1000, math.MaxInt64 / 1000 * 1000, true},
		{math.MaxInt64/1000 + 1, 1000, 0, false}, {math.MinInt64, 2, 0, false}, {math.MinInt64 / 1000, 1000, math.MinInt64 / 1000 * 1000, true}} {
		if got, ok := MulInt64(c.a, c.b); ok != c.ok || ok && got != c.want {
			t.Errorf("%d * %d = %d, %t", c.a, c.b, got, ok)
		}
	}
	for h, want := range map[uint16]float64{0: 0, 0x3C00: 1, 0xC000: -2, 0x7BFF: 65504, 0x0001: math.Ldexp(1, -24), 0x7C00: math.Inf(1), 0xFC00: math.Inf(-1), 0x3555: 0.333251953125} {
		if got := float64(HalfToFloat(h)); got != want {
			t.Errorf("%04x is %v, want %v", h, got, want)
		}
	}
	if nan := HalfToFloat(0x7E00); nan == nan {
		t.Error("a NaN became a number")
	}
	for i, want := range map[string]*ir.Type{"8s": ir.TTinyInt, "8u": ir.TSmallInt, "32s": ir.TInteger, "32u": ir.TBigInt, "64s": ir.TBigInt, "7s": nil} {
		var bits int
		var sign byte
		_, _ = fmt.Sscanf(i, "%d%c", &bits, &sign)
		if got := IntType(bits, sign == 's'); got != want {
			t.Errorf("%s: %s", i, got)
		}
	}
	if got := IntType(64, false); !got.Equal(ir.TDecimal(20, 0)) {
		t.Error(got)
	}
}
