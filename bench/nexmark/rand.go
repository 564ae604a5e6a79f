package nexmark

import "math/bits"

// rng is splitmix64: small, fast, and good from any seed.
type rng struct{ state uint64 }

// eventRNG returns the generator of one event of one seed.
func eventRNG(seed, event uint64) rng {
	r := rng{seed*0x9E3779B97F4A7C15 ^ event*0xD1B54A32D192ED03}
	r.state = r.next()
	return r
}

func (r *rng) next() uint64 {
	r.state += 0x9E3779B97F4A7C15
	z := r.state
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// below returns a whole number in [0, n), n > 0.
func (r *rng) below(n uint64) uint64 {
	hi, _ := bits.Mul64(r.next(), n)
	return hi
}

// unit returns a number in [0, 1).
func (r *rng) unit() float64 { return float64(r.next()>>11) / (1 << 53) }

// lettersAtOnce is how many letters one random number gives, a byte each.
const lettersAtOnce = 8

// letters appends n letters a to z.
func (r *rng) letters(dst []byte, n int) []byte {
	for ; n > 0; n -= lettersAtOnce {
		x := r.next()
		for range min(n, lettersAtOnce) {
			dst = append(dst, 'a'+byte(uint32(x&0xFF)*26>>8))
			x >>= 8
		}
	}
	return dst
}

// word appends 3 to most-1 letters, with special standing for one in 13 of them.
func (r *rng) word(dst []byte, most int, special byte) []byte {
	const shortest = 3
	n := shortest + int(r.below(uint64(most-shortest)))
	start := len(dst)
	dst = r.letters(dst, n)
	for i := start; i < len(dst); i++ {
		if r.below(13) == 0 {
			dst[i] = special
		}
	}
	return dst
}

// extra appends the filler that brings an event of size bytes to about want bytes,
// a fifth of the difference more or less.
func (r *rng) extra(dst []byte, size, want int) []byte {
	want -= size
	if want <= 0 {
		return dst
	}
	delta := (want*2 + 5) / 10
	n := want - delta
	if delta > 0 {
		n += int(r.below(uint64(2 * delta)))
	}
	return r.letters(dst, n)
}
