package ndjson

// trace is the layout of the line at hand, as the strict way sees it, for learning.
type trace struct {
	on    bool   // a line is read, not a value by itself
	plain bool   // the layout can be learned
	steps []step // so far
	lit   int    // where the next step's literal begins
	in    *shape // the object that it begins in; nil: before the line's own
	bits  uint64 // of the objects that it opens
}

// step is one value of a line that the strict way has taken: its literal is what
// stands between the value before it and its own, such as `,"price":`. A literal may
// close and open objects whose fields are looked at: `},"seller":{"id":`. The last
// step's literal is what closes the line.
type step struct {
	field    *field // nil: not wanted, or the last step
	lead     byte   // the first byte of the value; 0: the last step
	from, to int
	in, out  *shape // the objects in which the literal begins and ends
	bits     uint64 // of the fields that the literal and its value settle
}

func (t *trace) begin(from int) {
	t.steps, t.plain = t.steps[:0], true
	t.lit, t.in, t.bits = from, nil, 0
}

// end adds the step that closes the line.
func (t *trace) end() {
	t.steps = append(t.steps, step{from: t.lit, in: t.in, bits: t.bits})
}

// opens reports whether the value is an object that belongs to the literal.
func opens(f *field, lead byte) bool { return f != nil && f.sub != nil && lead == '{' }

// traceField notes that a value of f begins at p.
func (r *reader) traceField(f *field, p int) {
	if f != nil && f.seen {
		r.trace.plain = false
	}
	if opens(f, r.buf[p]) {
		r.trace.bits |= f.bit
	}
}

// traceValue notes the value of f in s from at to to.
func (r *reader) traceValue(s *shape, f *field, at, to int) {
	t := &r.trace
	lead := r.buf[at]
	if opens(f, lead) {
		return
	}
	st := step{field: f, lead: lead, from: t.lit, to: at, in: t.in, out: s, bits: t.bits}
	switch {
	case f == nil:
	case f.sub != nil: // null, or nothing that is learned
		st.bits |= f.bits
	default:
		st.bits |= f.bit
	}
	t.steps = append(t.steps, st)
	t.lit, t.in, t.bits = to, s, 0
}
