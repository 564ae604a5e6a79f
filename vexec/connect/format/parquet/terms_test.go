package parquet

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// fulfils is what a term means.
func fulfils(t ir.ScanTerm, v ir.Value) bool {
	switch t.Op {
	case ir.TermIsNull:
		return v == nil
	case ir.TermNotNull:
		return v != nil
	}
	if v == nil {
		return false
	}
	for _, c := range t.Values {
		got := compareFloatsToo(v, c)
		ok := false
		switch t.Op {
		case ir.TermEqual, ir.TermIn:
			ok = got == 0
		case ir.TermLess:
			ok = got < 0
		case ir.TermLessEqual:
			ok = got <= 0
		case ir.TermGreater:
			ok = got > 0
		case ir.TermGreaterEqual:
			ok = got >= 0
		}
		if ok {
			return true
		}
	}
	return false
}

// compareFloatsToo has NaN as the greatest value.
func compareFloatsToo(a, b ir.Value) int {
	switch x, y := isNaN(a), isNaN(b); {
	case x && y:
		return 0
	case x:
		return 1
	case y:
		return -1
	}
	return compareValue(a, b)
}

// pruned is what a file gives where terms leave rows out.
type pruned struct {
	rows  [][]ir.Value // that fulfil the terms
	times []ir.Value   // of all rows of batches
	units []ir.Micros
	live  int
	out   int // rows in batches
	gone  int64
}

func readPruned(path string, scan *vexec.Scan) (*pruned, error) {
	ctx := context.Background()
	sr, err := Open(path, scan, vexec.Split{ID: "f"}, nil)
	if err != nil {
		return nil, err
	}
	defer sr.Close()
	d, err := sr.NewDecoder()
	if err != nil {
		return nil, err
	}
	defer d.Close()
	res := &pruned{}
	for {
		u, err := sr.Claim(ctx)
		if err == io.EOF {
			return res, nil
		}
		if err != nil {
			return nil, err
		}
		most, err := d.Begin(ctx, u)
		if err != nil {
			return nil, err
		}
		res.units = append(res.units, most)
		if err := res.unit(d, scan); err != nil {
			return nil, err
		}
	}
}

func (p *pruned) unit(d vexec.Decoder, scan *vexec.Scan) error {
	var b vexec.Batch
	var bad vexec.BadRows
	for {
		err := d.Next(&b, &bad)
		if err == io.EOF {
			p.gone += d.(vexec.Skipper).Skipped()
			return nil
		}
		if err == nil {
			err = vtest.Check(&b)
		}
		if err != nil {
			return err
		}
		p.out += b.Rows
		p.live += b.Live()
		for i := range b.Live() {
			row, ok := b.Values(i), true
			for _, t := range scan.Terms {
				ok = ok && fulfils(t, row[t.Col])
			}
			if ok {
				p.rows = append(p.rows, row)
			}
		}
		for i := range b.Rows {
			if scan.TimeCol >= 0 {
				p.times = append(p.times, b.Cols[scan.TimeCol].Value(i))
			}
		}
	}
}

// randomTerm takes its constants from the file, or near to them.
func randomTerm(rnd *rand.Rand, col int, typ *ir.Type, rows [][]ir.Value) ir.ScanTerm {
	ops := []ir.TermOp{ir.TermEqual, ir.TermLess, ir.TermLessEqual, ir.TermGreater, ir.TermGreaterEqual, ir.TermIn, ir.TermIsNull, ir.TermNotNull}
	t := ir.ScanTerm{Col: col, Op: ops[rnd.IntN(len(ops))]}
	n := 1
	switch t.Op {
	case ir.TermIsNull, ir.TermNotNull:
		return t
	case ir.TermIn:
		n = 1 + rnd.IntN(40)
	}
	for len(t.Values) < n {
		v := rows[rnd.IntN(len(rows))][col]
		switch x := v.(type) {
		case nil:
			if rnd.IntN(100) == 0 {
				return ir.ScanTerm{Col: col, Op: ir.TermIsNull}
			}
			continue
		case int64:
			if typ.Kind == ir.BigInt || typ.Kind.IsTimestamp() {
				v = x + int64(rnd.IntN(3)) - 1
			}
		case string:
			v = x[:rnd.IntN(len(x)+1)] + []string{"", "", "~"}[rnd.IntN(3)]
		}
		t.Values = append(t.Values, v)
	}
	return t
}

// termFiles are files of several row groups and pages, with and without statistics,
// page index and bloom filters.
func termFiles(t *testing.T) []string {
	paths, err := filepath.Glob("testdata/awkward/*.parquet")
	if err != nil {
		t.Fatal(err)
	}
	own := filepath.Join(t.TempDir(), "own.parquet")
	var batches []*vexec.Batch
	for i := 0; i < 30_000; i += 5000 {
		var rows []vtest.Row
		for j := range 5000 {
			rows = append(rows, pagesRow(i+j))
		}
		batches = append(batches, vtest.Batch(pagesSchema, rows...))
	}
	writeFile(t, own, "none", pagesSchema, nil, batches...)
	return append(paths, own, "testdata/duckdb_snappy.parquet")
}

