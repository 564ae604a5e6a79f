package expr

import (
	"math/rand/v2"
	"testing"

	"github.com/helios-stream/helios/kernels"
)

// A text that is used again is that of its time, for every pattern and unit, before 1970 too.
func TestFormattedAgain(t *testing.T) {
	patterns := []string{"yyyy-MM-dd", "HH:mm", "yyyy-MM-dd HH", "h a", "K", "k", "mm:ss", "ss.SSS", "n", "E D Q", "'day'", "HH:mm:ss"}
	for _, units := range []int64{1, 1000, 1_000_000, 1_000_000_000} {
		for _, pattern := range patterns {
			f, err := kernels.CompileTimeFormat(pattern)
			if err != nil {
				t.Fatal(err)
			}
			r := rand.New(rand.NewPCG(uint64(units), 1))
			var last formatted
			now := r.Int64N(200_000*units) - 100_000*units
			for range 5000 {
				if got, want := string(last.append(nil, f, now, units)), string(f.Append(nil, now, units)); got != want {
					t.Fatalf("%s of %d/%d s: %q, want %q", pattern, now, units, got, want)
				}
				switch r.IntN(20) {
				case 0:
					now = r.Int64N(200_000*units) - 100_000*units
				case 1:
					now += 3600 * units
				default:
					now += r.Int64N(2*units+1) - units/2
				}
			}
		}
	}
}
