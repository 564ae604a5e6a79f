package ir

import "math"

// Node is a logical operator. The implementations are the pointer types of this
// file, immutable once built; switch on them exhaustively.
type Node interface {
	Schema() *Schema
	Inputs() []Node
	WithInputs(in []Node) Node // a copy over other inputs of the same schemas
	Props() *Props
	isNode()
}

// Props is what the binder knows of a relation beside its schema.
type Props struct {
	TimeCol int // the event-time column; -1: none
	// OtherTime is a second column that event time bounds as it does TimeCol, of the other
	// side of an interval join: either may be used as event time. -1: none.
	OtherTime int
	Bounded   bool // the input ends
	Updating  bool // rows may be retracted
	// Window columns that a window function added and that are still there; -1: none.
	WindowStart, WindowEnd, WindowTime int
}

// NoProps is the Props of an unbounded append-only relation without event time.
var NoProps = Props{TimeCol: -1, OtherTime: -1, WindowStart: -1, WindowEnd: -1, WindowTime: -1}

// IsTime reports whether column col may be used as event time.
func (p *Props) IsTime(col int) bool {
	return col >= 0 && (col == p.TimeCol || col == p.OtherTime)
}

// Settle makes OtherTime the event time where TimeCol has gone.
func (p *Props) Settle() {
	if p.TimeCol < 0 {
		p.UseTime(p.OtherTime)
	}
}

// UseTime makes column col, of which IsTime, the event time of what follows.
func (p *Props) UseTime(col int) { p.TimeCol, p.OtherTime = col, -1 }

// Scan reads columns of a table. Cols are positions in Table.Schema(), so that
// computed columns are read like others.
//
// Fields narrows columns to what fields of theirs lead to: each is as Place.Fields. A
// field and the ROW that it stands in may both be there; then the ROW is decoded and
// the field taken from it.
//
// Check is decoded in any case: the statements of a file that read a table with the
// same watermark take or refuse a record together, by all the fields that they use.
// nil: only what Cols needs is.
//
// Terms are what all rows wanted fulfil, on columns that have a Place, by positions in
// Cols. The filters above the scan check it again.
type Scan struct {
	Table  *Table
	Cols   []int
	Fields [][]int // as long as Cols; nil: all columns are whole
	Check  []Place
	Terms  []ScanTerm
	P      Props
}

// Values is literal rows.
type Values struct {
	Rows [][]Expr
	S    *Schema
	P    Props
}

// DeadLetters is the dead letters of the tables: one row of LetterSchema for each record
// of theirs that cannot be decoded, and for each row that comes from them alone and that
// an operator refuses. It stands in no other relation than that of the sink that takes
// them, and no other sink has any of the tables' letters.
type DeadLetters struct {
	Tables []*Table
	P      Props
}

// LateRows keeps the rows that are late, or with Rest the others. Late is a row that came
// when the last of its windows had closed; without a Window one that is marked and was further
// behind the watermark than Beyond, in microseconds. With Rest the late ones are counted as such. Keys are those of the sessions of a
// Window of the kind Session, without Rest.
type LateRows struct {
	Input   Node
	TimeCol int
	Window  *Window // nil: none
	Beyond  int64   // without a Window; 0: all that are marked
	Keys    []int
	Rest    bool
}

// Filter keeps the rows for which Pred is true.
type Filter struct {
	Input Node
	Pred  Expr
}

// Project computes a row from each row.
type Project struct {
	Input Node
	Exprs []Expr
	S     *Schema // as long as Exprs
	P     Props
}

// Watermark names the event time: of each source partition, the watermark before
// a row is the greatest TimeCol before it less Lag. With Drop (IMPOSE_ORDER) rows
// strictly behind it are removed and counted as late; without (WATERMARK FOR)
// they go on.
type Watermark struct {
	Input   Node
	TimeCol int
	Lag     int64 // microseconds
	Drop    bool
	// Mark has the watermark mark what Drop would remove, and nothing else, instead of
	// removing it: LateRows above tell the rows apart. Never with Drop.
	Mark bool
	// Shared keeps the watermark also where nothing above looks at event time: others read
	// the table by it, in the same scan.
	Shared bool
	P      Props
}

