package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/build"
	"github.com/helios-stream/helios/vexec/internal/ops"
)

// row is one row of the test table: a time (nil: NULL), a key and a number. bad
// makes it a record that cannot be decoded.
type row struct {
	ts   *int64
	key  string
	n    int64
	part int
	bad  bool
}

var rowSchema = ir.NewSchema(
	ir.Column{Name: "ts", Type: ir.TTimestamp},
	ir.Column{Name: "key", Type: ir.TVarchar},
	ir.Column{Name: "n", Type: ir.TBigInt},
)

// rowSource is splits of rows, cut into units of unit rows, decoded in batches of
// batch rows. It records the greatest number of readers open at once.
type rowSource struct {
	splits [][]row
	unit   int
	batch  int
	lazy   bool        // every second claim gives ErrNothingYet
	fail   int         // > 0: this decode fails
	hold   bool        // the second half does not come: only an interrupt ends the run
	goOn   atomic.Bool // it comes now
	mu     sync.Mutex
	open   int
	most   int // readers that were open at once
	begun  int
}

func (s *rowSource) Bounded() bool { return !s.lazy }

func (s *rowSource) Splits(context.Context) ([]vexec.Split, error) {
	var out []vexec.Split
	for i := range s.splits {
		out = append(out, vexec.Split{ID: fmt.Sprintf("part-%d", i), Bytes: int64(len(s.splits[i]))})
	}
	return out, nil
}

