package console

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// localTimes turns instants into what the clock of a time zone shows, for people to
// read.
type localTimes struct {
	zone   *kernels.Zone
	schema *ir.Schema
	batch  vexec.Batch
}

// newLocalTimes returns nil where there is nothing to turn: in UTC, or without
// TIMESTAMP_LTZ among the columns.
func newLocalTimes(zone string, s *ir.Schema) (*localTimes, error) {
	if zone == "" || zone == ir.UTC {
		return nil, nil
	}
	loc, err := ir.Zone(zone)
	if err != nil {
		return nil, err
	}
	l := &localTimes{zone: kernels.NewZone(loc), schema: &ir.Schema{}}
	some := false
	for _, c := range s.Cols {
		some = some || ir.HasInstant(c.Type)
		c.Type = ir.LocalType(c.Type)
		l.schema.Cols = append(l.schema.Cols, c)
	}
	if !some {
		return nil, nil
	}
	return l, nil
}

// turn returns the rows of b with local times, valid until the next call.
func (l *localTimes) turn(b *vexec.Batch) *vexec.Batch {
	cols := l.batch.Cols[:0]
	l.batch = *b
	l.batch.Schema = l.schema
	for i := range b.Cols {
		cols = append(cols, l.column(&b.Cols[i]))
	}
	l.batch.Cols = cols
	return &l.batch
}

func (l *localTimes) column(v *vexec.Vec) vexec.Vec {
	if !ir.HasInstant(v.Type) {
		return *v
	}
	out := *v
	out.Type = ir.LocalType(v.Type)
	switch {
	case v.Enc == vexec.Dict:
		d := l.column(v.Dict)
		out.Dict = &d
	case v.Type.Kind == ir.TimestampLTZ:
		units := int64(1_000_000)
		if v.Type.Nanos() {
			units *= 1000
		}
		out.Data = vexec.AlignedBytes(len(v.Data))
		for i, t := range v.Int64s() {
			out.Int64s()[i], _ = l.zone.ToLocal(t, units) // beyond the last time there is it is that of UTC
		}
	default:
		out.Kids = make([]vexec.Vec, len(v.Kids))
		for k := range v.Kids {
			out.Kids[k] = l.column(&v.Kids[k])
		}
	}
	return out
}
