package generator

import (
	"encoding/binary"
	"strconv"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// digitsAtOnce is how many hexadecimal digits one random number gives.
const digitsAtOnce = 16

// hexDigits is the eight hexadecimal digits of x, a byte each.
func hexDigits(x uint32) uint64 {
	v := uint64(x)
	v = (v | v<<16) & 0x0000FFFF0000FFFF
	v = (v | v<<8) & 0x00FF00FF00FF00FF
	v = (v | v<<4) & 0x0F0F0F0F0F0F0F0F
	letters := (v + 0x0606060606060606) >> 4 & 0x0101010101010101 // where a digit is above 9
	return v + 0x3030303030303030 + letters*('a'-'0'-10)
}

// hexText is text of random hexadecimal digits, in quotes where it is JSON.
type hexText struct {
	key, lenKey uint64
	length      int
	vary        bool // 1 to length digits
	quoted      bool
	buf         []byte
}

func (g *hexText) fill(v *vexec.Vec, r rows) {
	room := (g.length + digitsAtOnce - 1) / digitsAtOnce * digitsAtOnce
	words := uint64(room / digitsAtOnce)
	quotes := 0
	if g.quoted {
		quotes = 1
	}
	// Texts stand one behind the other; the last one's spare digits need room.
	if need := r.n*(g.length+2*quotes) + room; cap(g.buf) < need {
		g.buf = make([]byte, need)
	}
	buf := g.buf[:cap(g.buf)]
	out, at := v.Views()[:r.n], 0
	for i := range out {
		n := r.from + uint64(i)
		size := g.length
		if g.vary {
			size = 1 + int(below(g.lenKey, n, uint64(g.length)))
		}
		from := at
		if g.quoted {
			buf[at] = '"'
			at++
		}
		for w := range words {
			x := draw(g.key, n*words+w)
			p := buf[at+int(w)*digitsAtOnce:]
			binary.LittleEndian.PutUint64(p, hexDigits(uint32(x)))
			binary.LittleEndian.PutUint64(p[8:], hexDigits(uint32(x>>32)))
		}
		at += size
		if g.quoted {
			buf[at] = '"'
			at++
		}
		out[i] = kernels.MakeView(buf[from:at], 0, int32(from))
	}
	v.Bufs = append(v.Bufs[:0], buf[:at])
}

// numberText is the numbers of a sequence as text.
type numberText struct {
	start, step int64
	buf         []byte
}

func (g *numberText) fill(v *vexec.Vec, r rows) {
	out, x := v.Views()[:r.n], g.start+int64(r.from)*g.step
	g.buf = g.buf[:0]
	for i := range out {
		from := len(g.buf)
		g.buf = strconv.AppendInt(g.buf, x, 10)
		out[i] = kernels.MakeView(g.buf[from:], 0, int32(from))
		x += g.step
	}
	v.Bufs = append(v.Bufs[:0], g.buf)
}

// choice is one of some texts, each as likely as the others.
type choice struct {
	key   uint64
	dict  vexec.Vec
	plain bool // a part of a column, which is not dictionary-encoded
}

func newChoice(t *ir.Type, key uint64, texts []string, plain bool) *choice {
	g := &choice{key: key, dict: vexec.NewVec(t, len(texts)), plain: plain}
	for i, s := range texts {
		g.dict.SetBytes(i, []byte(s))
	}
	return g
}

func (g *choice) fill(v *vexec.Vec, r rows) {
	n := uint64(len(g.dict.Views()))
	if g.plain {
		from := g.dict.Views()
		for i := range v.Views()[:r.n] {
			v.Views()[i] = from[below(g.key, r.from+uint64(i), n)]
		}
		v.Bufs = append(v.Bufs[:0], g.dict.Bufs...)
		return
	}
	v.Enc, v.Dict = vexec.Dict, &g.dict
	randomInts(v.Codes()[:r.n], g.key, r.from, 0, n)
}
