package ir

// JoinType says which rows a join gives.
type JoinType uint8

// The types of joins.
const (
	InnerJoin JoinType = iota + 1 // the pairs
	LeftJoin                      // the pairs, and rows of the left side without one
	RightJoin                     // the pairs, and rows of the right side without one
	FullJoin                      // the pairs, and rows of both sides without one
	SemiJoin                      // the rows of the left side that have a pair, each once
	AntiJoin                      // the rows of the left side that have none
)

var joinTypeNames = [...]string{"", "inner", "left", "right", "full", "semi", "anti"}

// String is the type as explain shows it.
func (t JoinType) String() string { return joinTypeNames[t] }

// KeepsLeft reports whether rows of the left side come out without a pair.
func (t JoinType) KeepsLeft() bool { return t == LeftJoin || t == FullJoin || t == AntiJoin }

// KeepsRight reports whether rows of the right side come out without a pair.
func (t JoinType) KeepsRight() bool { return t == RightJoin || t == FullJoin }

// LeftOnly reports whether the columns of the right side are none of the result.
func (t JoinType) LeftOnly() bool { return t == SemiJoin || t == AntiJoin }

// JoinKind says what bounds the rows that a join keeps.
type JoinKind uint8

// The kinds of joins.
const (
	// RegularJoin keeps both sides. Its result changes where a side does, or where a row
	// that came out without a pair gets one.
	RegularJoin JoinKind = iota + 1
	// IntervalJoin is of rows whose event times are near each other (TimeBound).
	IntervalJoin
	// WindowJoin is of rows of the same window.
	WindowJoin
	// LookupJoin reads its right side, which ends and is of rows that are only added, to
	// its end before it takes a row of the left side. It keeps nothing of the left.
	LookupJoin
	// TemporalJoin gives each row of the left side the version of the right side's row that
	// was valid at its event time.
	TemporalJoin
	// ByKeyJoin asks a table that answers by key alone (Table.ByKey), the right side, for the
	// rows of each key of the left side, when its rows come. It keeps nothing of the left.
	ByKeyJoin
)

var joinKindNames = [...]string{"", "regular", "interval", "window", "lookup", "temporal", "by key"}

// String is the kind as explain shows it.
func (k JoinKind) String() string { return joinKindNames[k] }

// TimeBound is Lo <= left - right <= Hi for a column of each side that event time bounds
// (Props.IsTime), in microseconds; times of finer precision are cut off to microseconds
// before. Lo <= Hi.
type TimeBound struct {
	Left, Right int // columns of the sides
	Lo, Hi      int64
	// Behind is how far the watermark of the result stays behind that of both sides at least:
	// where its event time is another column than Left and Right, which may be older than both.
	Behind int64
}

// Spread is the greatest distance between the times of a pair, by which the watermark of the
// result is behind that of both sides; or Behind, if that is more.
func (b *TimeBound) Spread() int64 { return max(-b.Lo, b.Hi, b.Behind, 0) }

// KeepLeft is how long after its time a row of the left side may still get a pair that is
// not late, KeepRight the same of the right side. The row itself may come as late as at its
// time, so they are not negative.
func (b *TimeBound) KeepLeft() int64 { return max(-b.Lo, 0) }

// KeepRight is as KeepLeft.
func (b *TimeBound) KeepRight() int64 { return max(b.Hi, 0) }

// LostLeft is how far the watermark before a left row has to be ahead of its time for all right
// rows that it could meet to be freed.
func (b *TimeBound) LostLeft() int64 { return b.KeepRight() - b.Lo }

// LostRight is the same of a right row.
func (b *TimeBound) LostRight() int64 { return b.KeepLeft() + b.Hi }

// Join pairs each row of Left with those of Right that have equal keys, of which NULL
// equals nothing, and for which Cond is true.
//
// Its columns are Cols: places among the columns of Left and then those of Right, of which
// semi and anti joins have only Left's.
//
// A row that came behind the watermark, a late one, is paired with what was kept at that
// watermark: rows are paired unless one of them is marked with a watermark that is greater
// than the time of the other plus KeepLeft or KeepRight. In a window join it is dropped and
// counted when its window had closed, whatever its keys. So the result depends on the rows alone. A row without
// a pair comes out when the watermark of both sides has passed the last time at which one
// could come, or where the join is AtEnd when its input has ended.
type Join struct {
	Left, Right         Node
	Kind                JoinKind
	Type                JoinType
	LeftKeys, RightKeys []int      // as long as each other, of the same types
	Cond                Expr       // over the columns of Left and then Right; nil: none
	Time                *TimeBound // of an IntervalJoin; of a TemporalJoin the times alone
	// LeftEnd and RightEnd are the columns of a WindowJoin that have the end of the window;
	// they are among the keys, and so are those that have its start.
	LeftEnd, RightEnd int
	// Single, of a LookupJoin without keys: Right has one row at most, else the query fails.
	Single bool
	// AtEnd, of a RegularJoin: rows without a pair come out when the inputs end, or the run is
	// stopped, so that nothing is taken back.
	AtEnd bool
	// AnyOrder, of a LookupJoin, says that its sides were chosen by their sizes: which row
	// came first is not to be asked of what it gives.
	AnyOrder bool
	// Reload, of a LookupJoin, is the microseconds of processing time after which the right
	// side is read anew: rows are joined with the last one that was read whole. 0: never.
	Reload int64
	// LeftTTL and RightTTL, of a RegularJoin, are the microseconds of processing time after
	// which a row is forgotten; 0: never. What was given of it stays as it is.
	LeftTTL, RightTTL int64
	// LeftName and RightName are what the query calls the sides, for people.
	LeftName, RightName string
	Rows                int64 // about how many rows it gives, for people; 0: nobody knows
	Cols                []int
	S                   *Schema
	P                   Props
}

