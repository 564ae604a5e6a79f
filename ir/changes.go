package ir

import (
	"slices"
	"strings"
)

// Changes is a set of change kinds (vexec.RowKind) that rows of a relation may carry.
type Changes uint8

// The change kinds.
const (
	Inserts Changes = 1 << iota // +I
	Befores                     // -U
	Afters                      // +U
	Deletes                     // -D
)

// String is the set as explain shows it: "+I -U +U".
func (c Changes) String() string {
	var out []string
	for i, name := range []string{"+I", "-U", "+U", "-D"} {
		if c&(1<<i) != 0 {
			out = append(out, name)
		}
	}
	return strings.Join(out, " ")
}

// ChangesOf is which change kinds the rows of n carry, if all of them are sent. Where
// Befores are not needed by anybody above the planner leaves them out.
func ChangesOf(n Node) Changes {
	if !n.Props().Updating {
		return Inserts
	}
	switch x := n.(type) {
	case *Aggregate:
		return changesOfGroups(x)
	case *WindowAgg:
		if !x.Window.Keyed() {
			return Inserts | Befores | Afters
		}
		return Inserts | Befores | Afters | Deletes
	case *Rank:
		return changesOfRank(x)
	case *Join:
		if x.Kind == RegularJoin {
			return Inserts | Deletes
		}
	}
	if ChangesApart(n) {
		return Inserts | Deletes
	}
	var all Changes
	for _, in := range n.Inputs() {
		all |= ChangesOf(in)
	}
	return all
}

// ChangesApart reports whether n may keep an old row without the new one that replaces it, or
// the other way round: it gives each by itself then, as -D and +I.
func ChangesApart(n Node) bool {
	switch x := n.(type) {
	case *Filter:
		if !x.Input.Props().Updating {
			return false
		}
		key, ok := UpsertKey(x.Input)
		return !ok || !RefersOnly(x.Pred, func(c int) bool { return slices.Contains(key, c) })
	case *Repeat:
		return x.Input.Props().Updating
	}
	return false
}

// changesOfGroups: a group is deleted when all of its rows have been taken back.
func changesOfGroups(x *Aggregate) Changes {
	all := Inserts
	if len(x.Aggs) > 0 {
		all |= Befores | Afters
	}
	if x.Input.Props().Updating && len(x.Keys) > 0 {
		all |= Deletes
	}
	return all
}

// UpsertKey is columns of n whose values no two rows that n holds at one time share, so
// that a row replaces the one before it with the same key; ok is false where none are
// known. An empty key is that of a relation with one row.
func UpsertKey(n Node) (key []int, ok bool) {
	switch x := n.(type) {
	case *Aggregate:
		if x.Windowed() && x.Emit == Once {
			return nil, false
		}
		return firstColumns(len(x.Keys)), true
	case *WindowAgg:
		return windowKey(x)
	case *Coarsen:
		return UpsertKey(x.Input)
	case *Rank:
		return rankKey(x)
	case *Join:
		return joinKey(x)
	case *Filter:
		return UpsertKey(x.Input)
	case *Sink:
		return UpsertKey(x.Input)
	case *Project:
		in, ok := UpsertKey(x.Input)
		if !ok {
			return nil, false
		}
		key = []int{}
		for _, c := range in {
			at := slices.IndexFunc(x.Exprs, func(e Expr) bool {
				ref, isRef := e.(*ColRef)
				return isRef && ref.Index == c
			})
			if at < 0 {
				return nil, false
			}
			key = append(key, at)
		}
		return key, true
	}
	return nil, false
}

// windowKey is UpsertKey of windows that change: all columns but the aggregates, where
// no other that tells them apart has been left out.
func windowKey(x *WindowAgg) (key []int, ok bool) {
	if x.Emit == Once {
		return nil, false
	}
	named := map[WindowOut]bool{}
	for i, o := range x.Out {
		if o.Kind != OutAgg {
			named[o] = true
			key = append(key, i)
		}
	}
	for k := range x.Keys {
		if !named[WindowOut{OutKey, k}] {
			return nil, false
		}
	}
	start, end := named[WindowOut{OutStart, 0}], named[WindowOut{OutEnd, 0}]
	switch {
	case x.Window.Kind == Session || x.Window.Zone != "" && x.Window.Kind != Tumble:
		return key, start && end
	case x.Window.Kind == Cumulate:
		return key, end
	}
	return key, start || end
}

func firstColumns(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}