// WindowKind is the shape of a window.
type WindowKind uint8

// The window kinds.
const (
	Tumble WindowKind = iota + 1
	Hop
	Cumulate
	Session
	CountRows
)

var windowNames = [...]string{"", "TUMBLE", "HOP", "CUMULATE", "SESSION", "COUNT_WINDOW"}

// String is the window function's name.
func (k WindowKind) String() string { return windowNames[k] }

// Window is an assignment of event times to windows [start, start+Size) with
// start = Offset + n*Slide for whole n. Microseconds all; Tumble has Slide = Size.
// Those of Cumulate begin every Size, at Offset + n*Size, and end every Slide from
// there on, up to Size later; Size is a multiple of Slide.
//
// The windows of the other kinds depend on the rows of a key (Keyed). Those of Session are
// rows that are at most Size apart, the gap, which Slide is, too. Those of CountRows are
// Size rows in the order in which they come, and again after every Slide rows.
type Window struct {
	Kind   WindowKind
	Size   int64
	Slide  int64
	Offset int64
	// Max is the most sessions that are open at once: then the one that has been quiet for
	// longest closes. 0: any number.
	Max int64
	// Sweep is after how many microseconds of processing time, at the latest, the memory of
	// sessions that have closed is freed. 0: when most of them have.
	Sweep int64
	// Partial has CountRows give what is left of less than Size rows when the input ends.
	Partial bool
	// Lateness is how long a window is kept open for late rows: it closes when the watermark
	// has reached its end and so many microseconds more. 0 for CountRows.
	Lateness int64
	// Zone is the time zone in which instants are on the clock that Size, Slide and Offset
	// are counted on: a day is one of the calendar, of 23 or 25 hours where the clock
	// changes. "": UTC. Only Tumble, Hop and Cumulate of whole days have one.
	Zone string
}

// WindowTVF adds window_start, window_end and window_time behind the input's
// columns, one output row for each window of a row. The input has event time TimeCol; -1 is
// none, for CountRows. Keyed windows are those of the rows with the same Keys, and their
// rows come out when they close, in the order in which they came.
type WindowTVF struct {
	Input   Node
	TimeCol int
	Window  Window
	Keys    []int
	S       *Schema
	P       Props
}

// Aggregate groups by the input columns Keys. Its columns are the keys and then
// the aggregates. StartKey and EndKey say which of Keys are the input's
// window_start and window_end; -1 both: not a windowed aggregate. A windowed one
// emits each group as Emit says and drops a row when its window has closed, Lateness behind
// its end. Where it does not emit Once it is an updating relation whose upsert key is the
// keys. One without a window gives each group once, when
// its input ends, with AtEnd, and else whenever it changes: an updating relation
// (ChangesOf) whose upsert key is the keys.
//
// Totals are of grouping sets without keys, by their numbers in the last key (Expand): as
// where nothing is grouped by, there is a group of each also of no rows.
type Aggregate struct {
	Input            Node
	Keys             []int
	Aggs             []AggCall
	StartKey, EndKey int // positions in Keys
	AtEnd            bool
	Emit             Emission // of a windowed one
	Lateness         int64    // of a windowed one, as Window.Lateness
	TTL              int64    // microseconds of processing time after which a group that did not change is forgotten; 0: never
	Totals           []int64  // none of a windowed aggregate
	S                *Schema
	P                Props
}

// Windowed reports whether the aggregate's groups are of windows.
func (n *Aggregate) Windowed() bool { return n.StartKey >= 0 || n.EndKey >= 0 }

// WindowAgg is the optimised form of an Aggregate over a WindowTVF: it takes the
// rows before their windows are assigned and works on panes. Keys are the grouping
// columns without the window's; those of keyed windows are grouped by all keys of the
// windows and nothing else. Out says what each output column is.
type WindowAgg struct {
	Input   Node
	TimeCol int
	Window  Window
	Keys    []int
	Aggs    []AggCall
	Out     []WindowOut
	// Emit is when groups come out. One that does not emit Once is an updating relation, whose
	// Out has what names the window and all keys before the aggregates; that of sessions has
	// start and end. A session that grows or is merged is taken back (-D) and given anew (+I).
	// Windows of rows, COUNT_WINDOW, emit Once.
	Emit Emission
	S    *Schema
	P    Props
}

