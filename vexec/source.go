package vexec

import (
	"context"
	"errors"
	"time"

	"github.com/helios-stream/helios/ir"
)

// ErrNothingYet is returned by SplitReader.Claim where there may be more later.
var ErrNothingYet = errors.New("nothing yet")

// Scan is what a source is asked for.
type Scan struct {
	Table   *ir.Table
	Cols    []int             // positions in Table.Physical(), in the order of the batch's columns; with Paths a ROW may come several times
	Schema  *ir.Schema        // of the batch: Table.Physical().Select(Cols); of a field its type, called as its path with dots
	TimeCol int               // position in Cols of the event time; -1: none
	MaxRows int               // a hint: rows that a batch should have at most; larger ones are cut by the task
	NullBad bool              // 'on.error'='null': a field that does not parse is NULL, not a bad row
	Clock   Clock             // processing time
	Notify  func(text string) // tells the user what is worth knowing while the run goes on, such as an address; nil: nobody
	Durable bool              // the run takes checkpoints, and tells an Acknowledger of them
	// Paths says of each column of Schema where it stands in a record: the name of the
	// field, and below it those of the fields of ROWs. nil: each is a field of the
	// record, called as the column. A path through a NULL gives NULL. None leads into
	// what another one reads. What no path leads to is not checked. Only a Pruner that
	// Narrows gets any.
	Paths [][]string
	// Terms are conditions that all rows wanted fulfil: the plan checks them again
	// behind the scan, so that a decoder may leave out rows by them or not. Of a scan
	// with event time it leaves out whole units, whose greatest time Begin still
	// returns, or gives the batch all rows of the unit with their times and leaves rows
	// out of Batch.Sel (columns but the time's may hold anything there): the watermark
	// depends on all rows. A bad record must be reported as without terms where it was
	// looked at, and need not be looked at. Rows left out of Batch.Sel are counted by
	// the engine, others are by Skipper. Only a Pruner that Prunes gets any.
	Terms []ir.ScanTerm
	// Filters are as Terms: rows that one of them does not want may be left out, in the
	// same ways, by a decoder that is a KeyDecoder. Of others the engine leaves them out.
	// They are there before the first unit is claimed, not yet when splits are listed.
	Filters []*KeyFilter
	// Linger is how long a reader of an unbounded source may hold rows back to make a
	// larger unit of them ('watermark.interval'), by Clock.
	Linger time.Duration
}

// Position is where a split is read from: opaque to the engine, stored in
// checkpoints, best a short text or JSON. nil: the start.
type Position []byte

// Split is a part of a source with an order of its own and its own watermark: a
// file, a Kafka partition.
type Split struct {
	ID    string   // stable over restarts: "trades.ndjson", "orders/3"
	Bytes int64    // for progress; 0: unknown
	From  Position // where it is begun when it is new; nil: its start
}

// Source is a table to be read. It must be safe for use by many goroutines.
type Source interface {
	// Splits lists the splits in the order in which they should be begun. An empty
	// list is an error, with a reason in the user's words.
	Splits(ctx context.Context) ([]Split, error)
	// Open begins a split at a position that SplitReader.Position gave, or at its
	// start.
	Open(ctx context.Context, scan *Scan, split Split, from Position) (SplitReader, error)
	// Bounded reports whether the splits end.
	Bounded() bool
}

// Peeker is a Source that can tell where in time a split begins without reading it
// whole. Splits that have not begun then hold the relation's watermark there instead
// of at MinMicros, and are opened only when all others have come so far.
type Peeker interface {
	// FirstTime returns a time that the event time of the split's first rows is not
	// below; ok is false where there is none to be found. scan reads the time alone.
	FirstTime(ctx context.Context, scan *Scan, split Split) (t ir.Micros, ok bool, err error)
}

// Sifter is a Source that can tell of a split, without a look into it, that none of its
// rows fulfils Scan.Terms. Of a scan without event time such a split is not read: Open
// gives a reader that has ended. It stays in the list, so that operators above hear of
// its end where they would have. With event time the split is read for its times: they
// hold the relation's watermark back, and rows of other splits must be late or not as
// they are without terms.
type Sifter interface {
	// LeavesOut reports whether Open would give a reader that has ended.
	LeavesOut(scan *Scan, split Split) bool
}

// Growing is an unbounded Source that gets splits while it is read, and finds those
// of a checkpoint by more than their IDs. Splits is asked again and again then, some
// fifty times a second, by one goroutine at a time: what is new in its list is begun,
// and what is missing goes on until its reader says that it has ended. The list may be
// empty. A new split does not move the relation's watermark back: its rows that are
// behind that are late. A split that has ended is forgotten, and its ID may be another's:
// checkpoints hold the splits that have not, and what the source itself remembers.
type Growing interface {
	Source
	// Resume comes once, before Splits, with the splits of the checkpoint that had not
	// ended, and what Memory gave at it; or none. Splits then lists those under the same IDs.
	Resume(ctx context.Context, saved []SavedSplit, memory []byte) error
	// Memory is what the source has to know after a restart beside the splits that have
	// not ended. It is asked at each barrier, not beside Splits and Claim; what it
	// returns must not be changed any more.
	Memory() []byte
}

