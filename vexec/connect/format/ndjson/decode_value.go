package ndjson

import (
	"encoding/base64"
	"strconv"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/parse"
)

// reader checks JSON values and writes them into columns: the strict way.
type reader struct {
	scanner
	nullBad   bool
	apart     bool // buf does not last: what columns hold is copied
	side      *parse.Side
	work      []byte
	trace     trace
	nulled    int64  // values that were made NULL, since begin of the line
	firstNull *fault // of those
}

// fault says why a value is none of its column. It becomes a sentence only where a
// row is refused.
type fault struct {
	why  parse.Fault
	t    *ir.Type
	path string // to the value, from the field that was asked
	raw  []byte // as it stands in the line, a string without its quotes
}

func (r *reader) fault(why parse.Fault, f *field, t token) *fault {
	var typ *ir.Type
	if f.col != nil {
		typ = f.col.Type
	}
	raw := r.buf[t.from:t.to]
	if t.kind == kindString {
		raw = raw[1 : len(raw)-1]
	}
	return &fault{why: why, t: typ, raw: raw}
}

// below prefixes the path with a step.
func (f *fault) below(step string) *fault {
	switch {
	case f == nil:
	case f.path == "" || f.path[0] == '[':
		f.path = step + f.path
	default:
		f.path = step + "." + f.path
	}
	return f
}

func (f *fault) reason() string { return f.why.Reason(f.t, f.raw) }

// put writes the value at p into row i of the field's columns, and returns where it
// ends, -1 where it is no JSON. depth is how many objects and arrays it stands in.
func (r *reader) put(f *field, p, i, depth int) (to int, bad *fault) {
	c := r.buf[p]
	switch {
	case f.sub != nil && c == '{':
		if f.col != nil {
			f.col.Restore(i)
		}
		return r.object(f.sub, p, i, depth+1)
	case f.key != nil && c == '{':
		f.col.Restore(i)
		return r.entries(f, p, i, depth+1)
	case f.elem != nil && f.key == nil && c == '[':
		f.col.Restore(i)
		return r.elements(f, p, i, depth+1)
	}
	t := r.value(p, depth)
	switch {
	case t.kind == kindBad:
		return -1, nil
	case t.kind == kindNull:
		return t.to, null(f, i)
	case f.col == nil:
		return t.to, r.fault(parse.NotObject, f, t)
	}
	if why := r.store(f.col, i, t); why != parse.OK {
		return t.to, r.fault(why, f, t)
	}
	return t.to, nil
}

// null makes row i of the field's columns NULL.
func null(f *field, i int) *fault {
	if f.col != nil {
		if why := f.col.SetNull(i); why != parse.OK {
			return &fault{why: why, t: f.col.Type}
		}
		return nil
	}
	for _, sub := range f.sub.fields {
		if bad := null(sub, i); bad != nil {
			return bad.below(sub.name)
		}
	}
	return nil
}

// settle is what remains of a fault of row i of f: none where the value is to be NULL.
func (r *reader) settle(f *field, i int, bad *fault) *fault {
	if bad != nil && r.nullBad && bad.why != parse.NoValue && null(f, i) == nil {
		if r.nulled++; r.nulled == 1 {
			r.firstNull = bad.below(f.name)
		}
		return nil
	}
	return bad
}

// object writes the object at p into row i of the shape's columns.
func (r *reader) object(s *shape, p, i, depth int) (to int, bad *fault) {
	if depth > maxDepth {
		return r.fail(p, tooDeep), nil
	}
	for _, f := range s.fields {
		f.seen, f.fault = false, nil
	}
	if p = r.space(p + 1); r.buf[p] == '}' {
		return p + 1, r.finish(s, i)
	}
	for {
		key, at := r.key(p)
		if at < 0 {
			return -1, nil
		}
		f := r.find(s, key)
		if r.trace.on && !s.inList {
			r.traceField(f, at)
		}
		if f == nil {
			t := r.value(at, depth)
			if t.kind == kindBad {
				return -1, nil
			}
			to = t.to
		} else {
			// Of duplicate fields the last counts, also where an earlier one was no value.
			to, bad = r.put(f, at, i, depth)
			if to < 0 {
				return -1, nil
			}
			f.seen, f.fault = true, bad
		}
		if r.trace.on && !s.inList {
			r.traceValue(s, f, at, to)
		}
		p = r.space(to)
		switch r.buf[p] {
		case ',':
			p = r.space(p + 1)
		case '}':
			return p + 1, r.finish(s, i)
		default:
			return r.missing(p, "a comma or } is missing behind a value"), nil
		}
	}
}

