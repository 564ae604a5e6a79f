package expr

import (
	"errors"
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// ErrTooMuch says that the texts and lists that a program makes of one batch need more memory
// than is good. Nothing was computed: whoever can gives the batch in parts (Halves).
var ErrTooMuch = errors.New("the texts and lists that are made of one batch of rows need more than 256 MB; set a smaller --batch-size")

// maxMade is how many bytes of texts and lists a program makes of one batch: less in tests.
var maxMade = 256 << 20

// space is the memory that a program fills for the batch at hand. The zero space, as when a
// program is compiled, and nil have no limit.
type space struct {
	limited bool
	used    int
	over    bool // more was wanted than there is
}

// begin begins a batch. A row alone is never too much, since each value is bounded.
func (s *space) begin(rows int) { *s = space{limited: rows > 1} }

// isFull reports whether no more may be made, where so many bytes have been that were not taken yet.
func (s *space) isFull(pending int) bool {
	if s == nil || !s.limited {
		return false
	}
	s.over = s.over || s.used+pending > maxMade
	return s.over
}

// take counts bytes that were made.
func (s *space) take(n int) {
	if s != nil {
		s.used += n
	}
}

// Halves calls push with b's first and with its last live rows, where err is ErrTooMuch and b has
// several; else it returns err. What push does to the selection of one does not touch the other.
func Halves(b *vexec.Batch, err error, push func(half *vexec.Batch) error) error {
	n := b.Live()
	if !errors.Is(err, ErrTooMuch) || n < 2 {
		return err
	}
	rows := make([]int32, 0, n)
	forRows(b.Rows, b.Sel, func(i int32) { rows = append(rows, i) })
	mid := n / 2
	if b.Kind != nil && n > 2 && b.Kind[rows[mid]] == vexec.UpdateAfter { // not between the parts of a change
		mid++
	}
	for _, part := range [][]int32{rows[:mid:mid], rows[mid:]} {
		half := *b
		half.Sel = part
		if err := push(&half); err != nil {
			return err
		}
	}
	return nil
}

// Why a text or a list is a row error.
var (
	tooLong = fmt.Sprintf("the text would have more than %d bytes, the most that a function makes", kernels.MaxText)
	tooMany = fmt.Sprintf("the list would take more than %d bytes, the most that a function makes", maxList)
)

// maxList is the most that a list which a function makes takes, by sizeOf. The texts in it are
// shared with the arguments, but are copied when the row is handed on.
const maxList = 4 * kernels.MaxText

// perValue is what each value in a list counts beside its text.
const perValue = 16

// listFits reports whether row i can have a list of what the arguments have there, and fails it
// where it cannot.
func (c *call) listFits(i int, args []*vexec.Vec) bool {
	size := 0
	for _, a := range args {
		size += sizeOf(a, i, perValue)
	}
	switch {
	case size > maxList:
		c.fail(int32(i), tooMany)
		return false
	case c.space.isFull(size):
		return false
	}
	c.space.take(size)
	return true
}

// sizeOf is the bytes of the texts in row i of v, and each for each value.
func sizeOf(v *vexec.Vec, i, each int) int {
	if v.Null(i) {
		return each
	}
	v, i = v.At(i)
	size := each
	switch v.Type.Kind {
	case ir.Varchar, ir.Varbinary, ir.JSON:
		size += v.Views()[i].Len()
	case ir.Row:
		for k := range v.Kids {
			size += sizeOf(&v.Kids[k], i, each)
		}
	case ir.Array, ir.Map:
		from, to := int(v.Offs[i]), int(v.Offs[i+1])
		for k := range v.Kids {
			if t := v.Kids[k].Type; t.Kind.Width() > 0 && t.Kind != ir.Varchar && t.Kind != ir.Varbinary && t.Kind != ir.JSON {
				size += (to - from) * each
				continue
			}
			for e := from; e < to; e++ {
				size += sizeOf(&v.Kids[k], e, each)
			}
		}
	}
	return size
}

// appendJSON has write append the argument as JSON. What is too long is refused before it is written: its
// parts may share their texts.
func appendJSON(c *call, write func(dst []byte, v *vexec.Vec, i int) []byte) {
	v := c.args[0]
	c.appendText(func(dst []byte, i int) ([]byte, bool) {
		if v.Type.Kind.IsNested() && sizeOf(v, i, 0) > kernels.MaxText {
			c.fail(int32(i), tooLong)
			return dst, false
		}
		return write(dst, v, i), false
	})
}
