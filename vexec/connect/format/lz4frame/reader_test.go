package lz4frame

import (
	"bytes"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/pierrec/lz4/v4"
)

// TestLZ4 reads what the library writes in all its options, in several frames with
// frames to be skipped between them.
func TestLZ4(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 300_000)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	texts := []string{"", "a", strings.Repeat("a line of text\n", 40_000), string(noise), strings.Repeat("ab", 70_000)}
	for _, opts := range [][]lz4.Option{
		nil, {lz4.BlockSizeOption(lz4.Block64Kb)}, {lz4.ChecksumOption(false)},
		{lz4.SizeOption(7)}, {lz4.CompressionLevelOption(lz4.Level9), lz4.BlockSizeOption(lz4.Block256Kb)},
	} {
		var b bytes.Buffer
		want := ""
		for _, text := range texts {
			w := lz4.NewWriter(&b)
			if err := w.Apply(opts...); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write([]byte(text)); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			b.WriteString("\x53\x2a\x4d\x18\x03\x00\x00\x00xyz") // to be skipped
			want += text
		}
		whole := b.Bytes()
		got, err := io.ReadAll(NewReader(iotest.HalfReader(bytes.NewReader(whole))))
		if err != nil || string(got) != want {
			t.Fatalf("%d bytes, %v; want %d", len(got), err, len(want))
		}
		for range 15 { // damage is an error, or does not matter
			i := r.IntN(len(whole))
			broken := bytes.Clone(whole)
			broken[i] ^= 1 << r.IntN(8)
			if _, err := io.Copy(io.Discard, NewReader(bytes.NewReader(broken))); err != nil && strings.Contains(err.Error(), "panic") {
				t.Error(err)
			}
		}
		if opts == nil {
			broken := bytes.Clone(whole)
			broken[len(whole)/2] ^= 4
			if _, err := io.ReadAll(NewReader(bytes.NewReader(broken))); err == nil {
				t.Error("a wrong byte was not noticed")
			}
		}
	}
}

func TestXXH32(t *testing.T) {
	for text, want := range map[string]uint32{
		"": 0x02cc5d05, "a": 0x550d7456, "abc": 0x32d153ff, "Nobody inspects the spammish repetition": 0xe2293b2f,
	} {
		var h xxh32
		h.reset()
		for _, c := range []byte(text) {
			h.write([]byte{c})
		}
		if got := h.sum(); got != want {
			t.Errorf("%q: %#x, want %#x", text, got, want)
		}
	}
}
