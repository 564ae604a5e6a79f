package file

import "slices"

// headKey is the front of a log, by which it is looked for: so many bytes with this
// hash.
type headKey struct {
	n    int64
	hash uint64
}

// headIndex finds logs by their fronts, which have different lengths.
type headIndex[T comparable] map[int64]map[uint64][]T

func (x headIndex[T]) add(k headKey, v T) {
	if x[k.n] == nil {
		x[k.n] = map[uint64][]T{}
	}
	x[k.n][k.hash] = append(x[k.n][k.hash], v)
}

func (x headIndex[T]) remove(k headKey, v T) {
	byHash := x[k.n]
	byHash[k.hash] = slices.DeleteFunc(byHash[k.hash], func(o T) bool { return o == v })
	if len(byHash[k.hash]) == 0 {
		delete(byHash, k.hash)
	}
	if len(byHash) == 0 {
		delete(x, k.n)
	}
}

// prefixes calls f for all whose front is that of head, until it returns false. head is
// hashed once.
func (x headIndex[T]) prefixes(head []byte, f func(T) bool) {
	if len(x) == 0 {
		return
	}
	h := hashStart
	for i, b := range head {
		h = hashOn(h, b)
		for _, v := range x[int64(i+1)][h] {
			if !f(v) {
				return
			}
		}
	}
}

// FNV-1a, which goes on from the hash of a prefix.
const (
	hashStart uint64 = 14695981039346656037
	hashPrime uint64 = 1099511628211
)

func hashOn(h uint64, b byte) uint64 { return (h ^ uint64(b)) * hashPrime }

func hashOf(b []byte) uint64 {
	h := hashStart
	for _, c := range b {
		h = hashOn(h, c)
	}
	return h
}
