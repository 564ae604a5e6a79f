package parquet

import (
	"encoding/binary"
	"math/bits"
)

// bloomSalt spreads a hash to the eight words of a block; the format's numbers.
var bloomSalt = [8]uint32{0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31}

// bloomPlace is the number of the block that a hash belongs to.
func bloomPlace(hash uint64, blocks int) int { return int((hash >> 32) * uint64(blocks) >> 32) }

// bloomHas reports whether the block may have got the hash.
func bloomHas(block []byte, hash uint32) bool {
	for i, salt := range bloomSalt {
		if binary.LittleEndian.Uint32(block[4*i:])&(1<<(hash*salt>>27)) == 0 {
			return false
		}
	}
	return true
}

// bloomAdd puts a hash into its block.
func bloomAdd(filter []byte, hash uint64) {
	block := filter[bloomPlace(hash, len(filter)/bloomBlock)*bloomBlock:][:bloomBlock]
	for i, salt := range bloomSalt {
		at := block[4*i:]
		binary.LittleEndian.PutUint32(at, binary.LittleEndian.Uint32(at)|1<<(uint32(hash)*salt>>27))
	}
}

// xxHash's primes.
const (
	prime1 uint64 = 0x9E3779B185EBCA87
	prime2 uint64 = 0xC2B2AE3D27D4EB4F
	prime3 uint64 = 0x165667B19E3779F9
	prime4 uint64 = 0x85EBCA77C2B2AE63
	prime5 uint64 = 0x27D4EB2F165667C5
)

// xxhash64 is xxHash's 64-bit form with the seed 0.
func xxhash64(b []byte) uint64 {
	n := uint64(len(b))
	h := prime5
	if len(b) >= 32 {
		p1, p2 := prime1, prime2
		v := [4]uint64{p1 + p2, p2, 0, -p1}
		for ; len(b) >= 32; b = b[32:] {
			for i := range v {
				v[i] = xxRound(v[i], binary.LittleEndian.Uint64(b[8*i:]))
			}
		}
		h = bits.RotateLeft64(v[0], 1) + bits.RotateLeft64(v[1], 7) + bits.RotateLeft64(v[2], 12) + bits.RotateLeft64(v[3], 18)
		for _, x := range v {
			h = (h^xxRound(0, x))*prime1 + prime4
		}
	}
	h += n
	for ; len(b) >= 8; b = b[8:] {
		h = bits.RotateLeft64(h^xxRound(0, binary.LittleEndian.Uint64(b)), 27)*prime1 + prime4
	}
	if len(b) >= 4 {
		h = bits.RotateLeft64(h^uint64(binary.LittleEndian.Uint32(b))*prime1, 23)*prime2 + prime3
		b = b[4:]
	}
	for _, c := range b {
		h = bits.RotateLeft64(h^uint64(c)*prime5, 11) * prime1
	}
	h = (h ^ h>>33) * prime2
	h = (h ^ h>>29) * prime3
	return h ^ h>>32
}

func xxRound(acc, in uint64) uint64 { return bits.RotateLeft64(acc+in*prime2, 31) * prime1 }
