package expr

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/connect/format/ndjson"
	columns "github.com/helios-stream/helios/vexec/connect/format/parse"
)

// fromJSON reads JSON as an ARRAY, a MAP or a ROW, in the way of a column of NDJSON; nil:
// there is no such reading.
func fromJSON(to *ir.Type) strict {
	if !columns.Holds(to) {
		return nil
	}
	return func(c *call) {
		schema := ir.NewSchema(ir.Column{Type: to})
		set := columns.NewSet(schema)
		set.Grow(c.n)
		var side columns.Side
		col := &set.Cols[0]
		text := ndjson.NewText(col, false, &side)
		c.every(func(i int, live bool) {
			if !live {
				col.SetNull(i)
				return
			}
			path, reason := text.Put(i, c.bytes(0, i))
			if reason == "" {
				return
			}
			col.SetNull(i)
			if path != "" {
				reason = path + ": " + reason
			}
			c.fail(int32(i), reason)
		})
		v := col.Vec(c.n, [][]byte{nil, side.Buf})
		c.out.Offs, c.out.Kids = v.Offs, v.Kids
		c.each(func(i int) {
			if v.Null(i) {
				c.setNull(i)
			}
		})
	}
}
