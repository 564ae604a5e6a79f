package expr

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

func newTimeFormats() *patterns[*kernels.TimeFormat] {
	return &patterns[*kernels.TimeFormat]{compile: func(text string) (*kernels.TimeFormat, error) {
		f, err := kernels.CompileTimeFormat(text)
		if err != nil {
			return nil, fmt.Errorf("the pattern %s: %w", quote([]byte(text)), err)
		}
		return f, nil
	}}
}

// dateFormat is DATE_FORMAT. Rows often follow one another in time, and a day's text is that of
// many of them: it is made once for those in a row.
func dateFormat(units int64) strict {
	formats := newTimeFormats()
	return func(c *call) {
		ts := c.args[0].Int64s()
		var lo, hi int64 // from lo to before hi the text is that of the row before
		same := func(i int) bool {
			t := at(ts, c.args[0], i)
			return lo <= t && t < hi
		}
		c.appendRuns(same, func(dst []byte, i int) ([]byte, bool) {
			lo, hi = 0, 0
			f, err := formats.get(c.bytes(1, i))
			if err != nil {
				c.fail(int32(i), err.Error())
				return dst, false
			}
			t := at(ts, c.args[0], i)
			if step := f.Steps() * units; step > 0 && c.isConst(1) {
				lo = kernels.FloorDiv(t, step) * step
				hi = lo + step
			}
			return f.Append(dst, t, units), false
		})
	}
}

// parseByFormat reads TO_TIMESTAMP(s, pattern) and TO_DATE(s, pattern).
func parseByFormat(to *ir.Type) strict {
	formats := newTimeFormats()
	units := unitsOf(to)
	if to.Kind == ir.Date {
		units = 1
	}
	return func(c *call) {
		c.each(func(i int) {
			f, err := formats.get(c.bytes(1, i))
			if err != nil {
				c.fail(int32(i), err.Error())
				return
			}
			v, ok := f.Parse(c.bytes(0, i), units)
			if to.Kind == ir.Date {
				v = kernels.FloorDiv(v, 86400)
				c.out.Int32s()[i] = int32(v)
				ok = ok && v == int64(int32(v))
			} else {
				c.out.Int64s()[i] = v
			}
			if !ok {
				c.fail(int32(i), fmt.Sprintf("%s is not a %s of the form %s", quote(c.bytes(0, i)), to, quote(c.bytes(1, i))))
			}
		})
	}
}

func timestampDiff(units int64) strict {
	return func(c *call) {
		a, b, dst := c.args[1].Int64s(), c.args[2].Int64s(), c.out.Int64s()
		unit := unitReader(c)
		c.each(func(i int) {
			u := unit(i)
			if !kernels.CanDiff(u) {
				c.fail(int32(i), noUnit("TIMESTAMPDIFF", c.bytes(0, i)))
				return
			}
			n, ok := kernels.DiffTime(u, at(a, c.args[1], i), at(b, c.args[2], i), units)
			if dst[i] = n; !ok {
				c.fail(int32(i), timeOverflow)
			}
		})
	}
}

func convertTZ() strict {
	zones := &patterns[*kernels.Zone]{compile: loadZone}
	others := &patterns[*kernels.Zone]{compile: loadZone}
	return func(c *call) {
		c.appendText(func(dst []byte, i int) ([]byte, bool) {
			t, ok := kernels.ParseTimestamp(c.bytes(0, i), 1)
			if !ok {
				c.fail(int32(i), notA(quote(c.bytes(0, i)), ir.TTimestamp))
				return dst, false
			}
			from, err := zones.get(c.bytes(1, i))
			if err != nil {
				c.fail(int32(i), err.Error())
				return dst, false
			}
			to, err := others.get(c.bytes(2, i))
			if err != nil {
				c.fail(int32(i), err.Error())
				return dst, false
			}
			return kernels.AppendTimestamp(dst, to.Local(from.Instant(t)), 1), false
		})
	}
}

func loadZone(name string) (*kernels.Zone, error) {
	loc, err := ir.Zone(name)
	if err != nil {
		return nil, err
	}
	return kernels.NewZone(loc), nil
}

// nowStep is the instant of the batch.
type nowStep struct {
	t   *ir.Type
	dst int
}

func (s *nowStep) run(p *Program) {
	dst := p.regs[s.dst]
	out := dst.reset(s.t, 1)
	out.Int64s()[0] = p.now
	dst.out = *out
	dst.out.Enc = vexec.Const
}