// WindowOut is one output column of a WindowAgg.
type WindowOut struct {
	Kind  WindowOutKind
	Index int // into Keys or Aggs
}

// WindowOutKind says where an output column of a WindowAgg comes from.
type WindowOutKind uint8

// The sources of an output column.
const (
	OutStart WindowOutKind = iota + 1
	OutEnd
	OutTime
	OutKey
	OutAgg
)

// Union is UNION ALL: the rows of all inputs, which have the same types.
type Union struct {
	In []Node
	S  *Schema
	P  Props
}

// Limit passes Offset rows by and then gives up to Count: the first ones of the
// source's order where the input has one, else any. Having given the last it ends
// its input. Count < 0: all that are left.
type Limit struct {
	Input  Node
	Count  int64
	Offset int64
}

// Bound is how many rows of its input the limit looks at; ok is false where there
// is no bound.
func (n *Limit) Bound() (rows int64, ok bool) { return rowBound(n.Count, n.Offset) }

func rowBound(count, offset int64) (int64, bool) {
	if count < 0 || count > math.MaxInt64-offset {
		return 0, false
	}
	return count + offset, true
}

// Changelog turns changes into rows that are added: a first column says which change a
// row of the input was (+I, -U, +U, -D).
type Changelog struct {
	Input Node
	S     *Schema
	P     Props
}

// ProcTime makes the time at which a row is processed its event time, in TimeCol: no row
// is late, and the watermark is the clock.
type ProcTime struct {
	Input   Node
	TimeCol int
	P       Props
}

// Repeat gives each row as often as its last column says, a BIGINT that is not handed on:
// not at all where it is NULL or less than 1.
type Repeat struct {
	Input Node
	S     *Schema
	P     Props
}

// Sink hands its input to a table, or to the client where Table is nil.
type Sink struct {
	Input Node
	Table *Table // nil: the client (console, Go iterator)
	Title string // of a SELECT: what the console prints above the rows of several
	Zone  string // the time zone in which people are shown its instants; "": UTC
	Side  bool   // no statement of its own: it takes dead letters or late rows of the others
	At    Pos
}

// Logical is all statements of a file that make rows, in order: one dataflow.
type Logical struct {
	Sinks    []*Sink
	Delivery Delivery // that the query asks for; "": as whoever runs it likes
}

func (n *Scan) Schema() *Schema {
	s := &Schema{Cols: make([]Column, len(n.Cols))}
	for i, c := range n.Cols {
		s.Cols[i] = n.Table.Cols[c].Column
	}
	for i, f := range n.Fields {
		s.Cols[i], _ = s.Cols[i].Follow(f) // Validate has seen that they are there
	}
	return s
}
func (n *Values) Schema() *Schema      { return n.S }
func (n *DeadLetters) Schema() *Schema { return LetterSchema }
func (n *LateRows) Schema() *Schema    { return n.Input.Schema() }
func (n *Filter) Schema() *Schema      { return n.Input.Schema() }
func (n *Project) Schema() *Schema     { return n.S }
func (n *Watermark) Schema() *Schema   { return n.Input.Schema() }
func (n *WindowTVF) Schema() *Schema   { return n.S }
func (n *Aggregate) Schema() *Schema   { return n.S }
func (n *WindowAgg) Schema() *Schema   { return n.S }
func (n *Union) Schema() *Schema       { return n.S }
func (n *ProcTime) Schema() *Schema    { return n.Input.Schema() }
func (n *Repeat) Schema() *Schema      { return n.S }
func (n *Changelog) Schema() *Schema   { return n.S }
func (n *Limit) Schema() *Schema       { return n.Input.Schema() }
func (n *Sink) Schema() *Schema        { return n.Input.Schema() }

