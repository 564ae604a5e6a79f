package udf

import (
	"reflect"

	"github.com/helios-stream/helios/vexec"
)

// Aggregate is an aggregate with states of type S: what makes cells for tasks.
type Aggregate[S, R any] struct {
	Name    string
	Init    func() S // nil: the zero S
	Rows    func() Taker[S]
	Merge   func(into, from *S) error
	Result  func(s *S) (R, error)
	Retract bool

	state *stateCodec
}

// Taker takes rows into a state.
type Taker[S any] struct {
	Args         []Argument
	Add, Retract func(s *S, row int) error // Retract may be nil
}

// Prepare finds out how states are written, and says what they are made of.
func (a *Aggregate[S, R]) Prepare() (layout string, err error) {
	if a.state, err = newStateCodec(reflect.TypeFor[S]()); err != nil {
		return "", err
	}
	return a.state.layout, nil
}

// Cells returns the states of no group.
func (a *Aggregate[S, R]) Cells() vexec.AggregateCells {
	c := &cells[S, R]{agg: a, taker: a.Rows()}
	_, c.sized = any(new(S)).(sizer)
	return c
}

// sizer is a state that says what it takes.
type sizer interface{ Bytes() int }

// cell is the state of a group, or why it has none any more.
type cell[S any] struct {
	s     S
	fault string
}

type cells[S, R any] struct {
	agg   *Aggregate[S, R]
	taker Taker[S]
	list  []cell[S]
	sized bool
	extra int64 // what the states say that they take

	picks []int32
}

func (c *cells[S, R]) CellBytes() int64 { return int64(reflect.TypeFor[cell[S]]().Size()) }
func (c *cells[S, R]) Extra() int64     { return c.extra }

func (c *cells[S, R]) Reset() {
	clear(c.list)
	c.list, c.extra = c.list[:0], 0
}

func (c *cells[S, R]) Grow(n int) {
	if n > cap(c.list) {
		bigger := make([]cell[S], len(c.list), max(n, 2*cap(c.list), 16))
		copy(bigger, c.list)
		c.list = bigger
	}
	for len(c.list) < n {
		c.list = append(c.list, cell[S]{})
		c.fresh(&c.list[len(c.list)-1])
	}
}

// fresh makes a cell that of no row.
func (c *cells[S, R]) fresh(to *cell[S]) {
	if c.agg.Init == nil {
		return
	}
	defer func() {
		if x := recover(); x != nil {
			to.fault = c.agg.Name + ": " + panicked(x)
		}
	}()
	to.s = c.agg.Init()
}

func (c *cells[S, R]) Add(args []*vexec.Vec, ids []uint32, rows []int32, n int) {
	c.take(args, ids, rows, n, c.taker.Add)
}

func (c *cells[S, R]) Retract(args []*vexec.Vec, ids []uint32, rows []int32, n int) {
	c.take(args, ids, rows, n, c.taker.Retract)
}

// take gives rows to f. Rows where an argument is NULL that takes none do not count.
func (c *cells[S, R]) take(args []*vexec.Vec, ids []uint32, rows []int32, n int, f func(*S, int) error) {
	for i, a := range c.taker.Args {
		if !a.takesNull() && args[i].MayBeNull() {
			some := room(&c.picks, n)[:0]
			for _, r := range rows {
				if !args[i].Null(int(r)) {
					some = append(some, r)
				}
			}
			rows, c.picks = some, some
		}
	}
	for i, a := range c.taker.Args {
		a.read(args[i], n, rows, func(row int, why string) { c.fault(ids[row], why) })
	}
	for at := 0; at < len(rows); at++ {
		c.span(ids, rows, &at, f)
	}
}

// span gives rows from *at on to f, to the end or to one where it panics.
func (c *cells[S, R]) span(ids []uint32, rows []int32, at *int, f func(*S, int) error) {
	defer func() {
		if x := recover(); x != nil {
			c.fault(ids[rows[*at]], panicked(x))
		}
	}()
	for ; *at < len(rows); *at++ {
		r := rows[*at]
		to := &c.list[ids[r]]
		if to.fault != "" {
			continue
		}
		before := c.size(to)
		if err := f(&to.s, int(r)); err != nil {
			c.fault(ids[r], errorText(err))
		}
		c.extra += c.size(to) - before
	}
}

