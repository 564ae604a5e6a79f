package ir

// Plan is a physical plan: stages of fused operators, joined by exchanges. It is
// plain data; vexec builds and runs it, nothing else decides anything.
type Plan struct {
	Stages   []*Stage // in an order in which inputs come before their readers
	Loads    []*Load  // relations that are read to their ends before the stages run
	Delivery Delivery // that the query asks for; "": as whoever runs it likes
}

// Stage is a chain of operators that runs as Tasks tasks, each a goroutine with
// its own part of the data. It reads a Scan, Values or its Inputs, and ends in a
// Sink or in the exchanges of the stages that name it as an input.
type Stage struct {
	ID     int
	Tasks  int         // > 0
	Scan   *PhysScan   // nil unless the stage reads a table
	Values *PhysValues // nil unless the stage makes literal rows; Tasks is 1 then
	In     []Input     // empty if Scan or Values is set
	Ops    []PhysOp    // from the source on
	Sink   *PhysSink   // nil unless the stage writes
	Out    *Schema     // what leaves the chain
}

// Exchange is how rows get from the tasks of one stage to those of another.
type Exchange string

// The exchanges.
const (
	// Gather sends everything to the reader's one task, in any order.
	Gather Exchange = "gather"
	// GatherOrdered is Gather in the order of the source's rows: the reader takes
	// the units of the scan by their ticket.
	GatherOrdered Exchange = "gather ordered"
	// Hash sends a row to the task that owns its key group.
	Hash Exchange = "hash"
	// HashOrdered is Hash in the order of the source's rows: each reader takes the units of
	// the scan by their ticket, so that the rows of a key come in the order of the source.
	HashOrdered Exchange = "hash ordered"
	// Forward is no exchange at all: task i of the reader is a branch of task i of
	// the sender, which lends it every batch. It is the only input of its stage, and
	// both have as many tasks. Rows keep the order and the tickets of their scan.
	Forward Exchange = "forward"
	// Letters sends the dead letters of the sender's scan and operators, rows of
	// LetterSchema, to the reader's one task; its rows go elsewhere. A stage has at most
	// one such reader; the letters of others go to the run's dead-letter file.
	Letters Exchange = "dead letters"
)

// Input is one incoming exchange of a stage.
type Input struct {
	From int // Stage.ID
	Mode Exchange
	Keys []int // Hash, HashOrdered: columns of the sender's Out
	Port int   // of the stage's first operator, a join: 0 is the left side, 1 the right; else 0
}

// Schema is what comes over the exchange from a stage; nil from none.
func (in *Input) Schema(from *Stage) *Schema {
	switch {
	case from == nil:
		return nil
	case in.Mode == Letters:
		return LetterSchema
	}
	return from.Out
}

// PhysScan reads the given columns of a table, or fields in them: no two of which one
// is a part of the other.
//
// With TimeCol >= 0 the scan is the place where event time is fixed: its units
// take a turn in their order, so that the watermark before every row is the one
// that the file's order gives, whatever task decoded it. Rows behind it are
// marked (Batch.Late) or, with Drop, removed and counted.
type PhysScan struct {
	Table   *Table
	Cols    []int   // positions in Table.Physical(): what is decoded, in this order
	Fields  [][]int // as long as Cols, each as Place.Fields; nil: all columns are whole
	Out     *Schema
	TimeCol int // position in Cols; -1: none
	Lag     int64
	Drop    bool
	Mark    bool       // mark what Drop would remove, and nothing else (Watermark.Mark)
	Terms   []ScanTerm // what all rows that any reader wants fulfil; none with Drop, which has to see the others
	// Filters are what leaves out rows without a partner above; none by loads with Drop.
	Filters []ScanFilter
	// Limit, where it is not 0, is a number of rows that is enough: once the units
	// with the smallest tickets have given as many, no more are begun. More may come.
	Limit int64
	// Numbered says that rows carry their place in the order of arrival (vexec.Batch.Ord):
	// some operator above looks at it (AggCall.ByArrival, TemporalOp.Arrival). Literal rows always do.
	Numbered bool
}

// Places are what the scan decodes.
func (s *PhysScan) Places() []Place {
	out := make([]Place, len(s.Cols))
	for i, c := range s.Cols {
		out[i].Col = c
		if s.Fields != nil {
			out[i].Fields = s.Fields[i]
		}
	}
	return out
}