func (s *rowSource) Open(_ context.Context, scan *vexec.Scan, split vexec.Split, from vexec.Position) (vexec.SplitReader, error) {
	var i, at int
	if _, err := fmt.Sscanf(split.ID, "part-%d", &i); err != nil {
		return nil, err
	}
	if from != nil {
		var err error
		if at, err = strconv.Atoi(string(from)); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	s.open++
	s.most = max(s.most, s.open)
	s.mu.Unlock()
	return &rowReader{src: s, rows: s.splits[i], id: split.ID, at: at, scan: scan}, nil
}

type rowReader struct {
	src  *rowSource
	rows []row
	id   string
	at   int
	scan *vexec.Scan
	odd  bool
}

type rowUnit struct {
	rows []row
	at   int
}

func (r *rowReader) Claim(context.Context) (vexec.Unit, error) {
	if r.src.lazy {
		if r.odd = !r.odd; r.odd {
			return vexec.Unit{}, vexec.ErrNothingYet
		}
	}
	if r.src.hold && !r.src.goOn.Load() && 2*r.at >= len(r.rows) {
		return vexec.Unit{}, vexec.ErrNothingYet
	}
	if r.at == len(r.rows) {
		return vexec.Unit{}, io.EOF
	}
	n := min(r.src.unit, len(r.rows)-r.at)
	u := vexec.Unit{Piece: rowUnit{r.rows[r.at : r.at+n], r.at}, Bytes: int64(n)}
	r.at += n
	return u, nil
}

func (r *rowReader) Position() vexec.Position { return vexec.Position(strconv.Itoa(r.at)) }

func (r *rowReader) NewDecoder() (vexec.Decoder, error) { return &rowDecoder{r: r}, nil }

func (r *rowReader) Close() error {
	r.src.mu.Lock()
	defer r.src.mu.Unlock()
	r.src.open--
	return nil
}

type rowDecoder struct {
	r    *rowReader
	unit rowUnit
	at   int
}

func (d *rowDecoder) Begin(_ context.Context, u vexec.Unit) (ir.Micros, error) {
	d.unit, d.at = u.Piece.(rowUnit), 0
	d.r.src.mu.Lock()
	d.r.src.begun++
	failed := d.r.src.begun == d.r.src.fail
	d.r.src.mu.Unlock()
	if failed {
		return 0, errors.New("the disk is gone")
	}
	greatest := ir.MinMicros
	for _, r := range d.unit.rows {
		if r.ts != nil && !r.bad {
			greatest = max(greatest, ir.Micros(*r.ts))
		}
	}
	return greatest, nil
}

func (d *rowDecoder) Next(b *vexec.Batch, bad *vexec.BadRows) error {
	if d.at == len(d.unit.rows) {
		return io.EOF
	}
	rows := d.unit.rows[d.at:min(d.at+d.r.src.batch, len(d.unit.rows))]
	var good []row
	for i, r := range rows {
		if !r.bad {
			good = append(good, r)
			continue
		}
		line := d.unit.at + d.at + i + 1
		bad.Add(vexec.BadRow{Split: d.r.id, Line: int64(line), Column: "n", Reason: "not a number", Raw: []byte(r.key)})
	}
	d.at += len(rows)
	fillRows(b, good)
	return nil
}

func (d *rowDecoder) Close() error { return nil }

func fillRows(b *vexec.Batch, rows []row) {
	b.Reset(rowSchema)
	b.Rows = len(rows)
	for c := range b.Cols {
		b.Cols[c].Reset(rowSchema.Cols[c].Type, len(rows))
	}
	for i, r := range rows {
		if r.ts == nil {
			b.Cols[0].SetNull(i, len(rows))
			b.Cols[0].Int64s()[i] = 0
		} else {
			b.Cols[0].Int64s()[i] = *r.ts
		}
		b.Cols[1].SetBytes(i, []byte(r.key))
		b.Cols[2].Int64s()[i] = r.n
	}
}

// medium is what sinks write to; it outlives them. It holds the protocol: rows of
// an epoch are prepared, then shown by commit.
type medium struct {
	mu       sync.Mutex
	schema   *ir.Schema
	prepared map[uint64][]string
	shown    map[uint64][]string
	opens    int
	finals   int
}

func newMedium() *medium {
	return &medium{prepared: map[uint64][]string{}, shown: map[uint64][]string{}}
}

// rows is what the outside sees, in the order of the epochs.
func (m *medium) rows() []string {
	var epochs []uint64
	for e := range m.shown {
		epochs = append(epochs, e)
	}
	sort.Slice(epochs, func(i, j int) bool { return epochs[i] < epochs[j] })
	var out []string
	for _, e := range epochs {
		out = append(out, m.shown[e]...)
	}
	return out
}

func (m *medium) sorted() []string {
	out := m.rows()
	sort.Strings(out)
	return out
}

type mediumSink struct {
	m       *medium
	pending []string
	fail    error
}

func (s *mediumSink) Open(_ context.Context, sc *vexec.SinkContext) error {
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	s.m.opens++
	s.m.schema = sc.Schema
	if sc.Token != nil {
		if err := s.show(sc.Token); err != nil {
			return err
		}
	}
	for e := range s.m.prepared {
		if e > sc.Epoch {
			delete(s.m.prepared, e)
		}
	}
	for e := range s.m.shown {
		if e > sc.Epoch {
			return fmt.Errorf("epoch %d is shown, but the checkpoint is of %d", e, sc.Epoch)
		}
	}
	return nil
}

func (s *mediumSink) show(token []byte) error {
	e, err := strconv.ParseUint(string(token), 10, 64)
	if err != nil {
		return err
	}
	rows, ok := s.m.prepared[e]
	if !ok {
		return fmt.Errorf("epoch %d was never prepared", e)
	}
	s.m.shown[e] = rows
	return nil
}

func (s *mediumSink) Write(_ context.Context, b *vexec.Batch) error {
	if s.fail != nil {
		return s.fail
	}
	for i := range b.Live() {
		var parts []string
		for c, v := range b.Values(i) {
			parts = append(parts, ir.FormatValue(v, b.Schema.Cols[c].Type))
		}
		text := strings.Join(parts, "|")
		for _, m := range b.Late {
			if int(m.Row) == b.Row(i) {
				text += "|late " + strconv.FormatInt(int64(m.WM), 10)
			}
		}
		s.pending = append(s.pending, text)
	}
	return nil
}

func (s *mediumSink) Prepare(_ context.Context, epoch uint64, final bool) ([]byte, error) {
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	if final {
		s.m.finals++
	}
	if len(s.pending) == 0 {
		return nil, nil
	}
	s.m.prepared[epoch] = s.pending
	s.pending = nil
	return []byte(strconv.FormatUint(epoch, 10)), nil
}

func (s *mediumSink) Commit(_ context.Context, epoch uint64, token []byte) error {
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	if string(token) != strconv.FormatUint(epoch, 10) {
		return fmt.Errorf("commit of %d with the token %s", epoch, token)
	}
	return s.show(token)
}

func (s *mediumSink) Close() error      { return nil }
func (s *mediumSink) ExactlyOnce() bool { return true }

// sumOp adds up n by key and window of 100 microseconds: a windowed aggregate in
// the plainest form, with its state in a table. It stands for final aggregation.
type sumOp struct {
	ir.FilterOp
	size int64
}

var sumSchema = ir.NewSchema(
	ir.Column{Name: "start", Type: ir.TTimestamp},
	ir.Column{Name: "key", Type: ir.TVarchar},
	ir.Column{Name: "sum", Type: ir.TBigInt},
)

func (o *sumOp) Name() string          { return "Sum" }
func (o *sumOp) OutSchema() *ir.Schema { return sumSchema }

type sumKey struct {
	start int64
	key   string
}

type sum struct {
	size  int64
	sums  map[sumKey]int64
	table vexec.Table
	live  []vexec.SegmentID
	max   int
}

func (s *sum) Tables() []vexec.TableSpec {
	return []vexec.TableSpec{{Name: "sums", Version: 1, Schema: sumSchema, Keys: []int{1}}}
}

func (s *sum) Open(oc *vexec.OpContext) error {
	s.sums, s.table, s.max = map[sumKey]int64{}, oc.State.Table("sums"), oc.MaxRows
	return s.table.Restored(func(b *vexec.Batch) error {
		for i := range b.Live() {
			v := b.Values(i)
			s.sums[sumKey{v[0].(int64), v[1].(string)}] += v[2].(int64)
		}
		return nil
	})
}

func (s *sum) Push(_ int, b *vexec.Batch, out vexec.Emitter) error {
	late := map[int32]ir.Micros{}
	for _, m := range b.Late {
		late[m.Row] = m.WM
	}
	var fates []vexec.RowFate
	for i := range b.Live() {
		v := b.Values(i)
		ts := v[0].(int64)
		start := ts - ((ts%s.size)+s.size)%s.size
		if wm, ok := late[int32(b.Row(i))]; ok && int64(wm) >= start+s.size {
			fates = append(fates, vexec.RowFate{Row: int32(b.Row(i)), Why: vexec.FateLate})
			continue
		}
		s.sums[sumKey{start, v[1].(string)}] += v[2].(int64)
	}
	if fates != nil {
		return out.Reject(b, fates)
	}
	return nil
}

func (s *sum) Advance(wm ir.Micros, out vexec.Emitter) (ir.Micros, error) {
	var closed []sumKey
	for k := range s.sums {
		if wm == ir.MaxMicros || k.start+s.size <= int64(wm) {
			closed = append(closed, k)
		}
	}
	sort.Slice(closed, func(i, j int) bool {
		return closed[i].start < closed[j].start || closed[i].start == closed[j].start && closed[i].key < closed[j].key
	})
	for _, k := range closed {
		if err := out.Emit(sumBatch([]sumKey{k}, s.sums)); err != nil {
			return wm, err
		}
		delete(s.sums, k)
	}
	return wm, nil
}

func sumBatch(keys []sumKey, sums map[sumKey]int64) *vexec.Batch {
	b := &vexec.Batch{}
	b.Reset(sumSchema)
	b.Rows = len(keys)
	for c := range b.Cols {
		b.Cols[c].Reset(sumSchema.Cols[c].Type, len(keys))
	}
	for i, k := range keys {
		b.Cols[0].Int64s()[i] = k.start
		b.Cols[1].SetBytes(i, []byte(k.key))
		b.Cols[2].Int64s()[i] = sums[k]
	}
	return b
}

func (s *sum) Finish(vexec.Emitter) error { return nil }
func (s *sum) Close() error               { return nil }

func (s *sum) Seal(uint64) error {
	for _, id := range s.live {
		s.table.Drop(id)
	}
	var keys []sumKey
	for k := range s.sums {
		keys = append(keys, k)
	}
	b := sumBatch(keys, s.sums)
	s.live = []vexec.SegmentID{s.table.Add(batchSegment{b})}
	return nil
}

type batchSegment struct{ b *vexec.Batch }

func (s batchSegment) Rows() int    { return s.b.Rows }
func (s batchSegment) Bytes() int64 { return s.b.MemSize() }
func (s batchSegment) Read(from, limit int, b *vexec.Batch) (int, error) {
	b.Reset(s.b.Schema)
	var rows []int32
	for i := from; i < min(s.b.Rows, from+limit); i++ {
		rows = append(rows, int32(i))
	}
	if len(rows) > 0 {
		vexec.AppendRows(b, s.b, rows)
	}
	return len(rows), nil
}

// keepOp keeps rows with n % mod <> 0, refuses n = refuse as row errors and
// panics or fails at other numbers.
type keepOp struct {
	ir.FilterOp
	mod, refuse, panics, fails int64
}

func (o *keepOp) Name() string          { return "Filter" }
func (o *keepOp) OutSchema() *ir.Schema { return rowSchema }

type keep struct{ op *keepOp }

func (k *keep) Open(*vexec.OpContext) error { return nil }
func (k *keep) Push(_ int, b *vexec.Batch, out vexec.Emitter) error {
	var sel []int32
	var fates []vexec.RowFate
	for i := range b.Live() {
		r := b.Row(i)
		n := b.Cols[2].Int64s()[r]
		switch {
		case k.op.panics > 0 && n == k.op.panics:
			panic("the number is unlucky")
		case k.op.fails > 0 && n == k.op.fails:
			return errors.New("the number does not please")
		case k.op.refuse > 0 && n%k.op.refuse == 0:
			fates = append(fates, vexec.RowFate{Row: int32(r), Why: vexec.FateError, Reason: "refused"})
		case k.op.mod == 0 || n%k.op.mod != 0:
			sel = append(sel, int32(r))
		}
	}
	if fates != nil {
		if err := out.Reject(b, fates); err != nil {
			return err
		}
	}
	if sel == nil {
		return nil
	}
	kept := *b
	kept.Sel = sel
	return out.Emit(&kept)
}
func (k *keep) Advance(wm ir.Micros, _ vexec.Emitter) (ir.Micros, error) { return wm, nil }
func (k *keep) Finish(vexec.Emitter) error                               { return nil }
func (k *keep) Close() error                                             { return nil }

func testOperator(op ir.PhysOp, in *ir.Schema) (vexec.Operator, error) {
	switch x := op.(type) {
	case *sumOp:
		return &sum{size: x.size}, nil
	case *keepOp:
		return &keep{op: x}, nil
	case *ir.WatermarkOp:
		return ops.NewWatermark(x, in), nil
	}
	return build.Operator(op, in)
}

// Plans.

func testTable(options ...string) *ir.Table {
	t := &ir.Table{Name: "events", Options: map[string]string{}}
	for _, c := range rowSchema.Cols {
		t.Cols = append(t.Cols, ir.TableColumn{Column: c})
	}
	for i := 0; i+1 < len(options); i += 2 {
		t.Options[options[i]] = options[i+1]
	}
	return t
}

func scanStage(t *ir.Table, tasks, timeCol int, lag int64, drop bool, ops ...ir.PhysOp) *ir.Stage {
	return &ir.Stage{ID: 1, Tasks: tasks, Out: rowSchema, Ops: ops,
		Scan: &ir.PhysScan{Table: t, Cols: []int{0, 1, 2}, Out: rowSchema, TimeCol: timeCol, Lag: lag, Drop: drop}}
}

func sinkStage(id, from int, mode ir.Exchange, in *ir.Schema, ops ...ir.PhysOp) *ir.Stage {
	return &ir.Stage{ID: id, Tasks: 1, In: []ir.Input{{From: from, Mode: mode}}, Ops: ops, Out: in, Sink: &ir.PhysSink{In: in}}
}

// passPlan scans, filters and gathers.
func passPlan(t *ir.Table, tasks, timeCol int, lag int64, drop bool, mode ir.Exchange, ops ...ir.PhysOp) *ir.Plan {
	return &ir.Plan{Stages: []*ir.Stage{
		scanStage(t, tasks, timeCol, lag, drop, ops...),
		sinkStage(2, 1, mode, rowSchema),
	}}
}

// sumPlan scans, hashes by key, adds up and gathers.
func sumPlan(t *ir.Table, scans, sums int, lag int64) *ir.Plan {
	return &ir.Plan{Stages: []*ir.Stage{
		scanStage(t, scans, 0, lag, false, &keepOp{mod: 7}),
		{ID: 2, Tasks: sums, In: []ir.Input{{From: 1, Mode: ir.Hash, Keys: []int{1}}}, Ops: []ir.PhysOp{&sumOp{size: 100}}, Out: sumSchema},
		sinkStage(3, 2, ir.Gather, sumSchema),
	}}
}

// world is what a run of a test touches.
type world struct {
	src     *rowSource
	out     *medium
	letters *medium
	cfg     Config
}

func newWorld(src *rowSource) *world {
	w := &world{src: src, out: newMedium(), letters: newMedium()}
	w.cfg = Config{
		Source:      func(*ir.Table) (vexec.Source, error) { return w.src, nil },
		Sink:        func(*ir.PhysSink) (vexec.Sink, error) { return &mediumSink{m: w.out}, nil },
		DeadLetters: func() (vexec.Sink, error) { return &mediumSink{m: w.letters}, nil },
		PlanID:      "test", Run: "t1", operator: testOperator,
	}
	return w
}

// randomRows are n rows with times that wander, some of them late by more than a
// lag of 50, with ties, NULL times and bad records.
func randomRows(r *rand.Rand, n, part int, dirty bool) []row {
	out := make([]row, n)
	now := int64(0)
	for i := range out {
		now += int64(r.IntN(20))
		ts := now
		switch r.IntN(12) {
		case 0:
			ts -= int64(r.IntN(300))
		case 1, 2, 3:
			ts -= int64(r.IntN(60))
		}
		out[i] = row{ts: &ts, key: fmt.Sprintf("key-%d-with-a-long-name", r.IntN(9)), n: int64(i), part: part}
		if dirty && r.IntN(40) == 0 {
			out[i].ts = nil
		}
		if dirty && r.IntN(50) == 0 {
			out[i].bad = true
		}
	}
	return out
}

func rowText(r row) string {
	return fmt.Sprintf("%s|%s|%d", ir.FormatMicros(*r.ts), r.key, r.n)
}

func splitText(text string) []string { return strings.Split(text, "|") }

// sinksBy makes sinks on the medium of a table's name; "" is the client.
func sinksBy(media map[string]*medium) func(*ir.PhysSink) (vexec.Sink, error) {
	return func(s *ir.PhysSink) (vexec.Sink, error) {
		name := ""
		if s.Table != nil {
			name = s.Table.Name
		}
		return &mediumSink{m: media[name]}, nil
	}
}