func (n *Scan) Inputs() []Node        { return nil }
func (n *Values) Inputs() []Node      { return nil }
func (n *DeadLetters) Inputs() []Node { return nil }
func (n *LateRows) Inputs() []Node    { return []Node{n.Input} }
func (n *Filter) Inputs() []Node      { return []Node{n.Input} }
func (n *Project) Inputs() []Node     { return []Node{n.Input} }
func (n *Watermark) Inputs() []Node   { return []Node{n.Input} }
func (n *WindowTVF) Inputs() []Node   { return []Node{n.Input} }
func (n *Aggregate) Inputs() []Node   { return []Node{n.Input} }
func (n *WindowAgg) Inputs() []Node   { return []Node{n.Input} }
func (n *Union) Inputs() []Node       { return n.In }
func (n *ProcTime) Inputs() []Node    { return []Node{n.Input} }
func (n *Repeat) Inputs() []Node      { return []Node{n.Input} }
func (n *Changelog) Inputs() []Node   { return []Node{n.Input} }
func (n *Limit) Inputs() []Node       { return []Node{n.Input} }
func (n *Sink) Inputs() []Node        { return []Node{n.Input} }

func (n *Scan) WithInputs([]Node) Node        { return n }
func (n *Values) WithInputs([]Node) Node      { return n }
func (n *DeadLetters) WithInputs([]Node) Node { return n }
func (n *LateRows) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }
func (n *Filter) WithInputs(in []Node) Node   { c := *n; c.Input = in[0]; return &c }
func (n *Project) WithInputs(in []Node) Node  { c := *n; c.Input = in[0]; return &c }
func (n *Watermark) WithInputs(in []Node) Node {
	c := *n
	c.Input = in[0]
	return &c
}
func (n *WindowTVF) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }
func (n *Aggregate) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }
func (n *WindowAgg) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }
func (n *Union) WithInputs(in []Node) Node     { c := *n; c.In = in; return &c }
func (n *ProcTime) WithInputs(in []Node) Node  { c := *n; c.Input = in[0]; return &c }
func (n *Repeat) WithInputs(in []Node) Node    { c := *n; c.Input = in[0]; return &c }
func (n *Changelog) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }
func (n *Limit) WithInputs(in []Node) Node     { c := *n; c.Input = in[0]; return &c }
func (n *Sink) WithInputs(in []Node) Node      { c := *n; c.Input = in[0]; return &c }

func (n *Scan) Props() *Props        { return &n.P }
func (n *Values) Props() *Props      { return &n.P }
func (n *DeadLetters) Props() *Props { return &n.P }
func (n *LateRows) Props() *Props    { return n.Input.Props() }
func (n *Filter) Props() *Props      { return n.Input.Props() }
func (n *Project) Props() *Props     { return &n.P }
func (n *Watermark) Props() *Props   { return &n.P }
func (n *WindowTVF) Props() *Props   { return &n.P }
func (n *Aggregate) Props() *Props   { return &n.P }
func (n *WindowAgg) Props() *Props   { return &n.P }
func (n *Union) Props() *Props       { return &n.P }
func (n *ProcTime) Props() *Props    { return &n.P }
func (n *Repeat) Props() *Props      { return &n.P }
func (n *Changelog) Props() *Props   { return &n.P }
func (n *Limit) Props() *Props       { return n.Input.Props() }
func (n *Sink) Props() *Props        { return n.Input.Props() }

func (*Scan) isNode()        {}
func (*Values) isNode()      {}
func (*DeadLetters) isNode() {}
func (*LateRows) isNode()    {}
func (*Filter) isNode()      {}
func (*Project) isNode()     {}
func (*Watermark) isNode()   {}
func (*WindowTVF) isNode()   {}
func (*Aggregate) isNode()   {}
func (*WindowAgg) isNode()   {}
func (*Union) isNode()       {}
func (*ProcTime) isNode()    {}
func (*Repeat) isNode()      {}
func (*Changelog) isNode()   {}
func (*Limit) isNode()       {}
func (*Sink) isNode()        {}