// SavedSplit is a split in a checkpoint.
type SavedSplit struct {
	ID       string
	Position Position
}

// SplitReader hands out the units of one split in order. The runtime makes one
// call at a time. Units are decoded in parallel, by whichever task claimed them.
type SplitReader interface {
	// Claim takes the next unit: a piece of a file that can be decoded without its
	// neighbours, some 10,000 to 100,000 rows. It does little work and no decoding.
	// io.EOF: the split has ended. ErrNothingYet: ask again later.
	Claim(ctx context.Context) (Unit, error)
	// Position is where the next unit to be claimed begins.
	Position() Position
	// NewDecoder returns a decoder for one task. Safe for use by many goroutines.
	NewDecoder() (Decoder, error)
	Close() error
}

// Acknowledger is a SplitReader that somebody outside waits for: a client that wants
// an answer, a broker that keeps how far its readers have come. Its methods may be
// called beside all others and after Close.
type Acknowledger interface {
	// Durable says that the checkpoint of pos, which Position gave at its barrier, has
	// been written: what was claimed before pos is never claimed again, also by a
	// restart. The calls are in the order of the checkpoints, one for each while the
	// split has not ended; there are none without Scan.Durable. A run that is killed
	// may leave out the call: a reader that is opened at a position knows by that.
	Durable(ctx context.Context, pos Position) error
	// Drain says that nothing more is claimed: the run is to stop, or has no use for more
	// rows of this table. If there are checkpoints, Durable is called once more at least
	// before the reader is closed. It must not wait, and may be called again.
	Drain()
}

// Unit is a claimed piece of a split; its decoder knows what Piece is.
type Unit struct {
	Piece any
	Bytes int64 // for progress: how far this unit moves through the split
	Last  bool  // the split ends behind it, which Claim need not be asked for
}

// Decoder turns units into batches. It is used by one goroutine.
type Decoder interface {
	// Begin starts on a unit and returns the greatest event time in it (MinMicros
	// where it has none, or Scan.TimeCol is -1), which the engine needs before the
	// first batch goes on, to fix the watermark for the units behind this one.
	Begin(ctx context.Context, u Unit) (ir.Micros, error)
	// Next fills b with the next rows of the unit, and adds to bad those that
	// cannot be; io.EOF: the unit has no more. b and what it points to are valid until
	// the next call of Begin, Next or Close.
	Next(b *Batch, bad *BadRows) error
	Close() error
}

// Skipper is a Decoder that leaves out rows by Scan.Terms without handing them over
// in a batch.
type Skipper interface {
	// Skipped returns how many rows of the unit are in no batch at all. It is asked once
	// a unit, when Next has returned io.EOF.
	Skipped() int64
}

// KeyDecoder is a Decoder that leaves out rows by Scan.Filters itself where that spares it
// work, and counts them with KeyFilter.Dropped.
type KeyDecoder interface {
	Decoder
	// FiltersKeys reports whether it does.
	FiltersKeys() bool
}

// BadRow is a record that could not be decoded.
type BadRow struct {
	Split  string
	Line   int64  // from 1; 0: the format has no lines
	Offset int64  // byte offset or record number in the split
	Column string // "": the record as a whole
	Reason string // in the user's words
	Raw    []byte // the record, cut at MaxBadRaw bytes; owned
}

// MaxBadRaw is the most bytes of a bad record that are kept.
const MaxBadRaw = 64 << 10

// BadRows collects what is wrong with the records of one Decoder.Next.
type BadRows struct {
	Rows []BadRow
	// With Scan.NullBad: how many fields were made NULL since they did not parse, and the
	// first of them, without its Raw, where there are any.
	Nulls     int64
	FirstNull BadRow
}

// TakeNulls adds the counts of fields that were made NULL.
func (b *BadRows) TakeNulls(from *BadRows) {
	if b.Nulls == 0 {
		b.FirstNull = from.FirstNull
	}
	b.Nulls += from.Nulls
}

// AddNull counts a field that was made NULL.
func (b *BadRows) AddNull(r BadRow) {
	if b.Nulls == 0 {
		b.FirstNull = r
	}
	b.Nulls++
}

// Add appends r, cutting and copying r.Raw.
func (b *BadRows) Add(r BadRow) {
	r.Raw = append([]byte(nil), r.Raw[:min(len(r.Raw), MaxBadRaw)]...)
	b.Rows = append(b.Rows, r)
}
