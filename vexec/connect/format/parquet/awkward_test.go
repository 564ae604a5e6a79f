package parquet

import (
	"encoding/hex"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// TestAwkwardFiles compares what is read from the files of testdata/awkward with
// what pyarrow reads from them (testdata/make_awkward.py).
func TestAwkwardFiles(t *testing.T) {
	paths, err := filepath.Glob("testdata/awkward/*.parquet")
	if err != nil || len(paths) < 40 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	for _, path := range paths {
		want, err := os.ReadFile(strings.TrimSuffix(path, ".parquet") + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimRight(string(want), "\n"), "\n")
		for _, rows := range []int{1, 7, 1000} {
			got, err := printFile(path, rows)
			if err != nil {
				t.Errorf("%s: %v", path, err)
				break
			}
			if why := differs(got, lines); why != "" {
				t.Errorf("%s, batches of %d: %s", path, rows, why)
				break
			}
		}
	}
}

func differs(got, want []string) string {
	if len(got) != len(want) {
		return fmt.Sprintf("%d lines, want %d", len(got), len(want))
	}
	names := strings.Split(want[0], "\t")
	for i := range want {
		g, w := strings.Split(got[i], "\t"), strings.Split(want[i], "\t")
		for c := range w {
			if c >= len(g) || g[c] != w[c] {
				return fmt.Sprintf("row %d, %s is %s, want %s", i-1, names[c], g[min(c, len(g)-1)], w[c])
			}
		}
	}
	return ""
}

// printFile prints a file as make_awkward.py does.
func printFile(path string, rows int) ([]string, error) {
	cols, err := Infer(path)
	if err != nil {
		return nil, err
	}
	s := &ir.Schema{Cols: cols}
	var names []string
	for _, c := range cols {
		names = append(names, c.Name)
	}
	res, err := readAll(path, scanOf(s, -1, rows), nil)
	if err != nil {
		return nil, err
	}
	if len(res.bad) > 0 {
		return nil, fmt.Errorf("bad rows: %v", res.bad[0])
	}
	out := []string{strings.Join(names, "\t")}
	for _, r := range res.rows {
		var vals []string
		for i, v := range r {
			vals = append(vals, printValue(v, cols[i].Type))
		}
		out = append(out, strings.Join(vals, "\t"))
	}
	return out, nil
}

func printValue(v ir.Value, t *ir.Type) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case float64:
		if v != v {
			v = math.Float64frombits(0x7FF8 << 48)
		}
		return fmt.Sprintf("%016x", math.Float64bits(v))
	case ir.Dec:
		return v.Format(t.S)
	case []byte:
		return hex.EncodeToString(v)
	case string:
		return printText(v)
	case []ir.MapEntry:
		var parts []string
		for _, e := range v {
			parts = append(parts, printValue(e.Key, t.Key)+":"+printValue(e.Val, t.Elem))
		}
		return "<" + strings.Join(parts, ",") + ">"
	case []ir.Value:
		var parts []string
		for i, e := range v {
			if t.Kind == ir.Row {
				parts = append(parts, printValue(e, t.Fields[i].Type))
			} else {
				parts = append(parts, printValue(e, t.Elem))
			}
		}
		if t.Kind == ir.Row {
			return "{" + strings.Join(parts, ",") + "}"
		}
		return "[" + strings.Join(parts, ",") + "]"
	}
	return fmt.Sprint(v)
}

func printText(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r >= 32 && r < 127 && r != '"' && r != '\\' {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "\\u{%x}", r)
		}
	}
	return `"` + b.String() + `"`
}

var _ vexec.Decoder = (*decoder)(nil)
