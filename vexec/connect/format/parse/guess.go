package parse

import "github.com/helios-stream/helios/ir"

// Guess is what the values seen so far tell of a column's type.
type Guess struct {
	rows   int // values seen, NULLs left out
	whole  int // whole numbers
	number int // all numbers
	truth  int // true and false
	time   int // ISO times
	nanos  bool
	object int
	array  int

	fields []*GuessField // of objects, by first appearance
	byName map[string]*GuessField
	elem   *Guess // of arrays
}

// GuessField is a field of the objects that a Guess has seen.
type GuessField struct {
	Name string
	Guess
}

// Limits of what becomes a nested type. What is beyond them stays text.
const (
	maxGuessFields = 500
	maxGuessDepth  = 32
)

// Number counts the number s.
func (g *Guess) Number(s []byte) {
	g.rows++
	if _, f := Float(s, 64); f != OK {
		return // as text it keeps all of it
	}
	_, f := Int(s)
	switch f {
	case OK:
		g.whole++
	case OutOfRange: // a BIGINT cannot hold it, and a DOUBLE would lose digits
		return
	}
	g.number++
}

// Text counts the text s.
func (g *Guess) Text(s []byte) {
	g.rows++
	us, f := Timestamp(s, 9)
	if f == OutOfRange { // outside of what nanoseconds hold
		_, f = Timestamp(s, 6)
	} else if us%1000 != 0 {
		g.nanos = true
	}
	if f == OK {
		g.time++
	}
}

// Bool counts true or false.
func (g *Guess) Bool() { g.rows, g.truth = g.rows+1, g.truth+1 }

// Object counts an object, whose fields are counted by themselves.
func (g *Guess) Object() { g.rows, g.object = g.rows+1, g.object+1 }

// Array counts an array and returns the guess of its elements.
func (g *Guess) Array() *Guess {
	g.rows, g.array = g.rows+1, g.array+1
	if g.elem == nil {
		g.elem = &Guess{}
	}
	return g.elem
}

// Field returns the guess of a field of objects.
func (g *Guess) Field(name string) *Guess {
	if f := g.byName[name]; f != nil {
		return &f.Guess
	}
	if g.byName == nil {
		g.byName = map[string]*GuessField{}
	}
	f := &GuessField{Name: name}
	g.fields = append(g.fields, f)
	g.byName[name] = f
	return &f.Guess
}

// Columns are the fields as columns, in the order of their first appearance. A field
// without a name is none.
func (g *Guess) Columns() []ir.Column { return g.columns(1) }

func (g *Guess) columns(depth int) []ir.Column {
	var cols []ir.Column
	for _, f := range g.fields {
		if f.Name != "" {
			cols = append(cols, ir.Column{Name: f.Name, Type: f.Type(depth)})
		}
	}
	return cols
}

// Type is the type that holds all values seen: BIGINT, DOUBLE, BOOLEAN, TIMESTAMP, ROW
// or ARRAY where all are of one kind, VARCHAR otherwise, and where all were NULL.
func (g *Guess) Type(depth int) *ir.Type {
	switch n := g.rows; {
	case n == 0:
	case n == g.whole:
		return ir.TBigInt
	case n == g.number:
		return ir.TDouble
	case n == g.truth:
		return ir.TBoolean
	case n == g.time && g.nanos:
		return &ir.Type{Kind: ir.Timestamp, P: 9}
	case n == g.time:
		return ir.TTimestamp
	case n == g.array && depth < maxGuessDepth:
		return &ir.Type{Kind: ir.Array, Elem: g.elem.Type(depth + 1)}
	case n == g.object && depth < maxGuessDepth && len(g.fields) <= maxGuessFields:
		t := &ir.Type{Kind: ir.Row}
		for _, c := range g.columns(depth + 1) {
			t.Fields = append(t.Fields, ir.Field{Name: c.Name, Type: c.Type})
		}
		if len(t.Fields) > 0 {
			return t
		}
	}
	return ir.TVarchar
}
