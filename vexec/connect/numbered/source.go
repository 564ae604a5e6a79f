// Package numbered reads tables whose row n is a function of n alone: what
// generators make. It hands out ranges of numbers as units, at a rate; a position is
// the next number, so that a restart goes on exactly.
package numbered

import (
	"context"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// Range is the piece of a unit: the rows From to To-1, handed out at Now.
type Range struct {
	From, To uint64
	Now      ir.Micros
}

// Options says what a source hands out.
type Options struct {
	Split     string  // the name of its only split
	Rows      uint64  // where Bounded
	Bounded   bool    // whether there is an end
	PerSecond float64 // of processing time; 0: as fast as they are taken
	Unit      int     // rows of a unit
	Decoder   func(scan *vexec.Scan) (vexec.Decoder, error)
}

// NewSource returns a source of numbered rows.
func NewSource(o Options) vexec.Source { return source{o} }

type source struct{ Options }

func (s source) Bounded() bool { return s.Options.Bounded }

func (s source) Splits(context.Context) ([]vexec.Split, error) {
	return []vexec.Split{{ID: s.Split}}, nil
}

func (s source) Open(_ context.Context, scan *vexec.Scan, _ vexec.Split, from vexec.Position) (vexec.SplitReader, error) {
	r := &reader{Options: s.Options, scan: scan, end: math.MaxUint64}
	if s.Options.Bounded {
		r.end = s.Rows
	}
	if from != nil {
		var err error
		if r.next, err = strconv.ParseUint(string(from), 10, 64); err != nil {
			return nil, fmt.Errorf("the position %q is no row number: it was not made by this connector", from)
		}
	}
	r.base, r.since = r.next, scan.Clock.Now()
	return r, nil
}

// reader hands out numbers up to end. At a rate, row base+k is due k/PerSecond
// seconds after since.
type reader struct {
	Options
	scan  *vexec.Scan
	next  uint64
	end   uint64
	base  uint64
	since ir.Micros
	last  ir.Micros // when rows were handed out; 0: never
}

// Claim takes the next numbers that are due.
func (r *reader) Claim(context.Context) (vexec.Unit, error) {
	if r.next >= r.end {
		return vexec.Unit{}, io.EOF
	}
	now := r.scan.Clock.Now()
	n := min(uint64(r.Unit), r.end-r.next)
	if r.PerSecond > 0 {
		n = min(n, r.due(now))
		if few := n < min(uint64(r.Unit), r.end-r.next); n == 0 || few && r.last != 0 && now < r.last+ir.Micros(r.scan.Linger.Microseconds()) {
			return vexec.Unit{}, vexec.ErrNothingYet
		}
		r.last = now
	}
	u := vexec.Unit{Piece: Range{From: r.next, To: r.next + n, Now: now}}
	r.next += n
	return u, nil
}

// maxBacklog is how much is handed out at once after nobody has asked for a while,
// in seconds: a source that was held up does not make up for all of it.
const maxBacklog = 1

// due is how many more rows there should be by now.
func (r *reader) due(now ir.Micros) uint64 {
	rows := func(since ir.Micros) float64 { return float64(now-since) / 1e6 * r.PerSecond }
	if behind := rows(r.since) - float64(r.next-r.base); behind > max(maxBacklog*r.PerSecond, 1) {
		r.base, r.since = r.next, now-maxBacklog*1_000_000
	}
	due := r.base + uint64(max(rows(r.since), 0)) + 1 // the first one at once
	return due - min(due, r.next)
}

func (r *reader) Position() vexec.Position { return strconv.AppendUint(nil, r.next, 10) }

func (r *reader) NewDecoder() (vexec.Decoder, error) { return r.Decoder(r.scan) }

func (r *reader) Close() error { return nil }
