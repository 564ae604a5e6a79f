package ndjson

import (
	"encoding/binary"
	"math/bits"

	"github.com/helios-stream/helios/vexec/connect/format/parse"
)

// run decodes lines along the learned layouts from d.pos on, until the data ends
// or a line does not fit. Whatever it is not sure of it leaves to the strict way,
// which then takes the whole line again.
func (d *Decoder) run() {
	for d.pos < d.end {
		d.grow()
		to := d.quick(d.pos)
		if to < 0 {
			d.set.Restore(d.rows)
			return
		}
		if d.noting {
			d.places = append(d.places, d.base+int64(d.pos))
		}
		d.pos = to
		d.rows++
	}
}

// quick decodes the line at p into the row d.rows and returns where the next one
// begins, or -1.
func (d *Decoder) quick(p int) int {
	b := d.buf
	r := d.rows
	var seen uint64
	cur := &d.layout.root
	for {
		n := cur.next[0]
		if !n.fits(b, p) {
			if n = d.other(cur, p); n == nil {
				return -1
			}
		}
		p += n.size
		if seen&n.bits != 0 {
			return -1 // a field comes twice
		}
		seen |= n.bits
		switch n.op {
		case opSkipString:
			if q := plain(b, p); q > 0 {
				p = q
			} else {
				p = d.any(n, p)
			}
		case opString:
			if q := plain(b, p); q > 0 {
				n.col.Views[r] = parse.View(b, p+1, q-1, parse.UnitBuf)
				p = q
			} else {
				p = d.any(n, p)
			}
		case opInt:
			v, to := whole(b, p)
			if to > 0 {
				n.col.I64[r] = int64(v)
				p = to
			} else {
				p = d.any(n, p)
			}
		case opInts:
			v, to := whole(b, p)
			switch {
			case to == 0:
				p = d.any(n, p)
			case n.col.PutInt(r, int64(v)) == parse.OK:
				p = to
			default:
				return -1
			}
		case opDouble:
			if v, to := fixed(b, p); to > 0 {
				n.col.F64[r] = v
				p = to
			} else {
				p = d.any(n, p)
			}
		case opSkipNumber:
			if _, to := whole(b, p); to > 0 && b[to]|0x20 != 'e' && b[to] != '.' {
				p = to
			} else {
				p = d.any(n, p)
			}
		case opTime:
			p = d.time(n, p)
		case opEnd:
			if seen != d.layout.all && !d.fillMissing(seen) {
				return -1
			}
			return p
		case opNull:
			if load(b, p)&(1<<32-1) != nullWord {
				long := d.longer(cur, n, p-n.size)
				if long == nil {
					return -1
				}
				p, seen = p-n.size, seen&^n.bits
				cur.next[0], cur.next[1] = long, n
				continue
			}
			if null(n.field, r) != nil {
				return -1
			}
			p += 4
		case opNever:
			return -1
		default:
			p = d.any(n, p)
		}
		if p < 0 {
			return -1
		}
		cur = n
	}
}

// plain is where the string at p ends, behind its quote, if it is ASCII without
// escapes and control characters; 0: it is something else.
func plain(b []byte, p int) int {
	if b[p] != '"' {
		return 0
	}
	p++
	m := stops(load(b, p))
	for m == 0 {
		p += 8
		m = stops(load(b, p))
	}
	if p += lowest(m); b[p] != '"' {
		return 0
	}
	return p + 1
}

// any takes the value at p in the strict way; -1: it is none of the column.
func (d *Decoder) any(n *node, p int) int {
	if n.field == nil {
		t := d.value(p, n.out.depth)
		if t.kind == kindBad {
			return -1
		}
		return t.to
	}
	to, bad := d.put(n.field, p, d.rows, n.out.depth)
	if bad != nil {
		return -1
	}
	return to
}

// nullWord is null, as load gives it.
const nullWord = 'n' | 'u'<<8 | 'l'<<16 | 'l'<<24

// whole is the number of one to fifteen digits at p and where it ends; 0: what
// stands there is something else, or has a leading zero.
func whole(b []byte, p int) (v uint64, to int) {
	x := load(b, p) ^ '0'*ones
	n := lowest(nonDigits(x))
	if n == 0 || x&0xFF == 0 && n > 1 {
		return 0, 0
	}
	v = eight(x << (64 - 8*n))
	if n < 8 {
		return v, p + n
	}
	return wholeLong(b, p, v)
}

func wholeLong(b []byte, p int, high uint64) (v uint64, to int) {
	x := load(b, p+8) ^ '0'*ones
	n := lowest(nonDigits(x))
	switch n {
	case 0:
		return high, p + 8
	case 8:
		return 0, 0
	}
	return high*tens[n] + eight(x<<(64-8*n)), p + 8 + n
}

// fixed is the number of up to fifteen digits at p, seven of them behind a point at
// most, and where it ends; 0: it is something else. One division is exact then.
func fixed(b []byte, p int) (v float64, to int) {
	n, to := whole(b, p)
	if to == 0 || b[to] != '.' {
		return float64(n), to
	}
	x := load(b, to+1) ^ '0'*ones
	k := lowest(nonDigits(x))
	if k == 0 || k == 8 || to-p+k > 15 {
		return 0, 0
	}
	n = n*tens[k] + eight(x<<(64-8*k))
	return float64(n) / float64(tens[k]), to + 1 + k
}

var tens = [8]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7}

// fillMissing makes the fields that a line did not have NULL; false where a column
// is NOT NULL.
func (d *Decoder) fillMissing(seen uint64) bool {
	for m := d.layout.all &^ seen; m != 0; m &= m - 1 {
		f := d.layout.slots[bits.TrailingZeros64(m)]
		if f.col != nil && f.col.SetNull(d.rows) != parse.OK {
			return false
		}
	}
	return true
}

// minute is the last minute that a timestamp stood in: its 16 bytes, and when it
// began. Times come in order, mostly, so that only the seconds are to be read.
type minute struct {
	key0, key1 uint64
	begin      int64
}

// millis is `:00.000"`, what stands behind a minute in the usual form.
var millis = binary.LittleEndian.Uint64([]byte(`:00.000"`))

// time takes a TIMESTAMP(3) to TIMESTAMP(6) at p.
func (d *Decoder) time(n *node, p int) int {
	b, c := d.buf, &d.minute
	if b[p] != '"' || load(b, p+1) != c.key0 || load(b, p+9) != c.key1 {
		return d.newMinute(n, p)
	}
	x := load(b, p+17) ^ millis
	if nonDigits(x)|x&0xFF0000_00FF0000FF != 0 {
		return d.any(n, p)
	}
	sec := (x>>8&0xF)*10 + x>>16&0xF
	if sec > 59 {
		return -1
	}
	ms := (x>>32&0xF)*100 + (x>>40&0xF)*10 + x>>48&0xF
	n.col.I64[d.rows] = c.begin + int64(sec*1_000_000+ms*1_000)
	return p + 25
}

// newMinute takes a timestamp in the strict way and remembers its minute.
func (d *Decoder) newMinute(n *node, p int) int {
	to := d.any(n, p)
	if to < 0 || to-p < 21 || d.buf[p] != '"' {
		return to
	}
	s := d.buf[p+1 : to-1]
	begin, f := parse.Timestamp(append(append(d.work[:0], s[:16]...), ":00"...), 6)
	if f == parse.OK {
		d.minute = minute{load(s, 0), load(s, 8), begin}
	}
	return to
}