// find is the field that the key names; nil: nobody asks for it.
func (r *reader) find(s *shape, key token) *field {
	name := r.buf[key.from+1 : key.to-1]
	if key.escaped {
		r.trace.plain = false
		r.work = unescape(r.work[:0], name)
		name = r.work
	}
	return s.byName[string(name)]
}

// finish fills in what the object did not have; the result is the first fault, in the
// order of the columns.
func (r *reader) finish(s *shape, i int) *fault {
	for _, f := range s.fields {
		bad := f.fault
		if !f.seen {
			bad = null(f, i)
		}
		if bad = r.settle(f, i, bad); bad != nil {
			return bad.below(f.name)
		}
	}
	return nil
}

// elements writes the array at p into row i of an ARRAY.
func (r *reader) elements(f *field, p, i, depth int) (to int, bad *fault) {
	if depth > maxDepth {
		return r.fail(p, tooDeep), nil
	}
	c, n := f.col, int(f.col.Offs[i])
	for p = r.space(p + 1); r.buf[p] != ']' || n > int(c.Offs[i]); n++ {
		to, why := r.element(f.elem, p, n, depth)
		if to < 0 {
			return -1, nil
		}
		if why != nil && bad == nil {
			bad = why.below("[" + strconv.Itoa(n-int(c.Offs[i])+1) + "]")
		}
		p = r.space(to)
		if r.buf[p] == ']' {
			n++
			break
		}
		if r.buf[p] != ',' {
			return r.missing(p, "a comma or ] is missing behind a value"), nil
		}
		p = r.space(p + 1)
	}
	c.Offs[i+1] = int32(n)
	return p + 1, bad
}

func (r *reader) element(f *field, p, n, depth int) (to int, bad *fault) {
	f.col.Grow(n + 1)
	f.col.Restore(n)
	to, bad = r.put(f, p, n, depth)
	return to, r.settle(f, n, bad)
}

// store writes a value that is not null into row i of a column that is not nested.
func (r *reader) store(c *parse.Column, i int, t token) parse.Fault {
	c.Restore(i)
	if c.Views != nil {
		return r.storeView(c, i, t)
	}
	if c.Kids != nil {
		c.Clear(i)
		return parse.Unparsed
	}
	switch t.kind {
	case kindTrue, kindFalse:
		if c.Bits == nil {
			return parse.Unparsed
		}
		c.PutBool(i, t.kind == kindTrue)
		return parse.OK
	case kindNumber:
		return storeNumber(c, i, r.buf[t.from:t.to])
	case kindString:
		s := r.buf[t.from+1 : t.to-1]
		if t.escaped {
			r.work = unescape(r.work[:0], s)
			s = r.work
		}
		return c.Put(i, s)
	}
	return parse.Unparsed
}

func storeNumber(c *parse.Column, i int, s []byte) parse.Fault {
	switch c.Type.Kind {
	case ir.Timestamp, ir.TimestampLTZ:
		ms, f := parse.Int(s)
		if f == parse.OK {
			c.I64[i], f = parse.FromMillis(ms, c.Type.P)
		}
		return f
	case ir.Date, ir.Time, ir.Boolean:
		return parse.Unparsed
	}
	return c.Put(i, s)
}

// storeView writes a value into a column of string views: JSON takes the value as
// it stands, VARCHAR a string's text and anything else as it stands.
func (r *reader) storeView(c *parse.Column, i int, t token) parse.Fault {
	switch {
	case c.Type.Kind == ir.Varbinary:
		return r.storeBytes(c, i, t)
	case c.Type.Kind == ir.JSON || t.kind != kindString:
		c.Views[i] = r.view(t.from, t.to)
	case t.escaped:
		from := len(r.side.Buf)
		r.side.Buf = unescape(r.side.Buf, r.buf[t.from+1:t.to-1])
		c.Views[i] = r.side.Take(from)
	default:
		c.Views[i] = r.view(t.from+1, t.to-1)
	}
	return parse.OK
}

func (r *reader) view(from, to int) vexec.View {
	if !r.apart {
		return parse.View(r.buf, from, to, parse.UnitBuf)
	}
	at := len(r.side.Buf)
	r.side.Buf = append(r.side.Buf, r.buf[from:to]...)
	return r.side.Take(at)
}

func (r *reader) storeBytes(c *parse.Column, i int, t token) parse.Fault {
	if t.kind != kindString {
		return parse.Unparsed
	}
	r.work = unescape(r.work[:0], r.buf[t.from+1:t.to-1])
	from := len(r.side.Buf)
	side, err := base64.StdEncoding.AppendDecode(r.side.Buf, r.work)
	if err != nil {
		return parse.BadBase64
	}
	r.side.Buf = side
	c.Views[i] = r.side.Take(from)
	return parse.OK
}
