package ndjson

import (
	"encoding/binary"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/connect/format/parse"
)

// node is a literal that has been seen, with what follows it. Layouts are paths
// from literal to literal: each node remembers the two nodes that came after it
// lately, so that several layouts, left-out fields and changed orders need no
// table of layouts. A literal that neither expects is looked up by its key.
type node struct {
	lit0, lit1   uint64 // the first 16 bytes
	mask0, mask1 uint64
	size         int
	rest         string // behind the first 16 bytes
	op           op
	col          *parse.Column // nil: not wanted, or no scalar
	bits         uint64        // of the fields that the literal and its value settle
	next         [2]*node      // never nil
	chain        *node         // next of the same bucket
	field        *field        // nil: not wanted
	in, out      *shape        // where the literal begins and ends
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
	opNull // null where an object may stand
	opNever
)

// Limits of what is learned. Lines beyond them are decoded in the strict way.
const (
	maxNodes   = 1024
	maxLiteral = 256
	maxSteps   = 512
	maxFields  = 64
)

const buckets = 256

// layouts is what a decoder has learned.
type layouts struct {
	ready bool // something has been learned
	root  node // what begins a line
	none  node // stands where nothing is expected yet; its op refuses the line
	nodes map[literal]*node
	heads [buckets]*node // of the nodes by key
	ends  *node          // the nodes without a key: those that close a line
	slots []*field       // the fields outside of lists, by bit
	all   uint64         // their bits
}

// literal names a node.
type literal struct {
	in   *shape
	text string
}

func (l *layouts) init(root *shape) {
	l.nodes = map[literal]*node{}
	l.none = node{lit0: 1<<64 - 1, mask0: 1<<64 - 1, size: 8, op: opNever}
	l.none.next = [2]*node{&l.none, &l.none}
	l.root.next = l.none.next
	l.slots = root.number(nil)
	l.all = 1<<len(l.slots) - 1
}

// learn adds the layout of the line that has been traced and that ends before to.
func (d *Decoder) learn(to int) {
	l := &d.layout
	steps := d.trace.steps
	if len(l.slots) > maxFields || len(steps) > maxSteps {
		return
	}
	steps[len(steps)-1].to = to
	cur := &l.root
	for i := range steps {
		s := &steps[i]
		n := l.nodes[literal{s.in, string(d.buf[s.from:s.to])}]
		if n == nil {
			if n = d.addNode(s); n == nil {
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

func (d *Decoder) addNode(s *step) *node {
	l := &d.layout
	lit := d.buf[s.from:s.to]
	if len(l.nodes) == maxNodes || len(lit) > maxLiteral {
		return nil
	}
	n := &node{size: len(lit), next: l.none.next, field: s.field, in: s.in, out: s.out, bits: s.bits}
	n.lit0, n.mask0 = word(lit, 0)
	n.lit1, n.mask1 = word(lit, 8)
	if len(lit) > 16 {
		n.rest = string(lit[16:])
	}
	switch {
	case s.lead == 0:
		n.op = opEnd
	case s.field == nil:
		n.op = skipOp(s.lead)
	case s.field.sub != nil:
		n.op = opNull
	default:
		n.op = storeOp(s.field)
		n.col = s.field.col
	}
	l.nodes[literal{s.in, string(lit)}] = n
	if key := keyOf(d.buf, s.from); key < 0 || key > s.to {
		n.chain, l.ends = l.ends, n
	} else {
		h := hash(d.buf, key)
		n.chain, l.heads[h] = l.heads[h], n
	}
	return n
}

func skipOp(lead byte) op {
	switch {
	case lead == '"':
		return opSkipString
	case lead == '-' || lead-'0' <= 9:
		return opSkipNumber
	}
	return opAny
}

func storeOp(f *field) op {
	switch t := f.col.Type; t.Kind {
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
	for n := d.bucket(p); n != nil; n = n.chain {
		if n.in == cur.out && n.fits(b, p) {
			cur.next[1] = n
			return n
		}
	}
	return nil
}

// longer finds the node whose literal at p goes on behind short's: into the object
// that stands where short has null.
func (d *Decoder) longer(cur, short *node, p int) *node {
	for n := d.bucket(p); n != nil; n = n.chain {
		if n.size > short.size && n.in == cur.out && n.fits(d.buf, p) {
			return n
		}
	}
	return nil
}

// bucket is the first of the nodes whose literal may stand at p.
func (d *Decoder) bucket(p int) *node {
	if key := keyOf(d.buf, p); key >= 0 {
		return d.layout.heads[hash(d.buf, key)]
	}
	return d.layout.ends
}

// keyOf is where the first key begins in a literal at p, behind its quote; -1 where
// the literal has none in the usual place.
func keyOf(b []byte, p int) int {
	for end := p + maxLead; p < end; p++ {
		switch b[p] {
		case '"':
			return p + 1
		case ',', '{', '}', ' ':
		default:
			return -1
		}
	}
	return -1
}

// maxLead is how many characters a literal may have before its first key to be found by it.
const maxLead = 16

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
