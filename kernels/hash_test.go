package kernels

import (
	"fmt"
	"math"
	"math/bits"
	"strings"
	"testing"
)

// State outlives processes, and its place depends on these values.
func TestHashGolden(t *testing.T) {
	f := func(name string, got, want uint64) {
		t.Helper()
		if got != want {
			t.Errorf("%s hashes to %#x, was %#x: checkpoints would not be found again; see vexec.HashVersion", name, got, want)
		}
	}
	str := func(s string) uint64 {
		v := MakeView([]byte(s), 0, 0)
		return HashInt(StringWord(&v, [][]byte{[]byte(s)}))
	}
	f("0", HashInt(0), golden[0])
	f("1", HashInt(1), golden[1])
	f("-1", HashInt(math.MaxUint64), golden[2])
	f("NULL", HashInt(HashNull), golden[3])
	f("1.5", HashInt(FloatWord(1.5)), golden[4])
	f("a DECIMAL", HashInt(PairWord(12345, 0)), golden[5])
	f("an empty string", str(""), golden[6])
	f("12 bytes", str("abcdefghijkl"), golden[7])
	f("13 bytes", str("abcdefghijklm"), golden[8])
	f("16 bytes", str(strings.Repeat("x", 16)), golden[9])
	f("17 bytes", str(strings.Repeat("x", 17)), golden[10])
	f("100 bytes", str(strings.Repeat("0123456789", 10)), golden[11])
	f("two columns", HashAdd(HashInt(7), 8), golden[12])
}

// A hash table takes the low bits; they must spread whatever the keys look like.
func TestHashSpreads(t *testing.T) {
	f := func(name string, key func(i int) uint64) {
		t.Helper()
		const n = 1 << 12
		slots := make([]uint8, 2*n)
		long, total := 0, 0
		for i := range n {
			p := key(i) & (2*n - 1)
			probe := 0
			for ; slots[p] != 0; p = (p + 1) & (2*n - 1) {
				probe++
			}
			slots[p] = 1
			long, total = max(long, probe), total+probe
		}
		// A random hash gives 0.5 probes on the average at load 0.5, and some 20 at most.
		if avg := float64(total) / n; avg > 0.8 || long > 60 {
			t.Errorf("%s: %.2f probes on the average, %d at most", name, avg, long)
		}
	}
	for s := range 26 { // further, products of different numbers meet
		for _, step := range []uint64{1, 3, 5, 1000, 1_000_000, 60_000_000, 7919, 1_000_000_007} {
			f(fmt.Sprintf("multiples of %d << %d", step, s), func(i int) uint64 { return HashInt(uint64(i) * step << s) })
		}
	}
	f("minutes in microseconds", func(i int) uint64 { return HashInt(uint64(1_700_000_000_000_000 + i*60_000_000)) })
	f("negative", func(i int) uint64 { return HashInt(uint64(-i)) })
	f("floats", func(i int) uint64 { return HashInt(FloatWord(float64(i))) })
	f("fractions", func(i int) uint64 { return HashInt(FloatWord(float64(i) / 8)) })
	f("two columns", func(i int) uint64 { return HashAdd(HashInt(uint64(i%64)), uint64(i/64)) })
	f("two equal columns", func(i int) uint64 { return HashAdd(HashInt(uint64(i)), uint64(i)) })
	f("short strings", func(i int) uint64 {
		v := InlineView([]byte{'k', byte(i), byte(i >> 8)})
		return HashInt(StringWord(&v, nil))
	})
	f("long strings", func(i int) uint64 {
		s := []byte("https://www.nexmark.com/item.htm?query=1&channel_id=\x00\x00")
		s[20+i%30] = byte(i / 30)
		s[5] = byte(i % 30)
		v := MakeView(s, 0, 0)
		return HashInt(StringWord(&v, [][]byte{s}))
	})
}

// Each bit of the input changes about half of the bits of the hash.
func TestHashAvalanche(t *testing.T) {
	for bit := range 64 {
		sum := 0
		for i := range 256 {
			x := uint64(i) * 0x2545F4914F6CDD1D
			sum += bits.OnesCount64(HashInt(x) ^ HashInt(x^1<<bit))
		}
		if avg := float64(sum) / 256; avg < 20 || avg > 44 {
			t.Errorf("bit %d changes %.1f bits on the average", bit, avg)
		}
	}
}

func TestFloatWord(t *testing.T) {
	if FloatWord(0) != FloatWord(math.Copysign(0, -1)) {
		t.Error("0.0 and -0.0 must be one key")
	}
	if FloatWord(math.NaN()) != FloatWord(math.Float64frombits(0xFFF8000000000123)) {
		t.Error("all NaNs must be one key")
	}
}

func BenchmarkHashInts(b *testing.B) {
	in, out := make([]int64, 1024), make([]uint64, 1024)
	for i := range in {
		in[i] = int64(i) * 7919
	}
	for b.Loop() {
		HashFill(HashSeed, nil, 1024, out)
		HashInts(in, nil, nil, 1024, out)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1024, "ns/row")
}

func BenchmarkHashViews(b *testing.B) {
	for _, n := range []int{5, 12, 13, 43} {
		text := []byte(strings.Repeat("0123456789", 5)[:n])
		in, out := make([]View, 1024), make([]uint64, 1024)
		for i := range in {
			in[i] = MakeView(text, 0, 0)
		}
		b.Run(strings.Repeat("x", n), func(b *testing.B) {
			for b.Loop() {
				HashViews(in, [][]byte{text}, nil, nil, 1024, out)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1024, "ns/row")
		})
	}
}
