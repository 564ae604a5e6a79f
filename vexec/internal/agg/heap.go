package agg

// A heap is a slice of numbers of which none is before the one at half its place.

// siftUp moves the last one of h to its place.
func siftUp(h []uint32, before func(a, b uint32) bool) {
	for i := len(h) - 1; i > 0; {
		up := (i - 1) / 2
		if !before(h[i], h[up]) {
			return
		}
		h[i], h[up] = h[up], h[i]
		i = up
	}
}

// popTop takes the first one out.
func popTop(h []uint32, before func(a, b uint32) bool) []uint32 {
	last := len(h) - 1
	h[0] = h[last]
	h = h[:last]
	siftDown(h, 0, before)
	return h
}

func siftDown(h []uint32, i int, before func(a, b uint32) bool) {
	for {
		least := i
		for _, kid := range [2]int{2*i + 1, 2*i + 2} {
			if kid < len(h) && before(h[kid], h[least]) {
				least = kid
			}
		}
		if least == i {
			return
		}
		h[i], h[least] = h[least], h[i]
		i = least
	}
}

// heapify makes a heap of what is in any order.
func heapify(h []uint32, before func(a, b uint32) bool) {
	for i := len(h)/2 - 1; i >= 0; i-- {
		siftDown(h, i, before)
	}
}
