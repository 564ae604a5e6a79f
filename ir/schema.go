package ir

import "strings"

// Column is a column of a relation.
type Column struct {
	Name    string
	Type    *Type
	NotNull bool // declared or proven never NULL
	Extra   bool // handed on for operators above (FilterOp.Extra): not shown with rows
}

// Schema is the columns of a relation, in order. Names may repeat (a join, an
// unnamed expression); positions are what plans refer to.
type Schema struct {
	Cols []Column
}

// NewSchema returns a schema of the given columns.
func NewSchema(cols ...Column) *Schema { return &Schema{Cols: cols} }

// Index returns the position of the first column called name, or -1.
func (s *Schema) Index(name string) int {
	for i := range s.Cols {
		if s.Cols[i].Name == name {
			return i
		}
	}
	return -1
}

// Equal reports whether both have the same columns, names, types and order.
func (s *Schema) Equal(o *Schema) bool {
	if len(s.Cols) != len(o.Cols) {
		return false
	}
	for i := range s.Cols {
		a, b := &s.Cols[i], &o.Cols[i]
		if a.Name != b.Name || !a.Type.Equal(b.Type) {
			return false
		}
	}
	return true
}

// Select returns the columns at the given positions.
func (s *Schema) Select(cols []int) *Schema {
	out := &Schema{Cols: make([]Column, len(cols))}
	for i, c := range cols {
		out.Cols[i] = s.Cols[c]
	}
	return out
}

// String is the schema as a DDL column list.
func (s *Schema) String() string {
	var b strings.Builder
	for i, c := range s.Cols {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(c.Name + " " + c.Type.String())
		if c.NotNull {
			b.WriteString(" NOT NULL")
		}
	}
	return b.String()
}

// Pos is a place in a query file; the zero Pos is "no place".
type Pos struct {
	File string
	Line int // from 1
	Col  int // from 1, in characters
}

// Table is a mapping: a named relation outside of the engine, to read or to write.
type Table struct {
	Name      string
	Connector string            // the connector's name in lower case: "file", "kafka"
	Options   map[string]string // as written, after ${...}; keys are canonical (ConnectorSpec)
	Cols      []TableColumn
	Watermark *WatermarkSpec // nil: no event time
	Key       []string       // PRIMARY KEY; nil: none
	Partition []string       // PARTITIONED BY; nil: none
	// ByKey are the physical columns by whose values together its rows are asked for
	// (vexec.Looker): it is looked up, and never scanned. nil: it is scanned.
	ByKey []string
	// What the connector's decoders can leave out (vexec.Pruner): physical columns, by
	// position among them, increasing.
	Prune  []int // those that ScanTerms may name, also in their fields
	Narrow []int // ROWs of which single fields may be read
	// What the connector knows of its size, by which plans are chosen.
	Rows     int64   // about how many rows it has; 0: nobody knows
	Distinct []int64 // of each physical column, how many values it has at most; 0: nobody knows; nil: of none
	Dir      string  // folder of the query file: relative paths start here
	Pos      Pos     // where it was declared
}

// TableColumn is a column of a Table: physical, or computed from the others.
type TableColumn struct {
	Column
	Expr Expr   // nil for a physical column; else over the table's physical columns, by position among them
	Meta string // of a METADATA column: the key of what the connector knows of a row beside what it holds; "": no such column
}

// WatermarkSpec is WATERMARK FOR col AS col - lag.
type WatermarkSpec struct {
	Col string
	Lag int64 // microseconds, not negative
}

// Physical returns the schema of the columns that the connector gives: those that the
// outside stores, and metadata.
func (t *Table) Physical() *Schema {
	s := &Schema{}
	for i := range t.Cols {
		if t.Cols[i].Expr == nil {
			s.Cols = append(s.Cols, t.Cols[i].Column)
		}
	}
	return s
}

