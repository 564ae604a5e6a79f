package agg

import "github.com/helios-stream/helios/vexec"

// held is the memory that one part of a pair has reserved.
type held struct {
	mem   *vexec.Account // nil: not counted
	bytes int64
}

// set reserves or gives back until bytes are held; over the budget it changes nothing.
func (h *held) set(bytes int64) error {
	if err := h.mem.Grow(bytes - h.bytes); err != nil {
		return err
	}
	h.bytes = bytes
	return nil
}

// release gives everything back.
func (h *held) release() {
	_ = h.set(0)
}

// growCells returns c with n cells, the new ones set to zero. Its memory doubles,
// and is reserved first: cells of size bytes each.
func growCells[T any](c []T, n int, size int64, mem *held, zero T) ([]T, error) {
	if n > cap(c) {
		room := max(n, 2*cap(c), 16)
		if err := mem.set(int64(room) * size); err != nil {
			return c, err
		}
		bigger := make([]T, len(c), room)
		copy(bigger, c)
		c = bigger
	}
	for len(c) < n {
		c = append(c, zero)
	}
	return c, nil
}

// grown returns a slice of n elements with b's memory where that is large enough:
// scratch, whose content is unspecified.
func grown[T any](b []T, n int) []T {
	if cap(b) >= n {
		return b[:n]
	}
	return make([]T, n, max(n, 1024))
}
