package file

import (
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// splitter groups the rows of a batch by folder.
type splitter struct {
	groups map[string]int // folder to its place in dirs
	dirs   []string
	rows   [][]int32 // live rows of each
	cols   []int     // those that files have
	key    []byte
	view   vexec.Batch
}

// each calls add with the rows of each folder, in the order of their first ones. The
// columns of the folders' names are left out.
func (s *splitter) each(h *hive, b *vexec.Batch, files *ir.Schema, add func(dir string, b *vexec.Batch) error) error {
	if s.groups == nil {
		s.groups = map[string]int{}
		for c := range b.Cols {
			if !slices.Contains(h.cols, c) {
				s.cols = append(s.cols, c)
			}
		}
	}
	if err := s.group(h, b); err != nil {
		return err
	}
	s.view.Reset(files)
	for i, c := range s.cols {
		s.view.Cols[i] = b.Cols[c]
	}
	s.view.Rows = b.Rows
	for i, dir := range s.dirs {
		s.view.Sel = s.rows[i]
		if err := add(dir, &s.view); err != nil {
			return err
		}
	}
	return nil
}

// group fills dirs and rows.
func (s *splitter) group(h *hive, b *vexec.Batch) (err error) {
	clear(s.groups)
	s.dirs = s.dirs[:0]
	for i, n := 0, b.Live(); i < n; i++ {
		r := b.Row(i)
		if s.key, err = h.appendFolder(s.key[:0], b, r); err != nil {
			return err
		}
		g, known := s.groups[string(s.key)]
		if !known {
			g = len(s.dirs)
			s.dirs = append(s.dirs, string(s.key))
			s.groups[s.dirs[g]] = g
			if g == len(s.rows) {
				s.rows = append(s.rows, nil)
			}
			s.rows[g] = s.rows[g][:0]
		}
		s.rows[g] = append(s.rows[g], int32(r))
	}
	return nil
}
