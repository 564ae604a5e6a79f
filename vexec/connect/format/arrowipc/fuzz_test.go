package arrowipc

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/columnfile"
)

// small are limits by which the memory that a damaged file takes can be told from
// that of one that is right.
var small = limits{buffer: 1 << 20, elems: 1 << 16}

const (
	fuzzRows   = 100_000   // of an input are read
	fuzzMemory = 128 << 20 // bytes allocated in all
)

// FuzzReader reads files and streams that are damaged in any way: there is an error
// that names the file, or there are rows; never a panic, and never more memory than the
// size of the input explains. An input is the number of a file that is right and what
// is changed in it, so that most of it stays right and the damage gets far.
func FuzzReader(f *testing.F) {
	var data [][]byte
	for i, path := range files(f) {
		raw, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		data = append(data, raw)
		f.Add(uint8(i), []byte{})
		f.Add(uint8(i), []byte{0x80, 0, 0, 0xFF, 0xF0, 0x10, 1, 3})
	}
	f.Fuzz(func(t *testing.T, which uint8, patches []byte) {
		raw := damage(data[int(which)%len(data)], patches)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := fuzzOne(raw)
		runtime.ReadMemStats(&after)
		if err != nil && (!strings.Contains(err.Error(), "fuzz.arrow") || strings.Contains(err.Error(), "runtime error")) {
			t.Fatalf("%v", err)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > fuzzMemory {
			t.Fatalf("%d bytes allocated for a file of %d, error: %v", n, len(raw), err)
		}
	})
}

// damage returns data with patches of four bytes: place, kind, value.
func damage(data, patches []byte) []byte {
	out := bytes.Clone(data)
	for ; len(patches) >= 4 && len(patches) <= 256 && len(out) > 8; patches = patches[4:] {
		at := int(binary.BigEndian.Uint16(patches)) * len(out) >> 16
		to, v := out[at:], patches[3]
		switch patches[2] % 6 {
		case 0:
			to[0] = v
		case 1:
			to[0] += v
		case 2:
			to[0] ^= 1 << (v & 7)
		case 3:
			if len(to) >= 8 {
				binary.LittleEndian.PutUint64(to, uint64(int64(int8(v)))<<(v>>2))
			}
		case 4:
			copy(to, out[int(v)*len(out)>>8:])
		case 5:
			out = out[:len(out)-min(int(v), len(out)-8)]
		}
	}
	return out
}

// fuzzOne reads all that there is of a file.
func fuzzOne(raw []byte) error {
	f, err := newFile(columnfile.InMemory("fuzz.arrow", kind, raw), small)
	if err != nil {
		return err
	}
	s := &ir.Schema{}
	for _, c := range f.schema.cols {
		if c.natural != nil {
			s.Cols = append(s.Cols, ir.Column{Name: c.name, Type: c.natural})
		}
	}
	scan := &vexec.Scan{TimeCol: -1, Schema: s}
	r, err := newReader(f, scan, vexec.Split{ID: "fuzz"}, nil)
	if err != nil {
		return err
	}
	defer r.Close()
	d, err := r.NewDecoder()
	if err != nil {
		return err
	}
	defer d.Close()
	for rows := 0; rows < fuzzRows; {
		u, err := r.Claim(context.Background())
		if err == io.EOF {
			return nil
		}
		if err == nil {
			_, err = d.Begin(context.Background(), u)
		}
		for err == nil && rows < fuzzRows {
			var b vexec.Batch
			var bad vexec.BadRows
			if err = d.Next(&b, &bad); err == nil {
				rows += b.Rows
				touch(&b)
			}
		}
		if err != nil && err != io.EOF {
			return err
		}
		rows++
	}
	return nil
}

// touch reads the values of the first and the last rows, which an index that leads
// astray would not survive.
func touch(b *vexec.Batch) {
	for i := range b.Live() {
		if i < 20 || i >= b.Live()-20 {
			r := b.Row(i)
			for c := range b.Cols {
				if v := &b.Cols[c]; v.Offs == nil || v.Null(r) || v.Offs[r+1]-v.Offs[r] < 1000 {
					_ = v.Value(r)
				}
			}
		}
	}
}
