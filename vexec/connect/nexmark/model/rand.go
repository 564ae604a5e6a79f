package model

import (
	"encoding/binary"
	"math/bits"
)

// rng is splitmix64: small, fast, good from any seed, and a counter: any number of
// draws can be skipped at once.
type rng struct{ state uint64 }

const golden = 0x9E3779B97F4A7C15

// eventRNG returns the generator of one event of one seed.
func eventRNG(seed, event uint64) rng {
	r := rng{seed*golden ^ event*0xD1B54A32D192ED03}
	r.state = r.next()
	return r
}

func (r *rng) next() uint64 {
	r.state += golden
	z := r.state
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// skip leaves out n draws.
func (r *rng) skip(n int) { r.state += uint64(n) * golden }

// below returns a whole number in [0, n), n > 0.
func (r *rng) below(n uint64) uint64 {
	hi, _ := bits.Mul64(r.next(), n)
	return hi
}

// unit returns a number in [0, 1).
func (r *rng) unit() float64 { return float64(r.next()>>11) / (1 << 53) }

// lettersAtOnce is how many letters one random number gives, a byte each.
const lettersAtOnce = 8

// draws is how many random numbers n letters take.
func draws(n int) int { return (n + lettersAtOnce - 1) / lettersAtOnce }

// letters appends n letters a to z.
func (r *rng) letters(dst []byte, n int) []byte {
	for ; n >= lettersAtOnce; n -= lettersAtOnce {
		dst = binary.LittleEndian.AppendUint64(dst, eight(r.next()))
	}
	if n > 0 {
		var raw [lettersAtOnce]byte
		binary.LittleEndian.PutUint64(raw[:], eight(r.next()))
		dst = append(dst, raw[:n]...)
	}
	return dst
}

// eight makes each byte of x a letter: 'a' + byte*26/256.
func eight(x uint64) uint64 {
	const low = 0x00FF00FF00FF00FF
	even := (x & low) * 26 >> 8 & low
	odd := (x >> 8 & low) * 26 &^ low
	return (even | odd) + 0x6161616161616161
}

// word appends 3 to most-1 letters, with special standing for one in 13 of them.
func (r *rng) word(dst []byte, most int, special byte) []byte {
	n := r.wordLen(most)
	start := len(dst)
	dst = r.letters(dst, n)
	for i := start; i < len(dst); i++ {
		if r.below(13) == 0 {
			dst[i] = special
		}
	}
	return dst
}

// wordLen draws the length of a word.
func (r *rng) wordLen(most int) int {
	const shortest = 3
	return shortest + int(r.below(uint64(most-shortest)))
}

// skipWord leaves out a word and returns its length.
func (r *rng) skipWord(most int) int {
	n := r.wordLen(most)
	r.skip(draws(n) + n)
	return n
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
