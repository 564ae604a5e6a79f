package parquet

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/bits"
)

func width(most uint8) uint { return uint(bits.Len8(most)) }

// levels are the repetition or definition levels of a page.
type levels struct {
	most   uint8
	old    bool // by bits, the highest first
	runs   hybrid
	oldBit int
}

func levelsV1(g *page, at int, encoding int32, most uint8) (levels, int, error) {
	l := levels{most: most}
	if most == 0 {
		return l, at, nil
	}
	n := len(g.data)
	switch encoding {
	case encRLE:
		if n-at < 4 {
			return l, 0, errShort
		}
		size := uint64(binary.LittleEndian.Uint32(g.data[at:]))
		if size > uint64(n-at-4) {
			return l, 0, errShort
		}
		l.runs = newHybrid(g.mem, at+4, at+4+int(size), width(most))
		return l, at + 4 + int(size), nil
	case encBitPacked:
		size := (g.left*int(width(most)) + 7) / 8
		if size > n-at {
			return l, 0, errShort
		}
		l.old, l.oldBit = true, 8*at
		l.runs.data = g.mem
		return l, at + size, nil
	}
	return l, 0, fmt.Errorf("the file is damaged: levels have the encoding %d", encoding)
}

// next reads len(dst) levels.
func (l *levels) next(dst []byte) error {
	switch {
	case l.most == 0:
		clear(dst)
		return nil
	case l.old:
		err := packedLevels(dst, l.runs.data, l.oldBit, width(l.most), l.most)
		l.oldBit += len(dst) * int(width(l.most))
		return err
	}
	return l.runs.levels(dst, l.most)
}

// flags reads n levels of a column that is not in a list: which rows have a value.
// all is true where all of them have, and out is then not set.
func (l *levels) flags(n int, mem *[]byte) (out []byte, present int, err error) {
	if l.most == 0 {
		return nil, n, nil
	}
	if !l.old {
		k, v, err := l.runs.same(n)
		if err != nil {
			return nil, 0, err
		}
		if k == n && v == int32(l.most) {
			return nil, n, l.runs.skip(n)
		}
	}
	if cap(*mem) < n {
		*mem = make([]byte, max(n, batchRows))
	}
	out = (*mem)[:n]
	if err := l.next(out); err != nil {
		return nil, 0, err
	}
	if l.most == 1 {
		present = bytes.Count(out, one)
	} else {
		for i, d := range out {
			out[i] = 0
			if d == l.most {
				out[i] = 1
				present++
			}
		}
	}
	if present == n {
		return nil, n, nil
	}
	return out, present, nil
}

var one = []byte{1}