// Metadata returns the keys of the physical columns that are metadata, by position; nil:
// none is.
func (t *Table) Metadata() map[int]string {
	var out map[int]string
	n := 0
	for i := range t.Cols {
		if t.Cols[i].Meta != "" {
			if out == nil {
				out = map[int]string{}
			}
			out[n] = t.Cols[i].Meta
		}
		if t.Cols[i].Expr == nil {
			n++
		}
	}
	return out
}

// Schema returns all columns, computed ones included, as a query sees them.
func (t *Table) Schema() *Schema {
	s := &Schema{Cols: make([]Column, len(t.Cols))}
	for i := range t.Cols {
		s.Cols[i] = t.Cols[i].Column
	}
	return s
}

// ConnectorSpec describes a connector once: parsing, defaults, errors with the
// option's own place, docs/CONNECTORS.md and completion all come from it.
type ConnectorSpec struct {
	Name     string   // lower case
	Aliases  []string // other names, such as Flink's
	Summary  string   // one sentence
	Source   bool     // can be read
	Sink     bool     // can be written
	ByKey    bool     // what is read is looked up by key alone (Table.ByKey)
	Changes  bool     // a sink takes rows of every change kind, not only those that are added
	Options  []OptionSpec
	Metadata []MetadataSpec // what METADATA columns may ask for; it is read only
	Examples []string       // whole CREATE MAPPING statements
}

// MetadataSpec describes something that a connector knows of each row beside what the row
// holds: col TYPE METADATA FROM 'key'.
type MetadataSpec struct {
	Key     string
	Type    *Type    // of the column
	NotNull bool     // it is never NULL
	Formats []string // of what is read that has it; nil: all, or there are none
	Doc     string   // one sentence
}

// OptionSpec describes one option of a connector.
type OptionSpec struct {
	Name     string   // with ColumnHole in it: a family, one option for each column
	Aliases  []string // other spellings, such as Flink's and Hazelcast's; of a family with the hole, too
	Type     OptionType
	Values   []string // OptionEnum: what it may be
	Default  string   // "" = none
	Required bool
	Secret   bool // never printed
	Use      OptionUse
	Formats  []string // of what is read or written that it is for; nil: all, or there are none
	Excludes string   // an option that must not be given beside it, where it is 'true'; "": none
	Example  string
	Doc      string // one sentence
}

// OptionUse says what an option of a connector that reads and writes is for.
type OptionUse string

// The uses.
const (
	UseBoth  OptionUse = ""
	UseRead  OptionUse = "reading"
	UseWrite OptionUse = "writing"
)

// UseOf is what an option of the connector is for, in words: "reading", "writing" or
// "reading, writing", or "looking up", and behind it the formats: "writing Parquet".
func (s *ConnectorSpec) UseOf(o *OptionSpec) string {
	use := string(o.Use)
	switch {
	case use != "":
	case s.ByKey:
		use = "looking up"
	case s.Source && s.Sink:
		use = string(UseRead) + ", " + string(UseWrite)
	case s.Source:
		use = string(UseRead)
	default:
		use = string(UseWrite)
	}
	if len(o.Formats) > 0 {
		use += " " + strings.Join(o.Formats, ", ")
	}
	return use
}

// OptionType says how an option's text is checked.
type OptionType string

// The option types.
const (
	OptionString   OptionType = "string"
	OptionBool     OptionType = "boolean"  // true or false
	OptionInt      OptionType = "integer"  // a whole number, not negative
	OptionFloat    OptionType = "number"   // 0.5, -3, 1e6
	OptionBytes    OptionType = "bytes"    // 64KB, 1MB, 10 mib, 4096
	OptionDuration OptionType = "duration" // 500ms, 5s, 1 min, 24 h
	OptionEnum     OptionType = "one of"
	OptionPath     OptionType = "path" // relative to the query file
)

// InferError says why the columns of a table that declares none are not taken from its
// source, though they could be: an option has to ask for it.
type InferError struct {
	Reason        string // in the user's words
	Option, Value string // what asks for it
	Cols          []Column
}

func (e *InferError) Error() string { return e.Reason }
