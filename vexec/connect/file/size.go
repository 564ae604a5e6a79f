package file

import (
	"bytes"
	"context"
	"io"
	"math"
	"os"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/connect/format/arrowipc"
	"github.com/helios-stream/helios/vexec/connect/format/parquet"
)

const (
	sizedFiles  = 16       // how many files of a table Size looks into
	sampleBytes = 64 << 10 // how much of a text it reads
	packedMore  = 6        // how much longer a text is than what it is compressed to
)

// Size is about how many rows the table's files have: by footers, and for texts by the width
// of the first rows. It looks into few files, and takes the others to be like them. What
// cannot be read has no size: whoever reads it will say why.
func (c connector) Size(ctx context.Context, t *ir.Table) (rows int64, distinct []int64) {
	set, err := settingsOf(t)
	if err != nil || set.stdin || set.follow > 0 {
		return 0, nil
	}
	in, err := list(t, set)
	if err != nil {
		return 0, nil
	}
	var s sizing
	step := max(len(in.files)/sizedFiles, 1)
	for i, f := range in.files {
		s.all += f.size
		if i%step == 0 && s.files < sizedFiles && ctx.Err() == nil {
			s.add(f, set)
		}
	}
	if s.files == len(in.files) {
		distinct = s.distinct(t)
	}
	return s.total(), distinct
}

// sizing adds up what files hold.
type sizing struct {
	files      int
	rows       float64
	bytes, all int64 // of the files that were looked into, and of all
	spans      map[string]parquet.Span
	mixed      bool // not all files have spans
}

func (s *sizing) add(f input, set settings) {
	s.files++
	var rows int64
	var spans map[string]parquet.Span
	var err error
	switch f.format {
	case formatParquet:
		rows, spans, err = parquet.Size(f.path)
	case formatArrow:
		rows, err = arrowipc.Size(f.path)
	default:
		rows, err = textRows(f, set)
	}
	if err != nil {
		return
	}
	s.rows += float64(rows)
	s.bytes += f.size
	if rows > 0 {
		s.span(spans)
	}
}

// span widens the spans of columns by those of a file; one that a file does not have is gone.
func (s *sizing) span(spans map[string]parquet.Span) {
	if s.spans == nil && !s.mixed {
		s.spans = spans
		s.mixed = spans == nil
		return
	}
	for name, was := range s.spans {
		if now, ok := spans[name]; ok && now.Time == was.Time {
			s.spans[name] = parquet.Span{Lo: min(was.Lo, now.Lo), Hi: max(was.Hi, now.Hi), Time: was.Time}
		} else {
			delete(s.spans, name)
		}
	}
}

// total is the rows of all files, of which some have been looked into.
func (s *sizing) total() int64 {
	if s.bytes == 0 {
		return int64(s.rows)
	}
	return int64(s.rows * float64(s.all) / float64(s.bytes))
}

// distinct is how many values the columns have at most, by the spans of whole numbers and
// times; NULL counts as one.
func (s *sizing) distinct(t *ir.Table) []int64 {
	if len(s.spans) == 0 {
		return nil
	}
	cols := t.Physical().Cols
	out := make([]int64, len(cols))
	for i, c := range cols {
		w, ok := s.spans[c.Name]
		n := w.Hi - w.Lo
		if !ok || n < 0 || n >= 1<<62 {
			continue
		}
		switch {
		case c.Type.Kind.IsInteger() && !w.Time:
			out[i] = n + 2
		case c.Type.Kind.IsTimestamp() && w.Time && c.Type.P <= 6:
			out[i] = n/int64(math.Pow10(6-c.Type.P)) + 2
		}
	}
	return out
}

// textRows is about how many lines a file has.
func textRows(f input, set settings) (int64, error) {
	in, err := os.Open(f.path)
	if err != nil {
		return 0, err
	}
	defer in.Close()
	r, err := unpackFile(in, f.codec, set.codec == codecAuto)
	if err != nil {
		return 0, err
	}
	defer r.Close()
	head := make([]byte, sampleBytes)
	n, err := io.ReadFull(r, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return 0, err
	}
	lines := int64(bytes.Count(head[:n], []byte{'\n'}))
	if n > 0 && n < len(head) && head[n-1] != '\n' {
		lines++
	}
	size := f.size
	if n < len(head) {
		size = int64(n)
	} else if f.codec != "" {
		size *= packedMore
	}
	if f.format == formatCSV && set.csv.header {
		lines = max(lines-1, 0)
	}
	return int64(float64(lines) * float64(size) / float64(max(n, 1))), nil
}
