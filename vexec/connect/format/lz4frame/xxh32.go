package lz4frame

import (
	"encoding/binary"
	"math/bits"
)

// xxh32 is the checksum of LZ4 frames (xxHash, 32 bits, seed 0).
type xxh32 struct {
	v     [4]uint32
	buf   [16]byte
	n     int // bytes in buf
	total uint64
}

const (
	xxh1 uint32 = 2654435761
	xxh2 uint32 = 2246822519
	xxh3 uint32 = 3266489917
	xxh4 uint32 = 668265263
	xxh5 uint32 = 374761393
)

func (h *xxh32) reset() {
	one, two := xxh1, xxh2 // sums of them wrap
	*h = xxh32{v: [4]uint32{one + two, two, 0, -one}}
}

func (h *xxh32) write(b []byte) {
	h.total += uint64(len(b))
	if h.n > 0 {
		n := copy(h.buf[h.n:], b)
		h.n += n
		b = b[n:]
		if h.n < len(h.buf) {
			return
		}
		h.round(h.buf[:])
		h.n = 0
	}
	for ; len(b) >= 16; b = b[16:] {
		h.round(b)
	}
	h.n = copy(h.buf[:], b)
}

func (h *xxh32) round(b []byte) {
	for i := range h.v {
		h.v[i] = bits.RotateLeft32(h.v[i]+binary.LittleEndian.Uint32(b[4*i:])*xxh2, 13) * xxh1
	}
}

func (h *xxh32) sum() uint32 {
	s := h.v[2] + xxh5 // the seed
	if h.total >= 16 {
		s = bits.RotateLeft32(h.v[0], 1) + bits.RotateLeft32(h.v[1], 7) + bits.RotateLeft32(h.v[2], 12) + bits.RotateLeft32(h.v[3], 18)
	}
	s += uint32(h.total)
	b := h.buf[:h.n]
	for ; len(b) >= 4; b = b[4:] {
		s = bits.RotateLeft32(s+binary.LittleEndian.Uint32(b)*xxh3, 17) * xxh4
	}
	for _, c := range b {
		s = bits.RotateLeft32(s+uint32(c)*xxh5, 11) * xxh1
	}
	s = (s ^ s>>15) * xxh2
	s = (s ^ s>>13) * xxh3
	return s ^ s>>16
}
