package parquet

import (
	"errors"
	"fmt"
	"io"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// shape is how a node of the file becomes a value of the declared type.
type shape struct {
	node *node
	want *ir.Type
	kids []*shape
	leaf int // position among the column's leaves; of a nested node that of its first
}

// nestedColumn decodes a ROW, an ARRAY or a MAP: the levels and values of each leaf
// for a number of rows, and then what the levels say about lists and NULLs.
type nestedColumn struct {
	shape  *shape
	leaves []*nestedLeaf
	out    vexec.Vec
	bad    []badValue
}

// nestedLeaf is a leaf of a nested column.
type nestedLeaf struct {
	column
	reps, defs []byte // of the batch's entries
	next       []byte // levels of the page that have been read ahead: repetition, definition
	ahead      int    // entries of next that have been used
	parts      []pagePart
	slots      int // entries that are elements of the leaf's list, or rows
	present    []byte
}

// pagePart is how many values of a page belong to the batch.
type pagePart struct {
	page   *page
	values int
}

// newShape finds the way from a node to the declared type.
func (c *nestedColumn) newShape(n *node, want *ir.Type) (*shape, error) {
	s := &shape{node: n, want: want, leaf: len(c.leaves)}
	if n.leaf != nil {
		p, err := newPlan(n.leaf, want)
		if err != nil {
			return nil, err
		}
		l := &nestedLeaf{}
		l.plan, l.flat = p, true
		c.leaves = append(c.leaves, l)
		return s, nil
	}
	if n.kind != want.Kind {
		return nil, fmt.Errorf("column %s is %s in the Parquet file, which cannot be read as the declared %s", n.path, n.describe(), want)
	}
	switch n.kind {
	case ir.Array:
		return s, c.addKid(s, n.kids[0], want.Elem)
	case ir.Map:
		if err := c.addKid(s, n.kids[0], want.Key); err != nil {
			return nil, err
		}
		return s, c.addKid(s, n.kids[1], want.Elem)
	}
	for i := range want.Fields {
		k := n.kid(want.Fields[i].Name)
		if k == nil {
			return nil, n.missing([]string{n.path}, want.Fields[i].Name)
		}
		if err := c.addKid(s, k, want.Fields[i].Type); err != nil {
			return nil, err
		}
	}
	if len(want.Fields) == 0 {
		return nil, fmt.Errorf("column %s is declared as a ROW without fields", n.path)
	}
	return s, nil
}

func (c *nestedColumn) addKid(s *shape, n *node, want *ir.Type) error {
	k, err := c.newShape(n, want)
	s.kids = append(s.kids, k)
	return err
}

// newNested returns a column for a nested node.
func newNested(n *node, want *ir.Type) (*nestedColumn, error) {
	c := &nestedColumn{}
	var err error
	c.shape, err = c.newShape(n, want)
	return c, err
}

func (c *nestedColumn) name() string        { return c.shape.node.path }
func (c *nestedColumn) vec() *vexec.Vec     { return &c.out }
func (c *nestedColumn) badOnes() []badValue { return c.bad }

func (c *nestedColumn) open(f *file, cols []chunkMeta, u *unpacker) error {
	for _, l := range c.leaves {
		l.next, l.ahead = l.next[:0], 0
		if err := l.column.open(f, cols, u); err != nil {
			return fmt.Errorf("%s: %w", l.plan.leaf.name, err)
		}
	}
	return nil
}

func (c *nestedColumn) close() {
	for _, l := range c.leaves {
		l.endParts()
		l.column.close()
	}
}

// seek goes to a row, which is not before the column's.
func (c *nestedColumn) seek(row int64) error {
	for _, l := range c.leaves {
		if err := l.seek(row); err != nil {
			return fmt.Errorf("%s: %w", l.plan.leaf.name, err)
		}
	}
	return nil
}

// fill makes out the next n rows; all of them, whatever some says.
func (c *nestedColumn) fill(n int, _ []stretch, nullBad bool) error {
	c.bad = c.bad[:0]
	for _, l := range c.leaves {
		if err := l.fillRows(n); err != nil {
			return fmt.Errorf("%s: %w", l.plan.leaf.name, err)
		}
		if nullBad {
			l.nullBad(l.slots)
		}
		c.takeBad(l)
	}
	return c.build(c.shape, &c.out, n)
}

// takeNulls is that of the leaves; of the first one it is not known which row it is in.
func (c *nestedColumn) takeNulls(row int64, to *vexec.BadRows) {
	for _, l := range c.leaves {
		l.nulls.FirstNull.Offset = 0
		l.takeNulls(row, to)
	}
}

// takeBad notes bad values with their rows.
func (c *nestedColumn) takeBad(l *nestedLeaf) {
	row, slot, next := int32(-1), int32(-1), 0
	for i := 0; i < len(l.defs) && next < len(l.bad); i++ {
		if l.reps[i] == 0 {
			row++
		}
		if l.defs[i] >= l.slotDef() {
			slot++
		}
		if l.bad[next].row == slot && l.defs[i] >= l.slotDef() {
			b := l.bad[next]
			b.row = row
			c.bad = append(c.bad, b)
			next++
		}
	}
}

// slotDef is the definition level from which on an entry is an element of the list
// that the leaf stands in.
func (l *nestedLeaf) slotDef() uint8 { return l.plan.leaf.listDef }

// batchRowsFor is how many rows of the row group a batch should have, so that it
// does not have too many elements.
func (c *nestedColumn) batchRowsFor(cols []chunkMeta, rows int64) int {
	n := batchRows
	for _, l := range c.leaves {
		if v := cols[l.plan.leaf.index].values; v > rows && rows > 0 {
			n = min(n, max(1, int(16*batchRows/(v/rows+1))))
		}
	}
	return n
}

// errEnds is what a column ends with before its rows do.
var errEnds = errors.New("the file is damaged: the column ends before its row group does")

// readLevels reads the levels of the next n rows, and of the pages how many values
// they have. load is false where the values are passed over.
func (l *nestedLeaf) readLevels(n int) error {
	l.endParts()
	l.reps, l.defs = l.reps[:0], l.defs[:0]
	rows := 0
	for {
		if l.ahead == len(l.next)/2 {
			more, err := l.readAhead()
			if err != nil {
				return err
			}
			if !more {
				if rows < n {
					return errEnds
				}
				return nil
			}
		}
		k := len(l.next) / 2
		reps, defs := l.next[:k], l.next[k:]
		from, values := l.ahead, 0
		i := from
		for ; i < k; i++ {
			if reps[i] == 0 {
				if rows == n {
					break
				}
				rows++
			} else if rows == 0 {
				return errors.New("the file is damaged: a page begins within a row")
			}
			if defs[i] == l.plan.leaf.maxDef {
				values++
			}
		}
		l.reps = append(l.reps, reps[from:i]...)
		l.defs = append(l.defs, defs[from:i]...)
		l.ahead = i
		l.addPart(values)
		if i < k {
			return nil
		}
		if len(l.reps) > l.src.file.limits.entries {
			return fmt.Errorf("%d rows have more than %d elements, which is more than can be read at once", n, l.src.file.limits.entries)
		}
	}
}

func (l *nestedLeaf) addPart(values int) {
	if k := len(l.parts); k > 0 && l.parts[k-1].page == l.page {
		l.parts[k-1].values += values
		return
	}
	l.parts = append(l.parts, pagePart{l.page, values})
}

// aheadEntries is how many levels are read at once.
const aheadEntries = 4096

// readAhead reads more levels of the page, or of the next one; false: there is none.
func (l *nestedLeaf) readAhead() (bool, error) {
	l.next, l.ahead = l.next[:0], 0
	if l.page == nil || l.page.left == 0 {
		l.page = nil // a part has it, or it was passed over
		if err := l.nextPage(); err == io.EOF {
			return false, nil
		} else if err != nil {
			return false, err
		}
	}
	k := min(aheadEntries, l.page.left)
	if cap(l.next) < 2*k {
		l.next = make([]byte, 2*aheadEntries)
	}
	l.next = l.next[:2*k]
	l.page.left -= k
	if err := l.page.reps.next(l.next[:k]); err != nil {
		return false, err
	}
	return true, l.page.defs.next(l.next[k:])
}

// endParts gives back the pages of the batch before but the one that goes on.
func (l *nestedLeaf) endParts() {
	for _, p := range l.parts {
		if p.page != l.page {
			l.src.release(p.page)
		}
	}
	l.parts = l.parts[:0]
}

// fillRows decodes the next n rows: their levels, and in out a row for each slot.
func (l *nestedLeaf) fillRows(n int) error {
	if err := l.readLevels(n); err != nil {
		return err
	}
	l.present, l.slots = l.present[:0], 0
	values := 0
	for _, d := range l.defs {
		if d < l.slotDef() {
			continue
		}
		flag := byte(0)
		if d == l.plan.leaf.maxDef {
			flag = 1
			values++
		}
		l.present = append(l.present, flag)
	}
	l.slots = len(l.present)
	l.begin(l.slots)
	at, page := 0, l.page
	for _, p := range l.parts {
		l.page = p.page
		if err := l.decode(at, p.values, l.slots); err != nil {
			l.page = page
			return err
		}
		at += p.values
	}
	l.page = page
	if l.plan.text {
		l.text.finish(&l.column, l.slots)
	}
	if values < l.slots {
		l.spread(0, l.present, values, l.slots, 0)
	}
	l.row += int64(n)
	return nil
}

// seek passes over rows.
func (l *nestedLeaf) seek(row int64) error {
	for l.row < row {
		n := int(min(row-l.row, batchRows))
		if err := l.readLevels(n); err != nil {
			return err
		}
		for _, p := range l.parts {
			if err := p.page.vals.skip(p.values); err != nil {
				return err
			}
		}
		l.row += int64(n)
	}
	return nil
}
