package ndjson

import (
	"encoding/binary"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/connect/format/parse"
)

// step is one field of a line that the strict way has taken: its literal is what
// stands between the value before it and its own, `,"price":`. The last step's
// literal is what closes the line, and col is -1.
type step struct {
	col      int // wanted column, -1: none
	kind     kind
	from, to int
}

// node is a literal that has been seen, with what follows it. Layouts are paths
// from literal to literal: each node remembers the two nodes that came after it
// lately, so that several layouts, left-out fields and changed orders need no
// table of layouts. A literal that neither expects is looked up by its key.
type node struct {
	lit0, lit1   uint64 // the first 16 bytes
	mask0, mask1 uint64
	size         int
	first        bool   // begins a line
	rest         string // behind the first 16 bytes
	op           op
	col          *parse.Column // nil: not wanted
	at           int           // the column's position
	bit          uint64        // the column's bit in a line's set of seen columns
	next         [2]*node      // never nil
	chain        *node         // next of the same bucket
}

// op is what to do with the value behind a literal.
type op uint8

const (
	opAny        op = iota // the strict scanner, stored or not
	opEnd                  // the line is complete
	opSkipString           // values that nobody asks for are checked all the same
	opSkipNumber
	opString
	opInt  // BIGINT
	opInts // the smaller integers
	opDouble
	opTime // TIMESTAMP(3) to TIMESTAMP(6)
	opNever
)

// Limits of what is learned. Lines beyond them are decoded in the strict way.
const (
	maxNodes   = 1024
	maxLiteral = 256
	maxSteps   = 512
	maxCols    = 64
)

const buckets = 256

// layouts is what a decoder has learned.
type layouts struct {
	ready bool // something has been learned
	root  node // what begins a line
	none  node // stands where nothing is expected yet; its op refuses the line
	nodes map[string]*node
	heads [buckets]*node // of the nodes by key
	ends  *node          // the nodes that close a line
	all   uint64         // bits of all wanted columns
}

func (l *layouts) init(cols int) {
	l.nodes = map[string]*node{}
	l.none = node{lit0: 1<<64 - 1, mask0: 1<<64 - 1, size: 8, op: opNever}
	l.none.next = [2]*node{&l.none, &l.none}
	l.root.next = l.none.next
	l.all = 1<<cols - 1
}

// learn adds the layout of the line that d.row holds and that ends before to.
func (d *Decoder) learn(from, to int) {
	l := &d.layout
	steps := d.row.steps
	if len(d.set.Cols) > maxCols || len(steps) > maxSteps {
		return
	}
	steps[len(steps)-1].to = to
	cur := &l.root
	for i, s := range steps {
		n := l.nodes[string(d.buf[s.from:s.to])]
		if n == nil {
			if n = d.addNode(s, i == 0, i == len(steps)-1); n == nil {
				return
			}
		}
		cur.expect(n, l)
		cur = n
	}
	l.ready = true
}

// expect makes next one of the two nodes that are expected behind n.
func (n *node) expect(next *node, l *layouts) {
	switch {
	case n.next[0] == next || n.next[1] == next:
	case n.next[0] == &l.none:
		n.next[0] = next
	default:
		n.next[1] = next
	}
}

func (d *Decoder) addNode(s step, first, last bool) *node {
	l := &d.layout
	lit := d.buf[s.from:s.to]
	if len(l.nodes) == maxNodes || len(lit) > maxLiteral {
		return nil
	}
	n := &node{size: len(lit), first: first, next: l.none.next}
	n.lit0, n.mask0 = word(lit, 0)
	n.lit1, n.mask1 = word(lit, 8)
	if len(lit) > 16 {
		n.rest = string(lit[16:])
	}
	switch {
	case last:
		n.op = opEnd
	case s.col < 0:
		n.op = skipOp(s.kind)
	default:
		n.col, n.at, n.bit = &d.set.Cols[s.col], s.col, 1<<s.col
		n.op = storeOp(n.col.Type)
	}
	l.nodes[string(lit)] = n
	if last {
		n.chain, l.ends = l.ends, n
	} else if key := keyOf(d.buf, s.from); key >= 0 {
		h := hash(d.buf, key)
		n.chain, l.heads[h] = l.heads[h], n
	}
	return n
}

func skipOp(k kind) op {
	switch k {
	case kindString:
		return opSkipString
	case kindNumber:
		return opSkipNumber
	}
	return opAny
}

func storeOp(t *ir.Type) op {
	switch t.Kind {
	case ir.BigInt:
		return opInt
	case ir.TinyInt, ir.SmallInt, ir.Integer:
		return opInts
	case ir.Double:
		return opDouble
	case ir.Varchar:
		return opString
	case ir.Timestamp, ir.TimestampLTZ:
		if t.P >= 3 && t.P <= 6 {
			return opTime
		}
	}
	return opAny
}

// word is up to eight bytes of a literal from at on, and the mask of those.
func word(lit []byte, at int) (w, mask uint64) {
	var b, m [8]byte
	for i := at; i < min(len(lit), at+8); i++ {
		b[i-at], m[i-at] = lit[i], 0xFF
	}
	return binary.LittleEndian.Uint64(b[:]), binary.LittleEndian.Uint64(m[:])
}

// fits reports whether n's literal stands at p.
func (n *node) fits(b []byte, p int) bool {
	if (load(b, p)^n.lit0)&n.mask0|(load(b, p+8)^n.lit1)&n.mask1 != 0 {
		return false
	}
	return n.rest == "" || n.restFits(b, p+16)
}

func (n *node) restFits(b []byte, p int) bool {
	return p+len(n.rest) <= len(b) && string(b[p:p+len(n.rest)]) == n.rest
}

// other finds the node whose literal stands at p where cur's first guess does not;
// nil: none is known.
func (d *Decoder) other(cur *node, p int) *node {
	b := d.buf
	if n := cur.next[1]; n.fits(b, p) {
		cur.next[0], cur.next[1] = n, cur.next[0]
		return n
	}
	n := d.layout.ends
	if key := keyOf(b, p); key >= 0 {
		n = d.layout.heads[hash(b, key)]
	}
	for ; n != nil; n = n.chain {
		if n.first == (cur == &d.layout.root) && n.fits(b, p) {
			cur.next[1] = n
			return n
		}
	}
	return nil
}

// keyOf is where the key begins in a literal at p, behind its quote; -1 where the
// literal has none in the usual place.
func keyOf(b []byte, p int) int {
	p++
	if b[p] == ' ' {
		p++
	}
	if b[p] != '"' {
		return -1
	}
	return p + 1
}

// hash is the bucket of the key at p: of its first sixteen bytes.
func hash(b []byte, p int) int {
	const mix = 0x9E3779B97F4A7C15
	w := load(b, p)
	if m := quotes(w); m != 0 {
		return int((w & (m&-m - 1)) * mix >> 56)
	}
	rest := load(b, p+8)
	if m := quotes(rest); m != 0 {
		rest &= m&-m - 1
	}
	return int((w ^ rest*mix>>7) * mix >> 56)
}
