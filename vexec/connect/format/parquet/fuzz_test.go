package parquet

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/columnfile"
	"github.com/helios-stream/helios/vexec/vtest"
)

// small are limits by which the memory that a damaged file takes can be told from
// that of one that is right.
var small = limits{page: 256 << 10, grow: 64, entries: 1 << 16}

const (
	fuzzRows   = 20_000   // of an input are read
	fuzzMemory = 96 << 20 // bytes allocated in all
)

// FuzzReader reads files that are damaged in any way: there is an error that names
// the file, or there are rows; never a panic, and never more memory than the size
// of the input explains. An input is the number of a file that is right and what is
// changed in it, so that most of it stays right and the damage gets far.
func FuzzReader(f *testing.F) {
	files := fuzzFiles(f)
	for i := range files {
		f.Add(uint8(i), []byte{})
		f.Add(uint8(i), []byte{0x80, 0, 0, 0xFF, 0xF0, 0x10, 1, 3})
	}
	f.Fuzz(func(t *testing.T, which uint8, patches []byte) {
		data := damage(files[int(which)%len(files)], patches)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := fuzzOne(data)
		runtime.ReadMemStats(&after)
		if err != nil && (!strings.Contains(err.Error(), "fuzz.parquet") || strings.Contains(err.Error(), "runtime error")) {
			t.Fatalf("%v", err)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > fuzzMemory {
			t.Fatalf("%d bytes allocated for a file of %d, error: %v", n, len(data), err)
		}
	})
}

// fuzzFiles are small files with all types, encodings and compressions.
func fuzzFiles(t testing.TB) (files [][]byte) {
	t.Helper()
	paths, err := filepath.Glob("testdata/awkward/*.parquet")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, data)
	}
	return files
}

// damage returns data with patches of four bytes: place, kind, value.
func damage(data, patches []byte) []byte {
	out := bytes.Clone(data)
	for ; len(patches) >= 4 && len(patches) <= 256; patches = patches[4:] {
		at := int(binary.BigEndian.Uint16(patches)) * len(out) >> 16
		to := out[at:]
		switch v := patches[3]; patches[2] % 6 {
		case 0:
			to[0] = v
		case 1:
			to[0] ^= 1 << (v % 8)
		case 2:
			to[0] += v
		case 3: // a run of the same
			for i := range to[:min(len(to), 1+int(v)%16)] {
				to[i] = v
			}
		case 4: // what stands elsewhere
			copy(to[:min(len(to), 8)], out[int(v)*len(out)>>8:])
		case 5: // in the footer, where every byte means something
			out[len(out)-8-(at*int(v)>>8)%(len(out)/2)] = v
		}
	}
	return out
}

// fuzzOne reads a file as its columns say: all at once and in small batches, and
// each column alone, so that one that is damaged hides no other.
func fuzzOne(data []byte) error {
	open := func() (*file, error) {
		return newFile(columnfile.InMemory("fuzz.parquet", kind, data), small)
	}
	f, err := open()
	if err != nil {
		return err
	}
	cols, err := f.infer()
	if err != nil {
		return err
	}
	if len(cols) > 64 {
		cols = cols[:64]
	}
	if err = readSome(f, &ir.Schema{Cols: cols}, 100, nil); err == nil {
		f, err := open()
		if err != nil {
			return err
		}
		return readSome(f, &ir.Schema{Cols: cols}, 0, fuzzTerms(cols, len(data)))
	}
	for _, c := range cols {
		f, err := open()
		if err != nil {
			return err
		}
		if e := readSome(f, &ir.Schema{Cols: []ir.Column{c}}, 1000, fuzzTerms([]ir.Column{c}, 0)); e != nil && strings.Contains(e.Error(), "runtime error") {
			return e
		}
	}
	return err
}

// fuzzTerms are terms that many rows fulfil, so that statistics, page index and bloom
// filters are read, too.
func fuzzTerms(cols []ir.Column, seed int) (out []ir.ScanTerm) {
	for i, c := range cols {
		t := ir.ScanTerm{Col: i, Op: ir.TermGreaterEqual}
		switch k := c.Type.Kind; {
		case k == ir.BigInt || k.IsTimestamp():
			t.Values = []ir.Value{int64(seed % 20)}
		case k == ir.Varchar:
			t.Op, t.Values = ir.TermIn, []ir.Value{"word 1", "a", "text number 7", "s1"}
		case k == ir.Double:
			t.Op, t.Values = ir.TermLess, []ir.Value{3.5}
		default:
			continue
		}
		if (i+seed)%3 == 0 {
			out = append(out, t)
		}
	}
	return out
}

func readSome(f *file, s *ir.Schema, batch int, terms []ir.ScanTerm) error {
	ctx := context.Background()
	scan := scanOf(s, -1, batch)
	scan.Terms = terms
	for i, c := range s.Cols {
		if c.Type.Kind.IsTimestamp() && terms != nil {
			scan.TimeCol = i
		}
	}
	sr, err := newReader(f, scan, vexec.Split{}, nil)
	if err != nil {
		return err
	}
	defer sr.Close()
	d, err := sr.NewDecoder()
	if err != nil {
		return err
	}
	defer d.Close()
	var b vexec.Batch
	for rows := 0; rows < fuzzRows; {
		u, err := sr.Claim(ctx)
		if err == io.EOF {
			return nil
		}
		if err == nil {
			_, err = d.Begin(ctx, u)
		}
		for err == nil && rows < fuzzRows {
			var bad vexec.BadRows
			if err = d.Next(&b, &bad); err == nil {
				rows += b.Rows
				err = f.Name(touch(&b))
			}
		}
		if err != nil && err != io.EOF {
			return err
		}
	}
	return nil
}

// touch looks at all that a batch points to.
func touch(b *vexec.Batch) error {
	if err := vtest.Check(b); err != nil {
		return err
	}
	for i := range min(b.Live(), 20) {
		b.Values(i)
	}
	return nil
}
