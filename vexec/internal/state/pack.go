package state

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/arrowx"
)

const packSuffix = ".pack"

// segmentBatch is the rows that a segment is encoded by.
const segmentBatch = 16 << 10

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// writePack encodes the segments of c that are not on disk into one new file: one
// sync a checkpoint, however many operators and windows there are. The file lives
// as long as one of its segments.
func (d *Dir) writePack(ctx context.Context, c *Checkpoint) error {
	name := fmt.Sprintf("%s-%012d%s", c.Run, c.Epoch, packSuffix)
	path := filepath.Join(d.path, name)
	p := &pack{path: path}
	defer p.discard()
	for _, label := range sortedKeys(c.Ops) {
		for _, snap := range c.Ops[label] {
			for _, t := range snap.Tables {
				for _, ref := range t.Segments {
					if ref.File != "" {
						continue
					}
					if err := ctx.Err(); err != nil {
						return err
					}
					if err := p.add(t.schema, ref); err != nil {
						return fmt.Errorf("checkpoint file %s cannot be written: %w", path, reason(err))
					}
				}
			}
		}
	}
	if err := p.finish(name); err != nil {
		return fmt.Errorf("checkpoint file %s cannot be written: %w", path, reason(err))
	}
	return nil
}

// pack is a pack file being written; it is made with its first segment.
type pack struct {
	path string
	f    *os.File
	w    *bufio.Writer
	z    *zstd.Encoder
	off  int64
	refs []*SegmentRef
}

func (p *pack) add(s *ir.Schema, ref *SegmentRef) error {
	if err := p.open(); err != nil {
		return err
	}
	sum := crc32.New(castagnoli)
	n := &counter{w: io.MultiWriter(p.w, sum)}
	p.z.Reset(n)
	if err := encode(p.z, s, ref.seg); err != nil {
		return err
	}
	if err := p.z.Close(); err != nil {
		return err
	}
	ref.Off, ref.Len, ref.Sum = p.off, n.n, fmt.Sprintf("%08x", sum.Sum32())
	p.off += n.n
	p.refs = append(p.refs, ref)
	return nil
}

// open makes the file, with the first segment.
func (p *pack) open() (err error) {
	if p.f != nil {
		return nil
	}
	// One encoder for all segments: setting one up costs more than a small segment.
	if p.z, err = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest)); err != nil {
		return err
	}
	if p.f, err = os.Create(p.path); err != nil {
		return err
	}
	p.w = bufio.NewWriterSize(p.f, 1<<20)
	return nil
}

// finish makes the file durable; only then do its segments have a place.
func (p *pack) finish(name string) error {
	if p.f == nil {
		return nil
	}
	if err := p.w.Flush(); err != nil {
		return err
	}
	if err := p.f.Sync(); err != nil {
		return err
	}
	err := p.f.Close()
	p.f = nil
	if err != nil {
		return err
	}
	for _, ref := range p.refs {
		ref.File = name
		if w, ok := ref.seg.(vexec.Written); ok {
			w.Written()
		}
	}
	return nil
}

// discard removes an unfinished file.
func (p *pack) discard() {
	if p.f != nil {
		_ = p.f.Close()
		_ = os.Remove(p.path)
	}
}

func encode(w io.Writer, s *ir.Schema, seg vexec.Segment) error {
	aw, err := arrowx.NewWriter(w, s)
	if err != nil {
		return err
	}
	b := &vexec.Batch{}
	for from := 0; ; {
		n, err := seg.Read(from, segmentBatch, b)
		if err != nil {
			return err
		}
		if n == 0 {
			return aw.Close()
		}
		if err := aw.Write(b); err != nil {
			return err
		}
		from += n
	}
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// read calls f with the rows of a segment on disk.
func (d *Dir) read(ref *SegmentRef, s *ir.Schema, f func(b *vexec.Batch) error) error {
	path := filepath.Join(d.path, ref.File)
	file, err := os.Open(path)
	if err != nil {
		return damaged(path, reason(err).Error())
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || ref.Len < 0 || ref.Off < 0 || info.Size() < ref.Off+ref.Len {
		return damaged(path, "it is shorter than its manifest says")
	}
	raw := make([]byte, ref.Len)
	if _, err := file.ReadAt(raw, ref.Off); err != nil {
		return damaged(path, reason(err).Error())
	}
	if fmt.Sprintf("%08x", crc32.Checksum(raw, castagnoli)) != ref.Sum {
		return damaged(path, "its checksum does not fit")
	}
	z, err := zstd.NewReader(bytes.NewReader(raw), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return damaged(path, err.Error())
	}
	defer z.Close()
	rows := 0
	err = arrowx.ReadAll(z, s, func(b *vexec.Batch) error {
		rows += b.Rows
		return f(b)
	})
	if err == nil && rows != ref.Rows {
		return damaged(path, fmt.Sprintf("a segment has %d rows, not %d", rows, ref.Rows))
	}
	return err
}
