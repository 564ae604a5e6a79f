package columnfile

import (
	"errors"
	"fmt"
	"strings"

	"github.com/helios-stream/helios/ir"
)

// IntType is the SQL type of integers of so many bits; nil: there is none.
func IntType(bits int, signed bool) *ir.Type {
	if !signed {
		bits *= 2 // the next wider type holds every value
	}
	switch bits {
	case 8:
		return ir.TTinyInt
	case 16:
		return ir.TSmallInt
	case 32:
		return ir.TInteger
	case 64:
		return ir.TBigInt
	case 128:
		return ir.TDecimal(20, 0)
	}
	return nil
}

// NoType says that a column is stored in a way that SQL has no type for.
func NoType(column, stored string) error {
	return fmt.Errorf("column %s is stored as %s, which no SQL type matches; declare the columns without it", column, stored)
}

// NotReadAs says that a column of the type has cannot be read as the declared one.
func NotReadAs(kind, column string, has, declared *ir.Type) error {
	return fmt.Errorf("column %s is %s in the %s file, which cannot be read as the declared %s; declare it %s and convert it in the query",
		column, has, kind, declared, has)
}

// maxNames is how many names Missing lists.
const maxNames = 50

// Missing says that a file, or the ROW called in ("" for none), has no column or field
// of the name, but others.
func Missing(kind, in, name string, has []string) error {
	what := fmt.Sprintf("the %s file has no column %s", kind, name)
	if in != "" {
		what = fmt.Sprintf("column %s of the %s file has no field %s", in, kind, name)
	}
	hint := "."
	if near := nearest(name, has); near != "" {
		hint = fmt.Sprintf("; did you mean %s?", near)
	}
	list := strings.Join(has[:min(len(has), maxNames)], ", ")
	if n := len(has) - maxNames; n > 0 {
		list += fmt.Sprintf(", and %d more", n)
	}
	return fmt.Errorf("%s%s It has: %s", what, hint, list)
}

// nearest returns the name that a typing error away from name is meant, or "".
func nearest(name string, names []string) string {
	best, dist := "", max(1, len(name)/3)+1
	for _, n := range names {
		if strings.EqualFold(n, name) {
			return n
		}
		if d := editDistance(strings.ToLower(n), strings.ToLower(name)); d < dist {
			best, dist = n, d
		}
	}
	return best
}

func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diag := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diag
			if a[i-1] != b[j-1] {
				cost = 1 + min(diag, row[j], row[j-1])
			}
			diag, row[j] = row[j], cost
		}
	}
	return row[len(b)]
}

// CheckWritten says which columns a file of the kind cannot hold. refuse returns the
// part of a type that cannot be written; nil: there is none.
func CheckWritten(kind string, s *ir.Schema, refuse func(*ir.Type) *ir.Type) error {
	seen := map[string]bool{}
	for _, c := range s.Cols {
		if bad := refused(c.Type, refuse); bad != nil {
			return fmt.Errorf("column %s: %s file cannot hold %s here; write it as another type, such as VARCHAR", c.Name, an(kind), bad)
		}
		if seen[c.Name] {
			return fmt.Errorf("column %s stands twice; the columns of %s file need names of their own", c.Name, an(kind))
		}
		seen[c.Name] = true
	}
	if len(s.Cols) == 0 {
		return errors.New(an(kind) + " file needs at least one column")
	}
	return nil
}

// refused looks for a type in t that is refused, or a ROW without fields.
func refused(t *ir.Type, refuse func(*ir.Type) *ir.Type) *ir.Type {
	switch t.Kind {
	case ir.Row:
		for _, f := range t.Fields {
			if bad := refused(f.Type, refuse); bad != nil {
				return bad
			}
		}
		if len(t.Fields) == 0 {
			return t
		}
		return nil
	case ir.Map:
		if bad := refused(t.Key, refuse); bad != nil {
			return bad
		}
		return refused(t.Elem, refuse)
	case ir.Array:
		return refused(t.Elem, refuse)
	}
	return refuse(t)
}
