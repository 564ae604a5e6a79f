package file

import (
	"cmp"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// openPart is a part that has rows and has not rolled. Checkpoints store it.
type openPart struct {
	Dir   string `json:",omitempty"` // a=1/b=x; "" without PARTITIONED BY
	Since ir.Micros
	Rows  int64
	Segs  []seg

	seg  *segment // rows that no prepare has seen; nil: none
	used uint64   // the greater, the later
}

// rolledPart is a file aside that the next prepare gives its name.
type rolledPart struct {
	dir   string
	since ir.Micros
	name  string
	bytes int64
	drop  []string // what it was made from
}

func (f *folder) now() ir.Micros { return f.sc.Clock.Now() }

// due reports whether the part's time is over. Without an interval it is at the end of
// its epoch, when it has no segment that is being written.
func (f *folder) due(p *openPart) bool {
	r := f.set.roll
	if r.byTime && r.interval == 0 {
		return p.seg == nil
	}
	return r.byTime && f.now()-p.Since >= ir.Micros(r.interval/time.Microsecond)
}

// add writes rows of one folder.
func (f *folder) add(dir string, b *vexec.Batch) error {
	limit := f.set.roll.rows
	for from, n := 0, b.Live(); from < n; {
		p, err := f.part(dir)
		if err != nil {
			return err
		}
		take := n - from
		if limit > 0 {
			take = int(min(int64(take), limit-p.Rows))
		}
		rows := b
		if take < n {
			rows = slice(b, from, take)
		}
		if err := p.seg.write(rows); err != nil {
			return err
		}
		p.Rows += int64(take)
		from += take
		if limit > 0 && p.Rows >= limit || f.set.roll.bytes > 0 && p.size() >= f.set.roll.bytes {
			if err := f.rollPart(p); err != nil {
				return err
			}
		}
	}
	return nil
}

// slice is n live rows of b.
func slice(b *vexec.Batch, from, n int) *vexec.Batch {
	out := *b
	out.Late, out.Ord = nil, nil
	out.Sel = make([]int32, n)
	for i := range out.Sel {
		out.Sel[i] = int32(b.Row(from + i))
	}
	return &out
}

// part is the folder's part, with a segment for rows.
func (f *folder) part(dir string) (*openPart, error) {
	p := f.open[dir]
	if p != nil && f.due(p) {
		if err := f.rollPart(p); err != nil {
			return nil, err
		}
		p = nil
	}
	if p == nil {
		if err := f.makeRoom(); err != nil {
			return nil, err
		}
		p = &openPart{Dir: dir, Since: f.now()}
		f.open[dir] = p
	}
	f.used++
	p.used = f.used
	if p.seg != nil {
		return p, nil
	}
	var err error
	p.seg, err = f.newSegment(f.aside(f.next(".seg")), len(p.Segs) == 0)
	return p, err
}

// makeRoom rolls the part that was not used for the longest time, if there are as many
// as there may be.
func (f *folder) makeRoom() error {
	for len(f.open) >= f.set.maxOpen {
		oldest := slices.MinFunc(slices.Collect(maps.Values(f.open)), func(a, b *openPart) int {
			return cmp.Or(cmp.Compare(a.used, b.used), cmp.Compare(a.Dir, b.Dir))
		})
		if err := f.rollPart(oldest); err != nil {
			return err
		}
	}
	return nil
}

// size is about how many bytes the part will have.
func (p *openPart) size() int64 {
	n := int64(0)
	for _, s := range p.Segs {
		n += s.Bytes
	}
	if p.seg != nil {
		n += p.seg.size()
	}
	return n
}

// seal syncs the rows that no prepare has seen.
func (f *folder) seal(p *openPart) error {
	s := p.seg
	if s == nil {
		return nil
	}
	p.seg = nil
	if err := s.finish(); err != nil {
		s.abort()
		return err
	}
	f.step()
	p.Segs = append(p.Segs, seg{Name: filepath.Base(s.path), Bytes: s.bytes})
	return nil
}

// rollPart ends the part: its segments become one file aside.
func (f *folder) rollPart(p *openPart) error {
	known := len(p.Segs) > 0 // to a checkpoint, which may be needed longer than the part waits
	if err := f.seal(p); err != nil {
		return err
	}
	delete(f.open, p.Dir)
	r := rolledPart{dir: p.Dir, since: p.Since, name: p.Segs[0].Name, bytes: p.Segs[0].Bytes}
	if len(p.Segs) > 1 || known && f.sc.Delivery == ir.AtLeastOnce {
		r.name, r.bytes = f.next(".whole"), 0
		var from []piece
		for _, s := range p.Segs {
			from = append(from, piece{path: f.aside(s.Name), bytes: s.Bytes, groups: -1})
			r.drop = append(r.drop, s.Name)
		}
		if err := f.join(f.aside(r.name), from); err != nil {
			return err
		}
	}
	f.rolled = append(f.rolled, r)
	return nil
}

// byAge are the open parts, the oldest first.
func (f *folder) byAge() []*openPart {
	return slices.SortedFunc(maps.Values(f.open), func(a, b *openPart) int {
		return cmp.Or(cmp.Compare(a.Since, b.Since), cmp.Compare(a.Dir, b.Dir))
	})
}
