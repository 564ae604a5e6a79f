package agg

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// TestNestedKeys groups random nested values in random batches, and compares the groups with
// texts that values share just when they are equal. What a group shows for its key is that
// value.
func TestNestedKeys(t *testing.T) {
	row := &ir.Type{Kind: ir.Row, Fields: []ir.Field{{Name: "x", Type: ir.TInteger}, {Name: "s", Type: ir.TVarchar}}}
	list := &ir.Type{Kind: ir.Array, Elem: row}
	types := []*ir.Type{
		{Kind: ir.Array, Elem: ir.TDouble}, row, list,
		{Kind: ir.Map, Key: ir.TVarchar, Elem: &ir.Type{Kind: ir.Array, Elem: ir.TInteger}},
		{Kind: ir.Map, Key: row, Elem: ir.TBoolean},
		{Kind: ir.Row, Fields: []ir.Field{{Name: "m", Type: &ir.Type{Kind: ir.Map, Key: ir.TInteger, Elem: ir.TInteger}}, {Name: "l", Type: list}}},
	}
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 3))
		keyTypes := []*ir.Type{types[r.IntN(len(types))], ir.TBigInt, types[r.IntN(len(types))]}[:1+r.IntN(3)]
		g, err := NewGrouper(keyTypes, nil)
		if err != nil {
			t.Fatal(err)
		}
		byText := map[string]uint32{}
		for range 1 + r.IntN(4) {
			n := 1 + r.IntN(20)
			rows := make([][]ir.Value, n)
			for i := range rows {
				for _, k := range keyTypes {
					rows[i] = append(rows[i], randomValue(r, k))
				}
			}
			cols := make([]vexec.Vec, len(keyTypes))
			for c := range cols {
				var vals []ir.Value
				for i := range rows {
					vals = append(vals, rows[i][c])
				}
				cols[c] = vtest.Column(keyTypes[c], vals...)
			}
			var sel []int32
			for i := range int32(n) {
				if r.IntN(3) > 0 {
					sel = append(sel, i)
				}
			}
			ids := make([]uint32, n)
			if err := g.Intern(cols, sel, n, ids); err != nil {
				t.Fatal(err)
			}
			if sel == nil {
				for i := range int32(n) {
					sel = append(sel, i)
				}
			}
			for _, i := range sel {
				text := equalText(rows[i])
				if id, there := byText[text]; there && id != ids[i] {
					t.Fatalf("seed %d: %s is in the groups %d and %d", seed, text, id, ids[i])
				}
				byText[text] = ids[i]
			}
		}
		texts := make([]string, g.Groups())
		for text, id := range byText {
			texts[id] = text
		}
		if len(byText) != len(texts) {
			t.Fatalf("seed %d: %d groups of %d keys", seed, len(texts), len(byText))
		}
		checkKeys(t, g, keyTypes, texts)
		g.Reset()
		if g.Groups() != 0 {
			t.Errorf("%d groups behind a Reset", g.Groups())
		}
	}
}

// checkKeys holds that the groups of g have the keys of texts, all at once and one by one.
func checkKeys(t *testing.T, g Grouper, types []*ir.Type, texts []string) {
	t.Helper()
	var all []uint32
	for id := range texts {
		all = append(all, uint32(id))
	}
	out := make([]vexec.Vec, len(types))
	look := func(ids []uint32) {
		g.Keys(ids, out)
		for i, id := range ids {
			var key []ir.Value
			for c := range out {
				key = append(key, out[c].Value(i))
			}
			if got := equalText(key); got != texts[id] {
				t.Fatalf("group %d shows %s, its key is %s", id, got, texts[id])
			}
		}
	}
	look(all)
	for _, id := range all {
		look([]uint32{id})
	}
}

func randomValue(r *rand.Rand, t *ir.Type) ir.Value {
	if r.IntN(6) == 0 {
		return nil
	}
	switch t.Kind {
	case ir.Double:
		return []ir.Value{0.0, -1 / inf, 1.5, inf - inf}[r.IntN(4)]
	case ir.Varchar:
		return []ir.Value{"", "a", "a text that is longer than twelve bytes"}[r.IntN(3)]
	case ir.Boolean:
		return r.IntN(2) == 0
	case ir.Row:
		out := []ir.Value{}
		for _, f := range t.Fields {
			out = append(out, randomValue(r, f.Type))
		}
		return out
	case ir.Array:
		out := []ir.Value{}
		for range r.IntN(3) {
			out = append(out, randomValue(r, t.Elem))
		}
		return out
	case ir.Map:
		out := []ir.MapEntry{}
		for range r.IntN(3) {
			e := ir.MapEntry{Key: randomValue(r, t.Key), Val: randomValue(r, t.Elem)}
			if e.Key != nil && !slices.ContainsFunc(out, func(o ir.MapEntry) bool { return equalText([]ir.Value{o.Key}) == equalText([]ir.Value{e.Key}) }) {
				out = append(out, e)
			}
		}
		r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
		return out
	}
	return int64(r.IntN(3))
}

var inf = func() float64 { z := 0.0; return 1 / z }()

// equalText is a text that lists of values share just when they are equal as keys.
func equalText(vals []ir.Value) string {
	parts := make([]string, len(vals))
	for i, v := range vals {
		switch x := v.(type) {
		case float64:
			parts[i] = fmt.Sprint(x + 0) // -0.0 + 0 is 0.0
		case []ir.Value:
			parts[i] = "[" + equalText(x) + "]"
		case []ir.MapEntry:
			var entries []string
			for _, e := range x {
				entries = append(entries, equalText([]ir.Value{e.Key, e.Val}))
			}
			slices.Sort(entries)
			parts[i] = "{" + strings.Join(entries, ";") + "}"
		default:
			parts[i] = fmt.Sprintf("%T %v", v, v)
		}
	}
	return strings.Join(parts, ",")
}