func (n *Join) Schema() *Schema           { return n.S }
func (n *Join) Inputs() []Node            { return []Node{n.Left, n.Right} }
func (n *Join) WithInputs(in []Node) Node { c := *n; c.Left, c.Right = in[0], in[1]; return &c }
func (n *Join) Props() *Props             { return &n.P }
func (*Join) isNode()                     {}

// PairSchema is the columns that Cond and Cols of a join are over: those of left, and then
// those of right, which are NULL where the other side's rows come out alone.
func PairSchema(t JoinType, left, right *Schema) *Schema {
	s := &Schema{Cols: make([]Column, 0, len(left.Cols)+len(right.Cols))}
	s.Cols = append(append(s.Cols, left.Cols...), right.Cols...)
	for i := range s.Cols {
		if i < len(left.Cols) && t.KeepsRight() || i >= len(left.Cols) && t.KeepsLeft() {
			s.Cols[i].NotNull = false
		}
	}
	return s
}

// JoinOp joins rows of two inputs as they come: regular, interval and window joins. It is
// the first operator of its stage, whose inputs have the ports 0, left, and 1, right. Both
// bring the rows of a key to the same task.
type JoinOp struct {
	Kind                JoinKind
	Type                JoinType
	Left, Right         *Schema
	LeftKeys, RightKeys []int
	Cond                Expr // over Left and then Right
	Time                *TimeBound
	LeftEnd, RightEnd   int // of a WindowJoin
	// LeftChanges and RightChanges: rows of that side may be taken back.
	LeftChanges, RightChanges bool
	AtEnd                     bool
	LeftTTL, RightTTL         int64
	Ends                      bool // both inputs end
	LeftName, RightName       string
	Rows                      int64 // as Join.Rows
	Cols                      []int
	// Times are the columns of Out that event time bounds, by which rows are marked.
	Times []int
	Out   *Schema
	Label string
	// StuckTime is as WindowAggOp.StuckTime.
	StuckTime string
}

// Name is the operator's name.
func (o *JoinOp) Name() string       { return "Join(" + o.Kind.String() + ")" }
func (o *JoinOp) OutSchema() *Schema { return o.Out }
func (*JoinOp) isPhysOp()            {}

// LookupOp joins rows, as they come and in their order, with what a Load of the plan has
// read. It keeps nothing. A pair for which Cond fails is rejected, and is none.
type LookupOp struct {
	Load     int      // Load.ID
	LoadName string   // Load.Name
	Type     JoinType // inner, left, semi or anti
	In       *Schema
	Build    *Schema // of the load
	Keys     []int   // of In
	With     []int   // of Build: the load's Keys
	Cond     Expr    // over In and then Build; nil: none
	Rows     int64   // as Join.Rows
	Cols     []int
	Out      *Schema
}

// Name is the operator's name.
func (o *LookupOp) Name() string       { return "Join(lookup)" }
func (o *LookupOp) OutSchema() *Schema { return o.Out }
func (*LookupOp) isPhysOp()            {}

// Load is a relation that is read to its end before the plan runs, and held in memory by
// Keys for all tasks together. It is read anew when a run starts again from a checkpoint.
// Its rows are only added. The stages of its plan have numbers that no other stage has
// (Plan.NumberLoads).
type Load struct {
	ID     int
	Name   string // what it is called in explain and errors: the table's name
	Plan   *Plan  // its last stage ends in no sink: its rows are the load's; it may have loads of its own
	Keys   []int  // columns of Out
	Single bool   // more than one row is an error
	Reload int64  // Join.Reload
	Out    *Schema
}

// TemporalOp gives each row of port 0, the left side, the row of port 1 with equal keys and
// the greatest time that is not after its own. It has no version where Cond is not true for
// that one. A version that came behind the watermark counts from there on; a late row of the
// left side is dropped and counted. Rows come out as the watermark of both sides passes them, in
// the order of time.
type TemporalOp struct {
	Type                JoinType // inner or left
	Left, Right         *Schema
	LeftKeys, RightKeys []int
	LeftTime, RightTime int
	// Arrival: of versions of one time the one that came last counts, by Batch.Ord; else, and
	// where these are equal, the one with the greatest values (VersionsByArrival).
	Arrival   bool
	Cond      Expr
	Cols      []int
	Out       *Schema
	Label     string
	StuckTime string
}

// VersionsByArrival reports whether the rows of n have numbers by which those of one time are
// told apart: they are rows of one source.
func VersionsByArrival(n Node) bool {
	if !HasArrival(n) {
		return false
	}
	for len(n.Inputs()) > 0 {
		n = n.Inputs()[0]
	}
	_, isScan := n.(*Scan)
	return isScan
}

// Name is the operator's name.
func (*TemporalOp) Name() string         { return "Join(temporal)" }
func (o *TemporalOp) OutSchema() *Schema { return o.Out }
func (*TemporalOp) isPhysOp()            {}
