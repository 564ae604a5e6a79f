package lz4frame

import (
	"bytes"
	"io"
	"testing"

	"github.com/pierrec/lz4/v4"
)

// mostRead bounds what a fuzzed frame is unpacked to.
const mostRead = 8 << 20

// FuzzReader reads any bytes as frames, and the same bytes packed: the first must end,
// the second must give them back.
func FuzzReader(f *testing.F) {
	for _, opts := range [][]lz4.Option{nil, {lz4.BlockChecksumOption(true)}, {lz4.ChecksumOption(false), lz4.SizeOption(9)}, {lz4.LegacyOption(true)}} {
		f.Add(packed(f, []byte("a line\na line\na line\n"), opts...))
	}
	f.Add([]byte("\x53\x2a\x4d\x18\x03\x00\x00\x00xyz"))
	f.Add([]byte("\x04\x22\x4d\x18"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _ = io.Copy(io.Discard, io.LimitReader(NewReader(bytes.NewReader(data)), mostRead))
		got, err := io.ReadAll(NewReader(bytes.NewReader(packed(t, data))))
		if err != nil || !bytes.Equal(got, data) {
			t.Errorf("%d bytes come back as %d: %v", len(data), len(got), err)
		}
	})
}

func packed(t testing.TB, data []byte, opts ...lz4.Option) []byte {
	t.Helper()
	var b bytes.Buffer
	w := lz4.NewWriter(&b)
	if err := w.Apply(opts...); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
