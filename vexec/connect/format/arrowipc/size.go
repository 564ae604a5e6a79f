package arrowipc

// maxCounted is how many record batches Size looks at: of more it takes the rest to be
// like them.
const maxCounted = 256

// Size is about how many rows the file has, by the heads of its record batches. A stream,
// which does not say where they are, is read from head to head.
func Size(path string) (rows int64, err error) {
	f, err := openFile(path)
	if err != nil {
		return 0, err
	}
	defer f.Release()
	defer f.Guard(&err)
	if f.stream {
		return f.streamRows()
	}
	n := min(len(f.batches), maxCounted)
	for _, p := range f.batches[:n] {
		if m, err := f.message(p.at); err == nil && m.kind == kindBatch {
			rows += max(m.header.i64(0), 0)
		}
	}
	if n > 0 {
		rows = int64(float64(rows) / float64(n) * float64(len(f.batches)))
	}
	return rows, nil
}

// streamRows counts the rows of the first batches of a stream, and takes the rest of the
// bytes to be like theirs.
func (f *file) streamRows() (rows int64, err error) {
	at := f.start
	for n := 0; n < maxCounted && at < f.Size; n++ {
		m, err := f.message(at)
		if err != nil || m.meta+m.body <= 0 {
			break
		}
		if m.kind == kindBatch {
			rows += max(m.header.i64(0), 0)
		}
		at += m.meta + m.body
	}
	if at > f.start && at < f.Size {
		rows = int64(float64(rows) / float64(at-f.start) * float64(f.Size-f.start))
	}
	return rows, nil
}
