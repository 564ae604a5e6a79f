package file

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/helios-stream/helios/vexec/connect/format/arrowipc"
	"github.com/helios-stream/helios/vexec/connect/format/parquet"
)

// whole is one file that appears at the end of the run. Its token names all
// segments so far; the last epoch's commit joins them.
type whole struct{ aside }

func newWhole(s *sink) *whole {
	w := &whole{newAside(s)}
	w.first = func() bool { return w.base == 0 && len(w.pending) == 0 }
	return w
}

func (w *whole) fresh() (err error) {
	if w.base, err = w.measure(); err != nil {
		return err
	}
	return w.discard()
}

// measure is how much of a file that is there stays: nothing, but with
// 'write.mode'='append'.
func (a *aside) measure() (int64, error) {
	info, err := os.Stat(a.set.path)
	if a.set.mode != modeAppend || errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	switch {
	case info.Size() == 0:
		return 0, nil
	case a.set.format == formatParquet:
		n, err := parquet.RowGroups(a.set.path, a.schema)
		return int64(n), err
	case a.set.format == formatArrow:
		n, err := arrowipc.Batches(a.set.path, a.schema)
		return int64(n), err
	}
	return info.Size(), a.checkText(info.Size())
}

// checkText looks whether rows can be added to a text file: it must end with a
// line end and, for CSV, begin with the same header.
func (a *aside) checkText(size int64) error {
	f, err := os.Open(a.set.path)
	if err != nil {
		return err
	}
	defer f.Close()
	head, last, err := a.headAndLast(f, size)
	switch {
	case err != nil:
		return err
	case last != '\n' && last != 0:
		return errors.New("the file's last line has no end, so that rows cannot be added behind it")
	case a.set.format != formatCSV || !a.set.csv.header || last == 0:
		return nil
	}
	if want := newCSV(a.schema, a.set.csv).AppendHeader(nil); !bytes.HasPrefix(head, want) {
		return fmt.Errorf("the file begins with another header than %q", bytes.TrimSpace(want))
	}
	return nil
}

// headAndLast are the first bytes of a file's text, as many as a header has, and its
// last one; 0: it has no text.
func (a *aside) headAndLast(f *os.File, size int64) (head []byte, last byte, err error) {
	head = make([]byte, len(newCSV(a.schema, a.set.csv).AppendHeader(nil)))
	buf := make([]byte, 1, 64<<10)
	if a.set.codec == "" {
		n, _ := io.ReadFull(f, head)
		_, err := f.ReadAt(buf, size-1)
		return head[:n], buf[0], err
	}
	r, err := unpack(f, a.set.codec)
	if err != nil {
		return nil, 0, fmt.Errorf("the file cannot be unpacked: %w", err)
	}
	defer r.Close()
	n, err := io.ReadFull(r, head)
	if n > 0 {
		last = head[n-1]
	}
	for buf = buf[:cap(buf)]; err == nil; {
		var got int
		if got, err = r.Read(buf); got > 0 {
			last = buf[got-1]
		}
	}
	if err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, 0, fmt.Errorf("the file cannot be unpacked: %w", err)
	}
	return head[:n], last, nil
}

func (w *whole) restore(_ uint64, tok *token) error {
	w.base, w.pending = tok.Base, tok.Segs
	if tok.Final {
		return w.commit(tok)
	}
	if !w.exists() && len(tok.Segs) == 0 {
		return nil
	}
	for _, s := range tok.Segs {
		there, err := w.check(s)
		if err == nil && !there {
			err = fmt.Errorf("%s, which the checkpoint needs, is missing", w.at(s.Name))
		}
		if err != nil {
			return err
		}
	}
	return w.keep(tok.Segs)
}

func (w *whole) prepare(epoch uint64, final bool) (*token, error) {
	if err := w.take(epoch); err != nil {
		return nil, err
	}
	if final && len(w.pending) == 0 && w.base == 0 {
		if err := w.empty(epoch); err != nil {
			return nil, err
		}
	}
	return &token{Segs: append([]seg(nil), w.pending...), Base: w.base}, nil
}