// size is what a state says that it takes.
func (c *cells[S, R]) size(of *cell[S]) int64 {
	if !c.sized {
		return 0
	}
	return int64(any(&of.s).(sizer).Bytes())
}

// fault makes the result of a group a row error. The first reason counts.
func (c *cells[S, R]) fault(id uint32, why string) {
	if to := &c.list[id]; to.fault == "" {
		to.fault = c.agg.Name + ": " + why
	}
}

func (c *cells[S, R]) Merge(state *vexec.Vec, ids []uint32, rows []int32) {
	for _, r := range rows {
		c.mergeOne(state.Bytes(int(r)), ids[r])
	}
}

// maxState is the most bytes that the state of a group is written as.
const maxState = 256 << 20

// The first byte of a state says what follows.
const (
	soundState  = 0
	faultyState = 1
)

func (c *cells[S, R]) mergeOne(data []byte, id uint32) {
	to := &c.list[id]
	defer func() {
		if x := recover(); x != nil {
			c.fault(id, panicked(x))
		}
	}()
	switch {
	case to.fault != "":
		return
	case len(data) > 0 && data[0] == faultyState:
		to.fault = string(data[1:])
		return
	}
	var from cell[S]
	c.fresh(&from)
	if err := c.agg.state.decode(data[min(1, len(data)):], reflect.ValueOf(&from.s).Elem()); err != nil {
		c.fault(id, "its state cannot be read: "+errorText(err))
		return
	}
	before := c.size(to)
	if err := c.agg.Merge(&to.s, &from.s); err != nil {
		c.fault(id, errorText(err))
	}
	c.extra += c.size(to) - before
}

func (c *cells[S, R]) State(ids []uint32, out *vexec.Vec) {
	var data []byte
	mem := sink{most: maxState}
	mem.clear(out)
	for i, id := range ids {
		data = c.stateOf(data[:0], &c.list[id])
		if why := mem.put(out, i, data); why != "" {
			mem.put(out, i, append([]byte{faultyState}, c.agg.Name+": the state of a group cannot be written: "+why...))
		}
	}
	mem.end(out)
}

func (c *cells[S, R]) stateOf(data []byte, of *cell[S]) (out []byte) {
	defer func() {
		if x := recover(); x != nil {
			out = append([]byte{faultyState}, c.agg.Name+": its state cannot be written: "+panicked(x)...)
		}
	}()
	if of.fault != "" {
		return append(append(data, faultyState), of.fault...)
	}
	out, err := c.agg.state.encode(append(data, soundState), reflect.ValueOf(&of.s).Elem())
	if err != nil {
		return append([]byte{faultyState}, c.agg.Name+": its state cannot be written: "+errorText(err)...)
	}
	return out
}

func (c *cells[S, R]) Final(ids []uint32, out *vexec.Vec, fail func(row int, reason string)) {
	col := NewArg[R]().col
	vals := col.place(out, len(ids))
	good := make([]int32, 0, len(ids))
	failed := func(i int, why string) {
		out.SetNull(i, len(ids))
		fail(i, why)
	}
	for i, id := range ids {
		v, why := c.resultOf(&c.list[id])
		if why != "" {
			failed(i, why)
			continue
		}
		vals[i] = v
		good = append(good, int32(i))
	}
	if len(good) == len(ids) {
		good = nil // all
	}
	null := func(i int) { out.SetNull(i, len(ids)) }
	col.store(out, len(ids), good, vals, null, func(i int, why string) { failed(i, c.agg.Name+": "+why) })
}

// resultOf is the result of a group, or why there is none.
func (c *cells[S, R]) resultOf(of *cell[S]) (v R, why string) {
	defer func() {
		if x := recover(); x != nil {
			why = c.agg.Name + ": " + panicked(x)
		}
	}()
	if of.fault != "" {
		return v, of.fault
	}
	v, err := c.agg.Result(&of.s)
	if err != nil {
		why = c.agg.Name + ": " + errorText(err)
	}
	return v, why
}
