package parquet

import (
	"encoding/binary"
	"math"
)

// Span is the least and the greatest value of a column of whole numbers, or of timestamps in
// microseconds, as far as a file's statistics say.
type Span struct {
	Lo, Hi int64
	Time   bool // timestamps
}

// Size reads from a file's footer how many rows it has, and the spans of those of its
// columns of whole numbers and timestamps for which all row groups name one.
func Size(path string) (rows int64, spans map[string]Span, err error) {
	f, err := openFile(path)
	if err != nil {
		return 0, nil, err
	}
	defer f.Release()
	defer f.Guard(&err)
	for g := range f.meta.groups {
		rows += f.meta.groups[g].rows
	}
	spans = map[string]Span{}
	for _, n := range f.root.kids {
		if n.leaf == nil || n.leaf.natural == nil || n.leaf.maxRep > 0 {
			continue
		}
		isTime := n.leaf.natural.Kind.IsTimestamp() && n.leaf.unit > 0
		if s, ok := f.span(n.leaf); ok && (isTime || n.leaf.natural.Kind.IsInteger()) {
			if s.Time = isTime; isTime {
				s.Lo, s.Hi = inMicros(s.Lo, n.leaf.unit), inMicros(s.Hi, n.leaf.unit)
			}
			spans[n.name] = s
		}
	}
	return rows, spans, nil
}

// inMicros is a time, of which a second has so many units, in microseconds, or as near to that
// as there are numbers.
func inMicros(t, unit int64) int64 {
	if unit >= micros {
		return t / (unit / micros)
	}
	by := micros / unit
	return max(min(t, math.MaxInt64/by), math.MinInt64/by) * by
}

// span is the span of a leaf over all row groups; ok is false where one does not say it.
func (f *file) span(l *leaf) (s Span, ok bool) {
	for g := range f.meta.groups {
		m := &f.meta.groups[g].cols[l.index].stats
		lo, known := wholeNumber(l, m.min, m.oldMin)
		hi, too := wholeNumber(l, m.max, m.oldMax)
		if !known || !too || lo > hi {
			return Span{}, false
		}
		if !ok {
			s, ok = Span{Lo: lo, Hi: hi}, true
		}
		s = Span{Lo: min(s.Lo, lo), Hi: max(s.Hi, hi)}
	}
	return s, ok
}

// wholeNumber is a bound of a column of signed numbers.
func wholeNumber(l *leaf, now, old []byte) (int64, bool) {
	if !l.signed() {
		return 0, false
	}
	if now == nil {
		now = old
	}
	switch {
	case l.phys == physInt32 && len(now) == 4:
		return int64(int32(binary.LittleEndian.Uint32(now))), true
	case l.phys == physInt64 && len(now) == 8:
		return int64(binary.LittleEndian.Uint64(now)), true
	}
	return 0, false
}