// commit joins the segments and puts the file in its place. It may be cut off at
// any step and run again: while the run's folder is there, it has all segments
// and the first Base bytes or row groups of the file are the old ones.
func (w *whole) commit(tok *token) error {
	if !tok.Final || !w.exists() {
		return w.finishIf(tok.Final)
	}
	joined := w.at("joined")
	alone := len(tok.Segs) == 1 && tok.Base == 0
	if alone {
		joined = w.at(tok.Segs[0].Name) // the segment is the file
	} else if len(tok.Segs) > 0 {
		if err := w.join(joined, w.pieces(tok)); err != nil {
			return err
		}
	}
	w.step()
	if err := os.Rename(joined, w.set.path); err != nil {
		if !errors.Is(err, fs.ErrNotExist) || len(tok.Segs) > 0 && !alone {
			return err
		}
	}
	w.step()
	if err := syncFolder(filepath.Dir(w.set.path)); err != nil {
		return err
	}
	return w.aside.finish()
}

// pieces are the old file's part and the segments.
func (w *whole) pieces(tok *token) []piece {
	var from []piece
	if tok.Base > 0 {
		from = append(from, piece{path: w.set.path, bytes: tok.Base, groups: int(tok.Base)})
	}
	for _, s := range tok.Segs {
		from = append(from, piece{path: w.at(s.Name), bytes: s.Bytes, groups: -1})
	}
	return from
}

func (w *whole) finishIf(final bool) error {
	if !final {
		return nil
	}
	return w.aside.finish()
}

// growing is one text file that grows at each commit. Its token names the
// segments that may not be in the file yet, and the file's length before them.
type growing struct {
	aside
	length int64 // committed bytes
}

func newGrowing(s *sink) *growing {
	g := &growing{aside: newAside(s)}
	g.first = func() bool { return g.length == 0 && len(g.pending) == 0 }
	return g
}

func (g *growing) fresh() (err error) {
	if g.base, err = g.measure(); err != nil {
		return err
	}
	g.length = g.base
	return g.discard()
}

func (g *growing) restore(_ uint64, tok *token) error {
	g.base, g.length, g.pending = tok.Base, tok.At, tok.Segs
	if err := g.commit(tok); err != nil {
		return err
	}
	if g.exists() {
		return g.keep(nil)
	}
	return nil
}

func (g *growing) prepare(epoch uint64, final bool) (*token, error) {
	if err := g.take(epoch); err != nil {
		return nil, err
	}
	if final && len(g.pending) == 0 && g.length == 0 {
		if err := g.empty(epoch); err != nil {
			return nil, err
		}
	}
	return &token{Segs: append([]seg(nil), g.pending...), Base: g.base, At: g.length}, nil
}

// showEarly appends the rows that have been written.
func (g *growing) showEarly(epoch uint64) error {
	if err := g.take(epoch); err != nil || len(g.pending) == 0 {
		return err
	}
	return g.commit(&token{Segs: append([]seg(nil), g.pending...), At: g.length})
}

var _ earlyMedium = (*growing)(nil)

// commit cuts the file to its length before the segments that are still aside,
// and appends them. A segment is removed once the file has been synced with it, so
// one that is missing is in the file.
func (g *growing) commit(tok *token) error {
	at, segs := tok.At, tok.Segs
	for len(segs) > 0 {
		there, err := g.check(segs[0])
		if err != nil {
			return err
		}
		if there {
			break
		}
		at += segs[0].Bytes
		segs = segs[1:]
	}
	if err := g.grow(at, segs, tok.Final); err != nil {
		return err
	}
	for _, s := range segs {
		g.step()
		if err := os.Remove(g.at(s.Name)); err != nil {
			return err
		}
		at += s.Bytes
	}
	g.pending, g.length = without(g.pending, tok.Segs), at
	if tok.Final {
		return g.aside.finish()
	}
	return nil
}

// grow makes the file its first at bytes and the segments.
func (g *growing) grow(at int64, segs []seg, final bool) error {
	if at == 0 && len(segs) == 0 {
		return nil // nothing of this run yet: what is there stays
	}
	f, err := os.OpenFile(g.set.path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() < at {
		return fmt.Errorf("the file has %d bytes where the checkpoint says %d: it was changed by someone else", info.Size(), at)
	}
	if final && len(segs) == 0 {
		return nil // the run had ended: what others added behind its rows is theirs
	}
	if err := f.Truncate(at); err != nil {
		return err
	}
	if _, err := f.Seek(at, io.SeekStart); err != nil {
		return err
	}
	for _, s := range segs {
		g.step()
		if err := copyBytes(f, g.at(s.Name), s.Bytes); err != nil {
			return err
		}
	}
	g.step()
	if err := f.Sync(); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(g.set.path))
}
