package refinterp

import (
	"math/big"
	"regexp"
	"slices"
	"time"

	"github.com/helios-stream/helios/ir"
)

// castIn is cast where what has no zone is local time in the zone named, "" being UTC;
// nested values are cast part by part.
func castIn(v ir.Value, from, to *ir.Type, zone string) (ir.Value, error) {
	if v == nil || from.Kind == ir.Null {
		return nil, nil
	}
	if from.Kind.IsNested() && to.Kind.IsNested() {
		return castParts(v, from, to, zone)
	}
	if zone == "" || !ir.NeedsZone(from, to) {
		return cast(v, from, to)
	}
	loc, err := ir.Zone(zone)
	if err != nil {
		return nil, err
	}
	switch {
	case from.Kind.IsNested():
		local := withoutZones(from)
		parts, err := castParts(v, from, local, zone)
		if err != nil {
			return nil, err
		}
		return cast(parts, local, to)
	case from.Kind == ir.TimestampLTZ:
		local := withoutZones(from)
		at, err := toLocal(v.(int64), from, loc)
		if err != nil {
			return nil, err
		}
		return cast(at, local, to)
	case from.Kind == ir.Varchar && hasOffset.MatchString(v.(string)):
		return cast(v, from, to)
	}
	at, err := cast(v, from, &ir.Type{Kind: ir.Timestamp, P: to.P})
	if err != nil {
		return nil, err
	}
	return toInstant(at.(int64), to, loc)
}

// hasOffset matches a time with a zone behind the clock.
var hasOffset = regexp.MustCompile(`:\d\d?.*([Zz]|[+-]\d\d(:?\d\d)?)\s*$`)

func castParts(v ir.Value, from, to *ir.Type, zone string) (ir.Value, error) {
	switch x := v.(type) {
	case []ir.MapEntry:
		out := make([]ir.MapEntry, len(x))
		for i, e := range x {
			k, err := castIn(e.Key, from.Key, to.Key, zone)
			if err != nil {
				return nil, err
			}
			val, err := castIn(e.Val, from.Elem, to.Elem, zone)
			if err != nil {
				return nil, err
			}
			out[i] = ir.MapEntry{Key: k, Val: val}
		}
		return lastOfEachKey(out, to.Key), nil
	case []ir.Value:
		out := make([]ir.Value, len(x))
		for i, part := range x {
			f, t := from.Elem, to.Elem
			if from.Kind == ir.Row {
				f, t = from.Fields[i].Type, to.Fields[i].Type
			}
			c, err := castIn(part, f, t, zone)
			if err != nil {
				return nil, err
			}
			out[i] = c
		}
		return out, nil
	}
	return nil, nil
}

// lastOfEachKey leaves out the entries whose key comes again.
func lastOfEachKey(m []ir.MapEntry, key *ir.Type) []ir.MapEntry {
	out := []ir.MapEntry{}
	for i, e := range m {
		if !slices.ContainsFunc(m[i+1:], func(o ir.MapEntry) bool { return compare(o.Key, e.Key, key) == 0 }) {
			out = append(out, e)
		}
	}
	return out
}

func withoutZones(t *ir.Type) *ir.Type {
	if t == nil {
		return nil
	}
	out := &ir.Type{Kind: t.Kind, P: t.P, S: t.S, Elem: withoutZones(t.Elem), Key: withoutZones(t.Key)}
	if t.Kind == ir.TimestampLTZ {
		out.Kind = ir.Timestamp
	}
	for _, f := range t.Fields {
		out.Fields = append(out.Fields, ir.Field{Name: f.Name, Type: withoutZones(f.Type)})
	}
	return out
}

// toLocal is the local time of an instant.
func toLocal(v int64, t *ir.Type, loc *time.Location) (ir.Value, error) {
	units := 1_000_000 * unitsPerMicro(t)
	_, east := time.Unix(floorDiv(v, units), 0).In(loc).Zone()
	return spanValue(bigSum(v, int64(east), 1, units), t)
}

// toInstant is the instant of a local time: the first of two that have it; where there
// is none, what it would be without the change of the clock. Both are so with the
// offset before the change, if there is one that day.
func toInstant(v int64, t *ir.Type, loc *time.Location) (ir.Value, error) {
	units := 1_000_000 * unitsPerMicro(t)
	sec := floorDiv(v, units)
	var found *big.Int
	for shift := int64(-26 * 3600); shift <= 26*3600; shift += 900 { // offsets are quarters of hours since long
		at := time.Unix(sec+shift, 0).In(loc)
		_, east := at.Zone()
		if _, there := time.Unix(sec-int64(east), 0).In(loc).Zone(); there == east {
			r := bigSum(v, int64(east), -1, units)
			if found == nil || r.Cmp(found) < 0 {
				found = r
			}
		}
	}
	if found == nil { // left out by the clock
		_, east := time.Unix(sec-86400, 0).In(loc).Zone()
		found = bigSum(v, int64(east), -1, units)
	}
	return spanValue(found, t)
}