// ScanFilter says that only rows are wanted of a scan whose columns Cols have the keys of
// some row that a load has read, or of some row near in time that a join of two streams keeps.
// It is a hint, as a ScanTerm is: the lookup or the join above stays.
type ScanFilter struct {
	Load     int       // Load.ID, of a load that is read once
	LoadName string    // Load.Name; of a join what its other side is called
	Cols     []int     // of the scan: what is looked up by the load's Keys, of the same types
	Near     *NearKeys // not nil: not of a load
}

// NearKeys are the keys of the rows that an interval join keeps of a side, none of which comes
// late: a row of the scan has no partner in those that have no time from its own plus Lo to its own
// plus Hi. It is left out only when the side has been read up to there.
type NearKeys struct {
	Stage  int // of the join, its first operator
	Port   int // the side
	Time   int // of the scan: the column by which the join bounds rows, a timestamp in microseconds
	Lo, Hi int64
}

// PhysValues makes literal rows: one split, one unit, without event time. The
// expressions refer to no columns; one that fails is a row error.
type PhysValues struct {
	Rows [][]Expr // each as long as Out
	Out  *Schema
}

// PhysSink writes to a table, or to the client where Table is nil.
type PhysSink struct {
	Table *Table
	Title string
	Zone  string // as in Sink
	Side  bool   // it takes dead letters or late rows of the statements
	In    *Schema
	// Changes are the kinds of changes that come; 0: rows are only added.
	Changes Changes
}

// Required is the columns, by position, that the sink's mapping declares NOT NULL and
// that the plan does not prove to be: NULL in one of them is a row error.
func (s *PhysSink) Required() (cols []int) {
	if s == nil || s.Table == nil {
		return nil
	}
	for i, c := range s.Table.Physical().Cols {
		if c.NotNull && i < len(s.In.Cols) && !s.In.Cols[i].NotNull {
			cols = append(cols, i)
		}
	}
	return cols
}

// PhysOp is one operator of a chain. The implementations are the pointer types of
// this file.
type PhysOp interface {
	// Name is the operator's name in explain, statistics and errors.
	Name() string
	OutSchema() *Schema
	isPhysOp()
}

// FilterOp keeps the rows for which Pred is true. Extra are parts of Pred whose values
// it hands on in columns behind those of its input, for operators above that need
// them, too: parts that have been computed for every row for which Pred is true.
type FilterOp struct {
	Pred  Expr
	Extra []Expr
	// Apart: of an old row and the new one that replaces it one may stay alone, so that each is
	// taken back or added by itself (ChangesApart).
	Apart bool
	Out   *Schema // the input's columns, then Extra
}

// ProjectOp computes Exprs, and Extra: what operators above need that it computes
// anyway, or takes from those below.
type ProjectOp struct {
	Exprs []Expr
	Extra []Expr
	Out   *Schema // Exprs, then Extra
}

// All are the expressions of all columns.
func (o *ProjectOp) All() []Expr { return append(o.Exprs[:len(o.Exprs):len(o.Exprs)], o.Extra...) }

// WatermarkOp fixes event time where the scan cannot (PhysScan.TimeCol): it needs
// all rows of the relation in source order, in one task.
type WatermarkOp struct {
	TimeCol int
	Lag     int64
	Drop    bool
	Mark    bool // mark what Drop would remove, and nothing else
	Out     *Schema
}

// LateOp keeps the rows that are late (LateRows), or with Rest the others.
type LateOp struct {
	TimeCol int
	Window  *Window // nil: late is what is marked
	Beyond  int64   // as LateRows.Beyond
	Keys    []int   // of sessions
	Rest    bool
	Out     *Schema
	Label   string // of sessions: identity of the state across edits of the query
	// StuckTime, of sessions, is as of WindowAggOp.
	StuckTime string
}

// WindowTVFOp adds window_start, window_end and window_time. That of a keyed window keeps
// rows until their windows close; it needs all rows of a key in one task.
type WindowTVFOp struct {
	TimeCol int // -1: none, for CountRows
	Window  Window
	Keys    []int // of keyed windows
	Out     *Schema
	Label   string // of keyed windows: identity of the state across edits of the query
	// StuckTime, of sessions, is as of WindowAggOp.
	StuckTime string
}

