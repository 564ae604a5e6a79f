package nexmark

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func generate(t *testing.T, seed, events uint64) (files [3]*bytes.Buffer, sizes Sizes) {
	t.Helper()
	var out [3]io.Writer
	for k := range out {
		files[k] = new(bytes.Buffer)
		out[k] = files[k]
	}
	sizes, err := New(seed).Write(out, events)
	if err != nil {
		t.Fatal(err)
	}
	return files, sizes
}

// The data of a seed never change: benchmark figures of different days are over the
// same bytes.
func TestSameBytesForever(t *testing.T) {
	files, sizes := generate(t, 1, 50_000)
	want := [3]string{
		"535a21cb829d3bdf",
		"44ba390d614b3187",
		"a2e6f43aa08cd021",
	}
	for k, f := range files {
		sum := sha256.Sum256(f.Bytes())
		if got := hex.EncodeToString(sum[:8]); got != want[k] {
			t.Errorf("%s: checksum %s, want %s", fileNames[k], got, want[k])
		}
	}
	if want := [3]int64{1000, 3000, 46000}; sizes.Rows != want {
		t.Errorf("rows %v, want %v", sizes.Rows, want)
	}
}

func TestCoresDoNotMatter(t *testing.T) {
	const events = 3*chunkEvents + 77
	many, _ := generate(t, 7, events)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	one, _ := generate(t, 7, events)
	for k := range one {
		if !bytes.Equal(one[k].Bytes(), many[k].Bytes()) {
			t.Errorf("%s differs between one core and many", fileNames[k])
		}
	}
}

func TestOtherSeedOtherData(t *testing.T) {
	a, _ := generate(t, 1, 500)
	b, _ := generate(t, 2, 500)
	if bytes.Equal(a[Bid].Bytes(), b[Bid].Bytes()) {
		t.Error("seeds 1 and 2 make the same bids")
	}
}

func checkFieldOrder(t *testing.T, line string, fields ...string) {
	t.Helper()
	at := 0
	for _, f := range fields {
		i := strings.Index(line[at:], `"`+f+`":`)
		if i < 0 {
			t.Fatalf("no field %s in its place in %s", f, line)
		}
		at += i
	}
}

func TestFilesAreJSON(t *testing.T) {
	files, _ := generate(t, 1, 5_000)
	fields := [3][]string{
		{"id", "name", "emailAddress", "creditCard", "city", "state", "dateTime", "extra"},
		{"id", "itemName", "description", "initialBid", "reserve", "dateTime", "expires", "seller", "category", "extra"},
		{"auction", "bidder", "price", "channel", "url", "dateTime", "extra"},
	}
	for k, names := range fields {
		lines := bufio.NewScanner(files[k])
		for id := 1000; lines.Scan(); id++ {
			var row map[string]any
			if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
				t.Fatalf("%s: %v", lines.Text(), err)
			}
			if len(row) != len(names) || names[0] == "id" && row["id"] != float64(id) {
				t.Fatalf("%s has %d fields and id %v, want %d and %d", lines.Text(), len(row), row["id"], len(names), id)
			}
			checkFieldOrder(t, lines.Text(), names...)
		}
	}
}

func TestWriteDir(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	sizes, err := New(1).WriteDir(dir, 100)
	if err != nil {
		t.Fatal(err)
	}
	for k, name := range fileNames {
		st, err := os.Stat(filepath.Join(dir, name))
		if err != nil || st.Size() != sizes.Bytes[k] {
			t.Errorf("%s: %v, %v, want %d bytes", name, st, err, sizes.Bytes[k])
		}
	}
	left, _ := filepath.Glob(filepath.Join(dir, "*.part"))
	if len(left) > 0 {
		t.Errorf("parts left over: %v", left)
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestWriteFails(t *testing.T) {
	_, err := New(1).Write([3]io.Writer{io.Discard, io.Discard, fullDisk{}}, 10*chunkEvents)
	if err == nil || !strings.Contains(err.Error(), "bids.ndjson: no space left") {
		t.Errorf("got %v, want an error that names the file and the reason", err)
	}
}

func BenchmarkLines(b *testing.B) {
	lines := New(1).Lines(0)
	var out [3][]byte
	var bytes int64
	for b.Loop() {
		k := lines.Append(&out)
		bytes += int64(len(out[k]))
		out[k] = out[k][:0]
	}
	b.SetBytes(bytes / int64(b.N))
}
