package ir

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
)

// ByKeyOp joins rows, as they come and in their order, with the rows that a table gives for
// their keys: it is asked for those that are not in a cache, which all tasks of the operator
// share. It keeps nothing over a checkpoint. A row whose key cannot be answered is rejected; a
// pair for which Cond fails is rejected, and is none.
type ByKeyOp struct {
	Type  JoinType // inner, left, semi or anti
	Table *Table   // with ByKey
	Read  []int    // positions in Table.Physical(): the columns of Build
	In    *Schema
	Build *Schema
	Keys  []int // of In
	With  []int // of Build: the columns of Table.ByKey, in its order
	Cond  Expr  // over In and then Build; nil: none
	Cache Cache
	Rows  int64 // as Join.Rows
	Cols  []int
	Out   *Schema
}

// Name is the operator's name.
func (o *ByKeyOp) Name() string       { return "Join(by key)" }
func (o *ByKeyOp) OutSchema() *Schema { return o.Out }
func (*ByKeyOp) isPhysOp()            {}

// Cache bounds what is kept of the answers of a table that is looked up by key.
type Cache struct {
	Rows    int64 // at most; a key without rows counts as one; 0: no answer is kept
	Bytes   int64 // at most, of rows and keys
	TTL     int64 // microseconds of processing time after which an answer is forgotten; 0: never
	Missing bool  // also that a key has no rows is kept
}

// The options of a table that is looked up by key, which bound its cache, and say what becomes
// of a row whose key cannot be answered.
const (
	OptionLookupCache   = "lookup.cache"
	OptionCacheRows     = "lookup.cache.rows"
	OptionCacheBytes    = "lookup.cache.bytes"
	OptionCacheTTL      = "lookup.cache.ttl"
	OptionCacheMissing  = "lookup.cache.missing"
	CachePartial        = "partial"
	CacheNone           = "none"
	DefaultCacheRows    = 100_000
	DefaultCacheBytes   = 64 << 20
	defaultCacheMissing = true
)

// CacheOf is the cache that the options of a table ask for, or the default one.
func CacheOf(t *Table) Cache {
	c := Cache{Rows: DefaultCacheRows, Bytes: DefaultCacheBytes, Missing: defaultCacheMissing}
	if n, err := strconv.ParseInt(t.Options[OptionCacheRows], 10, 64); err == nil && n >= 0 {
		c.Rows = n
	}
	if n, ok := OptionSize(t.Options[OptionCacheBytes]); ok {
		c.Bytes = n
	}
	if d, ok := OptionSpan(t.Options[OptionCacheTTL]); ok {
		c.TTL = d.Microseconds()
	}
	if t.Options[OptionCacheMissing] == "false" {
		c.Missing = false
	}
	if t.Options[OptionLookupCache] == CacheNone || c.Rows == 0 || c.Bytes == 0 {
		return Cache{}
	}
	return c
}

// ByKeyTable is the table that a side of a join is, where its rows are found by key alone; nil:
// the side can be read.
func ByKeyTable(n Node) *Table {
	if s, ok := n.(*Scan); ok && len(s.Table.ByKey) > 0 {
		return s.Table
	}
	return nil
}

// checkByKey checks the right side of a ByKeyJoin: the table itself, and its key.
func checkByKey(x *Join) error {
	t := ByKeyTable(x.Right)
	if t == nil {
		return fmt.Errorf("a join by key with what is no table that is looked up by key")
	}
	s := x.Right.(*Scan)
	for _, c := range s.Cols {
		if t.Cols[c].Expr != nil || s.Fields != nil {
			return fmt.Errorf("a join by key with a computed column or a field of %s", t.Name)
		}
	}
	return checkByKeyNames(t, x.Right.Schema(), x.RightKeys)
}

func checkByKeyNames(t *Table, s *Schema, keys []int) error {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = s.Cols[k].Name
	}
	if len(keys) == 0 || !slices.Equal(names, t.ByKey) {
		return fmt.Errorf("%s is looked up by %q, not by %q", t.Name, t.ByKey, names)
	}
	return nil
}

func checkByKeyOp(x *ByKeyOp, in *Schema) error {
	if x.Table == nil || !sameTypes(x.In, in) || x.Type == RightJoin || x.Type == FullJoin {
		return fmt.Errorf("a %s join by key of (%s)", x.Type, in)
	}
	physical := x.Table.Physical()
	return firstErrorOf(
		func() error { return checkColumns("column", x.Read, len(physical.Cols)) },
		func() error {
			if s := physical.Select(x.Read); !sameTypes(s, x.Build) {
				return fmt.Errorf("it reads (%s), not (%s)", s, x.Build)
			}
			return nil
		},
		func() error {
			if c := x.Cache; c.Rows < 0 || c.Bytes < 0 || c.TTL < 0 {
				return fmt.Errorf("a cache of %d rows, %d bytes", c.Rows, c.Bytes)
			}
			return nil
		},
		func() error { return checkJoined(x.Type, x.In, x.Build, x.Keys, x.With, x.Cond, x.Cols, x.Out) },
		func() error { return checkByKeyNames(x.Table, x.Build, x.With) })
}

// ByKeyTables are the tables that operators of the stage look rows up in by key.
func (s *Stage) ByKeyTables() (out []*Table) {
	for _, op := range s.Ops {
		if x, ok := op.(*ByKeyOp); ok {
			out = append(out, x.Table)
		}
	}
	return out
}

func byKeyText(x *ByKeyOp) string {
	return x.Name() + " " + x.Type.String() + " with " + x.Table.Name + joinOn(x.In, x.Build, x.Keys, x.With) + joinIf(x.Cond)
}

// byKeyState is what a join by key keeps.
func byKeyState(table string, c Cache, s *Schema) State {
	if c.Rows == 0 {
		return State{NoState, "", ""}
	}
	text := fmt.Sprintf("a cache of answers of `%s` for all tasks: at most %s or %s, %s", table, plural(int(c.Rows), "row"), sizeInWords(c.Bytes), rowBytes(s))
	if c.TTL > 0 {
		text += ", each forgotten after " + SpanInWords(c.TTL)
	}
	return State{ConstantState, text + "; those not asked for any more go first; it is empty after a restart", ""}
}

// sizeInWords is a number of bytes in the greatest unit that it is whole in: 64 MB.
func sizeInWords(n int64) string {
	for _, u := range []struct {
		name  string
		shift uint
	}{{"GB", 30}, {"MB", 20}, {"KB", 10}} {
		if n >= 1<<u.shift && n&(1<<u.shift-1) == 0 {
			return strconv.FormatInt(n>>u.shift, 10) + " " + u.name
		}
	}
	return plural(int(n), "byte")
}

// byKeyName is what the right side of a ByKeyJoin is called.
func byKeyName(x *Join) string { return cmp.Or(x.RightName, ByKeyTable(x.Right).Name) }