// eachPruned calls check some times for each file with a random scan of all its columns, with or
// without event time, and the rows that come without terms. check adds to the scan, reads, and returns
// how many rows were left out; over all files that must be some.
func eachPruned(t *testing.T, most int, check func(rnd *rand.Rand, path string, s *ir.Schema, whole *pruned, scan *vexec.Scan) int64) {
	rnd := rand.New(rand.NewPCG(7, 7))
	left := int64(0)
	for _, path := range termFiles(t) {
		cols, err := Infer(path)
		if err != nil {
			t.Fatal(err)
		}
		s := &ir.Schema{Cols: cols}
		whole, err := readPruned(path, scanOf(s, -1, 0))
		if err != nil {
			t.Fatal(err)
		}
		for range most - min(most*3/4, len(whole.rows)/1000) {
			scan := scanOf(s, -1, []int{0, 3, 700}[rnd.IntN(3)])
			for i, c := range cols {
				if c.Type.Kind.IsTimestamp() && rnd.IntN(3) == 0 {
					scan.TimeCol = i
				}
			}
			left += check(rnd, path, s, whole, scan)
		}
	}
	if left < 500 {
		t.Errorf("only %d rows were left out", left)
	}
}

// TestTerms: with terms come the rows that fulfil them, and with event time the times
// of all rows, or of none of a unit.
func TestTerms(t *testing.T) {
	eachPruned(t, 12, func(rnd *rand.Rand, path string, s *ir.Schema, whole *pruned, scan *vexec.Scan) int64 {
		for range 1 + rnd.IntN(3) {
			if c := rnd.IntN(len(s.Cols)); !isNested(s.Cols[c].Type) {
				scan.Terms = append(scan.Terms, randomTerm(rnd, c, s.Cols[c].Type, whole.rows))
			}
		}
		got, err := readPruned(path, scan)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if why := comparePruned(got, whole, scan); why != "" {
			t.Fatalf("%s, time %d, batches of %d, terms %v: %s", path, scan.TimeCol, scan.MaxRows, scan.Terms, why)
		}
		return got.gone
	})
}

func isNested(t *ir.Type) bool { return t.Kind == ir.Row || t.Kind == ir.Array || t.Kind == ir.Map }

func comparePruned(got, whole *pruned, scan *vexec.Scan) string {
	var want [][]ir.Value
	for _, row := range whole.rows {
		ok := true
		for _, t := range scan.Terms {
			ok = ok && fulfils(t, row[t.Col])
		}
		if ok {
			want = append(want, row)
		}
	}
	if len(got.rows) != len(want) {
		return fmt.Sprintf("%d rows, want %d", len(got.rows), len(want))
	}
	for i := range want {
		if fmt.Sprint(got.rows[i]) != fmt.Sprint(want[i]) {
			return fmt.Sprintf("row %d is %v, want %v", i, got.rows[i], want[i])
		}
	}
	if int64(got.out)+got.gone != int64(len(whole.rows)) {
		return fmt.Sprintf("%d rows in batches and %d left out, of %d", got.out, got.gone, len(whole.rows))
	}
	if scan.TimeCol >= 0 && got.gone == 0 {
		var times []ir.Value
		for _, row := range whole.rows {
			times = append(times, row[scan.TimeCol])
		}
		if !reflect.DeepEqual(times, got.times) {
			return "times are missing or wrong"
		}
	}
	return ""
}

// TestUnitsKeepTheirTimes: a row group that is left out still has its greatest time.
func TestUnitsKeepTheirTimes(t *testing.T) {
	for _, file := range []string{"pyarrow_v1_snappy", "pyarrow_plain_none", "polars_zstd"} {
		s := schemaOf("id", "n_ts", "ts_us")
		for col := 1; col <= 2; col++ {
			path := "testdata/" + file + ".parquet"
			all, err := readPruned(path, scanOf(s, col, 0))
			if err != nil {
				t.Fatal(err)
			}
			scan := scanOf(s, col, 0)
			scan.Terms = []ir.ScanTerm{{Col: 0, Op: ir.TermLess, Values: []ir.Value{int64(-5)}}}
			none, err := readPruned(path, scan)
			if err != nil || !reflect.DeepEqual(all.units, none.units) {
				t.Errorf("%s: %v, want %v, %v", file, none.units, all.units, err)
			}
			if gone := file != "pyarrow_plain_none"; gone != (none.gone == fileRows) || none.live != 0 {
				t.Errorf("%s: %d rows left out, %d live", file, none.gone, none.live)
			}
		}
	}
}

// TestBloomFilters: DuckDB's bloom filters rule out what statistics do not.
func TestBloomFilters(t *testing.T) {
	f, err := openFile("testdata/duckdb_bloom.parquet")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Release()
	cols, err := f.infer()
	if err != nil {
		t.Fatal(err)
	}
	hits, misses := 0, 0
	for _, c := range cols {
		n, _ := f.root.find([]string{c.Name})
		p, err := newPlan(n.leaf, c.Type)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 400 {
			var v ir.Value = int64(7 * i)
			if c.Type.Kind == ir.Varchar {
				v = fmt.Sprintf("a text that is longer than a block, number %d", 7*i)
			}
			there := i < 200
			gone := f.bloomExcludes(0, p, &term{ScanTerm: ir.ScanTerm{Op: ir.TermEqual, Values: []ir.Value{v}}})
			if there && gone {
				t.Fatalf("%s: the bloom filter denies %v, which is there", c.Name, v)
			}
			if gone {
				hits++
			} else if !there {
				misses++
			}
		}
	}
	if hits < 540 || misses > 60 {
		t.Errorf("%d ruled out, %d not", hits, misses)
	}
}

func TestXXHash(t *testing.T) {
	for in, want := range map[string]uint64{"": 0xEF46DB3751D8E999, "a": 0xD24EC4F1A98C6E5B, "abc": 0x44BC2CF5AD770999,
		"Nobody inspects the spammish repetition": 0xFBCEA83C8A378BF1} {
		if got := xxhash64([]byte(in)); got != want {
			t.Errorf("%q: %x, want %x", in, got, want)
		}
	}
}