// Mode is the exchange that brings rows to the tasks of their keys: in their order where
// they have one and it matters.
func (w Window) Mode(ordered bool) Exchange {
	if ordered && w.Keyed() {
		return HashOrdered
	}
	return Hash
}

// LimitOp passes Offset rows by, gives up to Count (< 0: all) and then ends its
// input. It needs all rows of the relation in one task.
type LimitOp struct {
	Count  int64
	Offset int64
	Out    *Schema
	Label  string // identity of the state across edits of the query
}

// NeedsOneTask reports whether an operator has to see all rows of its input.
func NeedsOneTask(op PhysOp) bool {
	switch x := op.(type) {
	case *LimitOp:
		return true
	case *SortOp:
		return x.Phase != Partial
	case *JoinOp:
		return len(x.LeftKeys) == 0 // any row may have a pair with any other
	case *TemporalOp:
		return len(x.LeftKeys) == 0
	}
	return false
}

// Bound is how many rows the operator looks at; ok is false where there is no bound.
func (o *LimitOp) Bound() (rows int64, ok bool) { return rowBound(o.Count, o.Offset) }

// AggPhase says what a WindowAggOp takes and gives.
type AggPhase string

// The phases.
const (
	// Complete takes rows and gives results.
	Complete AggPhase = "complete"
	// Partial takes rows and gives partial groups by pane: it keeps nothing over a
	// barrier and is flushed by it.
	Partial AggPhase = "partial"
	// Final takes what Partial gives and gives results.
	Final AggPhase = "final"
)

// WindowAggOp aggregates by window and key on panes. Keys and the Args of Aggs are
// over the schema In of the rows (also in the phase Final, whose real input is the
// schema that PartialSchema returns).
type WindowAggOp struct {
	Phase   AggPhase
	In      *Schema
	TimeCol int // of In
	Window  Window
	Keys    []int // columns of In
	Aggs    []AggCall
	Layout  []WindowOut // of results
	Emit    Emission    // as WindowAgg.Emit
	// Every, where it is not 0, is how often an EmitEvery behind it gives what it has: changes
	// may come as late as that.
	Every int64
	Out   *Schema // Partial: PartialSchema(op); else the results
	Label string  // identity of the state across edits of the query
	// StuckTime, if any, is as StuckTime returns it: nothing frees the state then.
	StuckTime string
}

// AttachedAggOp aggregates rows that carry their window in two columns. Keys that have
// both of these columns, or the one that names the window, are the key of changes.
type AttachedAggOp struct {
	In               *Schema
	StartCol, EndCol int   // columns of In
	Keys             []int // columns of In; the window's columns among them or not
	Aggs             []AggCall
	Emit             Emission // as Aggregate.Emit
	Lateness         int64    // as Window.Lateness
	Out              *Schema  // keys, then aggregates
	Label            string
	StuckTime        string // as of WindowAggOp
}

// GroupAggOp aggregates by key without a window. The phase Partial adds up the rows of
// each batch, or of all, before they go to the tasks of their keys; of rows that may be
// taken back (Aggs with Retracts) its groups are what they change.
type GroupAggOp struct {
	Phase AggPhase
	In    *Schema // of the rows, also in the phase Final
	Keys  []int   // columns of In
	Aggs  []AggCall
	// AtEnd: results go out once, when the input has ended; else whenever they change,
	// with the old result before the new one if Before.
	AtEnd  bool
	Before bool
	// Counts: the last of Aggs is COUNT(*) and no column of the result. A group of which
	// all rows were taken back is deleted: it needs it where rows are.
	Counts bool
	TTL    int64   // as Aggregate.TTL
	Totals []int64 // as Aggregate.Totals
	Ends   bool    // the input ends
	Out    *Schema // Partial: GroupSchema; else keys, then aggregates
	Label  string
}

func (*FilterOp) Name() string    { return "Filter" }
func (*ProjectOp) Name() string   { return "Project" }
func (*WatermarkOp) Name() string { return "Watermark" }
func (*WindowTVFOp) Name() string { return "WindowTVF" }
func (o *LateOp) Name() string {
	if o.Rest {
		return "DropLateRows"
	}
	return "LateRows"
}
func (o *WindowAggOp) Name() string { return "WindowAgg(" + string(o.Phase) + ")" }
func (*LimitOp) Name() string       { return "Limit" }
func (*AttachedAggOp) Name() string { return "WindowAgg(attached)" }

// ChangelogOp is Changelog.
type ChangelogOp struct {
	Out *Schema
}

