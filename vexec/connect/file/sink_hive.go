package file

import (
	"fmt"
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/text"
)

// hiveNull is the folder of rows whose partition column is NULL.
const hiveNull = "__HIVE_DEFAULT_PARTITION__"

// maxName is the longest name of a folder that file systems take, in bytes.
const maxName = 255

// checkPartition refuses columns whose values cannot be the names of folders.
func checkPartition(t *ir.Table) error {
	cols := t.Physical()
	for i, name := range t.Partition {
		c := cols.Cols[cols.Index(name)]
		switch k := c.Type.Kind; {
		case slices.Contains(t.Partition[:i], name):
			return fmt.Errorf("%s: PARTITIONED BY names %s twice", t.Name, name)
		case k == ir.Boolean, k.IsInteger(), k == ir.Decimal, k == ir.Varchar, k == ir.Date, k.IsTimestamp():
		default:
			return fmt.Errorf("%s: PARTITIONED BY %s: the values of %s are no names for folders; use whole numbers, DECIMAL, VARCHAR, BOOLEAN, DATE or TIMESTAMP", t.Name, name, c.Type)
		}
	}
	if len(t.Partition) > 0 && len(t.Partition) == len(cols.Cols) {
		return fmt.Errorf("%s: PARTITIONED BY names all columns, so that nothing is left for the files", t.Name)
	}
	return nil
}

// hive finds the folder of each row: a=1/b=x.
type hive struct {
	cols  []int // in the rows
	names [][]byte
	value []byte
}

func newHive(cols *ir.Schema, partition []string) *hive {
	h := &hive{}
	for _, name := range partition {
		h.cols = append(h.cols, cols.Index(name))
		h.names = append(h.names, appendEscaped(nil, []byte(name)))
	}
	return h
}

// appendFolder appends the folder of the physical row r.
func (h *hive) appendFolder(dst []byte, b *vexec.Batch, r int) ([]byte, error) {
	for i, c := range h.cols {
		if i > 0 {
			dst = append(dst, '/')
		}
		from := len(dst)
		dst = append(append(dst, h.names[i]...), '=')
		v := &b.Cols[c]
		if v.Null(r) {
			dst = append(dst, hiveNull...)
			continue
		}
		h.value = text.AppendScalar(h.value[:0], v, r)
		if string(h.value) == hiveNull { // the text, not the absence of one
			dst = append(dst, "%5F"...)
			h.value = h.value[1:]
		}
		dst = appendEscaped(dst, h.value)
		if len(dst)-from > maxName {
			return dst, fmt.Errorf("a folder's name has at most %d bytes, and a value of the partition column %s takes %d", maxName, h.names[i], len(dst)-from)
		}
	}
	return dst, nil
}

// appendEscaped writes all but letters, digits, - . _ ~ and what is not ASCII as %XX,
// as URLs do.
func appendEscaped(dst, s []byte) []byte {
	const hex = "0123456789ABCDEF"
	for _, c := range s {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c >= 0x80,
			c == '-', c == '.', c == '_', c == '~':
			dst = append(dst, c)
		default:
			dst = append(dst, '%', hex[c>>4], hex[c&15])
		}
	}
	return dst
}
