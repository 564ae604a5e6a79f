package file

import (
	"fmt"
	"io"
	"os"

	"github.com/helios-stream/helios/vexec/connect/format/arrowipc"
	"github.com/helios-stream/helios/vexec/connect/format/parquet"
)

// piece is a part of a file that is put together: the first bytes of a text file, or
// the first row groups of a Parquet file or record batches of an Arrow file, all of
// them if groups < 0.
type piece struct {
	path   string
	bytes  int64
	groups int
}

// join writes the pieces to a new file at path and syncs it. Text that is compressed
// is a member or a frame a segment, so that here, too, bytes are put behind bytes.
func (s *sink) join(path string, from []piece) (err error) {
	out, err := s.create(path)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := out.Close(); err == nil {
			err = cerr
		}
	}()
	switch s.set.format {
	case formatParquet:
		err = s.joinParquet(out, from)
	case formatArrow:
		err = s.joinArrow(out, from)
	default:
		err = s.joinText(out, from)
	}
	if err != nil {
		return err
	}
	s.step()
	return out.Sync()
}

func (s *sink) joinText(out io.Writer, from []piece) error {
	for _, p := range from {
		s.step()
		if err := copyBytes(out, p.path, p.bytes); err != nil {
			return err
		}
	}
	return nil
}

func (s *sink) joinParquet(out io.Writer, from []piece) error {
	parts := make([]parquet.Part, len(from))
	for i, p := range from {
		parts[i] = parquet.Part{Path: p.path, Groups: p.groups}
	}
	return parquet.Merge(out, s.schema, s.set.parquet, parts)
}

func (s *sink) joinArrow(out io.Writer, from []piece) error {
	parts := make([]arrowipc.Part, len(from))
	for i, p := range from {
		parts[i] = arrowipc.Part{Path: p.path, Batches: p.groups}
	}
	return arrowipc.Merge(out, s.schema, s.set.arrow, parts)
}

// copyBytes appends the first n bytes of the file at path to out.
func copyBytes(out io.Writer, path string, n int64) error {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	got, err := io.Copy(out, io.LimitReader(in, n))
	if err == nil && got < n {
		err = fmt.Errorf("%s has %d bytes where the checkpoint says %d: it was changed by someone else", path, got, n)
	}
	return err
}