// ProcTimeOp is ProcTime, in each task by itself.
type ProcTimeOp struct {
	TimeCol int
	Out     *Schema
}

func (*ProcTimeOp) Name() string         { return "ProcessingTime" }
func (o *ProcTimeOp) OutSchema() *Schema { return o.Out }
func (*ProcTimeOp) isPhysOp()            {}

// RepeatOp is Repeat.
type RepeatOp struct {
	Out *Schema
}

func (*RepeatOp) Name() string         { return "Repeat" }
func (o *RepeatOp) OutSchema() *Schema { return o.Out }
func (*RepeatOp) isPhysOp()            {}

// ChangelogColumn is the first column of a changelog.
const ChangelogColumn = "op"

func (*ChangelogOp) Name() string           { return "Changelog" }
func (o *ChangelogOp) OutSchema() *Schema   { return o.Out }
func (*ChangelogOp) isPhysOp()              {}
func (o *GroupAggOp) Name() string          { return "GroupAgg(" + string(o.Phase) + ")" }
func (o *GroupAggOp) OutSchema() *Schema    { return o.Out }
func (o *FilterOp) OutSchema() *Schema      { return o.Out }
func (o *ProjectOp) OutSchema() *Schema     { return o.Out }
func (o *WatermarkOp) OutSchema() *Schema   { return o.Out }
func (o *WindowTVFOp) OutSchema() *Schema   { return o.Out }
func (o *LateOp) OutSchema() *Schema        { return o.Out }
func (o *WindowAggOp) OutSchema() *Schema   { return o.Out }
func (o *LimitOp) OutSchema() *Schema       { return o.Out }
func (o *AttachedAggOp) OutSchema() *Schema { return o.Out }

func (*GroupAggOp) isPhysOp()    {}
func (*FilterOp) isPhysOp()      {}
func (*ProjectOp) isPhysOp()     {}
func (*WatermarkOp) isPhysOp()   {}
func (*WindowTVFOp) isPhysOp()   {}
func (*LateOp) isPhysOp()        {}
func (*WindowAggOp) isPhysOp()   {}
func (*LimitOp) isPhysOp()       {}
func (*AttachedAggOp) isPhysOp() {}

// The first columns of a partial group, before its keys and states.
const (
	PartialTime   = 0 // TIMESTAMP: start of the pane, or end of the window for an overlay
	PartialKind   = 1 // TINYINT: PaneGroup or OverlayGroup
	PartialHead   = 2 // how many there are
	PaneGroup     = 0 // on-time rows: counts in every window over the pane
	OverlayGroup  = 1 // rows that were late for some of their windows: counts in this window alone
	GroupNameTime = "pane"
	GroupNameKind = "pane kind"
)

// PartialLabel is the label of the phase Partial of an aggregate with this label.
func PartialLabel(label string) string { return label + " partial" }

// Results are the aggregates that are columns of the result.
func (o *GroupAggOp) Results() []AggCall {
	if o.Counts {
		return o.Aggs[:len(o.Aggs)-1]
	}
	return o.Aggs
}

// PartialSchema is the schema of partial groups: PartialTime, PartialKind, the
// keys, and for each aggregate its state columns (AggStates).
func PartialSchema(o *WindowAggOp) *Schema {
	s := NewSchema(
		Column{Name: GroupNameTime, Type: TTimestamp, NotNull: true},
		Column{Name: GroupNameKind, Type: TTinyInt, NotNull: true})
	for _, k := range o.Keys {
		s.Cols = append(s.Cols, o.In.Cols[k])
	}
	for i, types := range AggStates(o.Aggs) {
		for _, t := range types {
			s.Cols = append(s.Cols, Column{Name: StateName(&o.Aggs[i]), Type: t})
		}
	}
	return s
}

// StateName is what a column of an aggregate's state is called.
func StateName(a *AggCall) string { return "state of " + a.String() }

// GroupSchema is the schema of what the phase Partial of a GroupAggOp gives: the keys,
// and for each aggregate its state columns (AggStates).
func GroupSchema(o *GroupAggOp) *Schema {
	s := o.In.Select(o.Keys)
	for i, types := range AggStates(o.Aggs) {
		for _, t := range types {
			s.Cols = append(s.Cols, Column{Name: StateName(&o.Aggs[i]), Type: t})
		}
	}
	return s
}
