package agg

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// model gives ids by a map of printed keys.
type model map[string]uint32

func (m model) key(keys []vexec.Vec, row int) string {
	parts := make([]string, len(keys))
	for c := range keys {
		parts[c] = show(keys[c].Value(row))
	}
	return strings.Join(parts, "|")
}

func checkGrouper(t *testing.T, types []*ir.Type, distinct int) {
	t.Helper()
	r := rng(t)
	mem := vexec.NewBudget(0).Account("test")
	g, err := NewGrouper(types, mem)
	if err != nil {
		t.Fatal(err)
	}
	for turn := range 3 { // the second time after Reset, the third with room for more
		if turn == 2 {
			g.Reserve(20_000)
		}
		m, back := model{}, map[uint32]string{}
		for range 6 {
			n := 1 + r.IntN(2500)
			keys := make([]vexec.Vec, len(types))
			for c, typ := range types {
				keys[c] = randomVec(r, typ, n, distinct)
			}
			sel, out := someRows(r, n), make([]uint32, n)
			if err := g.Intern(keys, sel, n, out); err != nil {
				t.Fatal(err)
			}
			for _, row := range (&rowScratch{}).rows(sel, n) {
				k := m.key(keys, int(row))
				id, known := m[k]
				if !known {
					if _, taken := back[out[row]]; taken {
						t.Fatalf("%v: key %s got the id of %s", types, k, back[out[row]])
					}
					m[k], back[out[row]] = out[row], k
				} else if id != out[row] {
					t.Fatalf("%v: key %s got id %d after %d", types, k, out[row], id)
				}
			}
			if g.Groups() != len(m) {
				t.Fatalf("%v: %d groups, want %d", types, g.Groups(), len(m))
			}
		}
		checkFinder(t, r, g, types, m, distinct)
		got := make([]vexec.Vec, len(types))
		g.Keys(ids(len(m)), got)
		for id, k := range back {
			if s := m.key(got, int(id)); s != k {
				t.Fatalf("%v: Keys of %d is %s, want %s", types, id, s, k)
			}
		}
		if mem.Used() != g.Bytes() || len(types) > 0 && g.Bytes() == 0 {
			t.Errorf("%v: accounted %d, Bytes %d", types, mem.Used(), g.Bytes())
		}
		g.Reset()
	}
	if g.Release(); mem.Used() != 0 {
		t.Errorf("%v: %d bytes are left after Release", types, mem.Used())
	}
}

// checkFinder looks up keys of which some are in no group.
func checkFinder(t *testing.T, r *rand.Rand, g Grouper, types []*ir.Type, m model, distinct int) {
	t.Helper()
	f := g.Finder()
	for range 3 {
		n := 1 + r.IntN(2500)
		keys := make([]vexec.Vec, len(types))
		for c, typ := range types {
			keys[c] = randomVec(r, typ, n, 2*distinct)
		}
		sel, out := someRows(r, n), make([]uint32, n)
		f.Find(keys, sel, n, out)
		for _, row := range (&rowScratch{}).rows(sel, n) {
			want, known := m[m.key(keys, int(row))]
			if !known {
				want = NoGroup
			}
			if out[row] != want {
				t.Fatalf("%v: key %s is found in %d, not %d", types, m.key(keys, int(row)), out[row], want)
			}
		}
	}
}

func TestGrouperAgainstMap(t *testing.T) {
	checkGrouper(t, nil, 1)
	for i, a := range keyTypes {
		checkGrouper(t, []*ir.Type{a}, 5)
		checkGrouper(t, []*ir.Type{a}, 3000)
		checkGrouper(t, []*ir.Type{a, keyTypes[(i+3)%len(keyTypes)]}, 20)
		checkGrouper(t, []*ir.Type{keyTypes[(i+5)%len(keyTypes)], a}, 20)
	}
	checkGrouper(t, []*ir.Type{ir.TVarchar, ir.TBigInt, ir.TVarchar}, 30)
	checkGrouper(t, []*ir.Type{ir.TNull, ir.TBigInt}, 30)
	checkGrouper(t, []*ir.Type{ir.TNull}, 30)
}

// Keys with more columns than one word has bits for NULL.
func TestGrouperOfManyColumns(t *testing.T) {
	types := make([]*ir.Type, 70)
	for i := range types {
		types[i] = ir.TBoolean
	}
	checkGrouper(t, types, 1)
}

// A prefix and a string of zero bytes are different keys, as are strings that
// are equal but for their last byte.
func TestGrouperSimilarStrings(t *testing.T) {
	for _, types := range [][]*ir.Type{{ir.TVarchar}, {ir.TVarchar, ir.TInteger}} {
		g, _ := NewGrouper(types, nil)
		words := []ir.Value{"", "\x00", "\x00\x00", "abcdefghijkl", "abcdefghijklm", "abcdefghijkln", "abcdefghijklm\x00", strings.Repeat("x", 100), strings.Repeat("x", 99) + "y"}
		keys := []vexec.Vec{vecOf(ir.TVarchar, words...), vexec.NewVec(ir.TInteger, len(words))}
		out := make([]uint32, len(words))
		for range 2 {
			if err := g.Intern(keys[:len(types)], nil, len(words), out); err != nil {
				t.Fatal(err)
			}
			for i, id := range out {
				if id != uint32(i) {
					t.Errorf("%v: %q got id %d, want %d", types, words[i], id, i)
				}
			}
		}
	}
}

// Keys whose salts collide are told apart by the full comparison.
func TestGrouperComparesInFull(t *testing.T) {
	g := &textGrouper{typ: ir.TVarchar, null: noGroup}
	if err := g.room(); err != nil {
		t.Fatal(err)
	}
	v := vecOf(ir.TVarchar, "one", "two", "a long string, the first", "a long string, the other")
	for i := range 4 {
		id, err := g.intern(&v.Views()[i], v.Bufs, 12345)
		if err != nil || id != uint32(i) {
			t.Errorf("string %d got id %d, %v", i, id, err)
		}
	}
	for i := range 4 {
		if id, _ := g.intern(&v.Views()[i], v.Bufs, 12345); id != uint32(i) {
			t.Errorf("string %d got id %d the second time", i, id)
		}
	}
}

func TestGrouperRefusesMapsOfMaps(t *testing.T) {
	inner := &ir.Type{Kind: ir.Map, Key: ir.TBigInt, Elem: ir.TBigInt}
	_, err := NewGrouper([]*ir.Type{{Kind: ir.Array, Elem: &ir.Type{Kind: ir.Map, Key: inner, Elem: ir.TBigInt}}}, nil)
	if err == nil || !strings.Contains(err.Error(), "MAP<MAP<BIGINT, BIGINT>, BIGINT>") {
		t.Errorf("error %v", err)
	}
}

// Over the budget, Intern fails with the owner's name and the grouper stays usable.
func TestGrouperOverBudget(t *testing.T) {
	for _, typ := range []*ir.Type{ir.TBigInt, ir.TVarchar, ir.TDecimal(20, 2)} {
		budget := vexec.NewBudget(40_000)
		mem := budget.Account("WindowAgg")
		g, _ := NewGrouper([]*ir.Type{typ}, mem)
		vals := make([]ir.Value, 20_000)
		for i := range vals {
			switch typ.Kind {
			case ir.Varchar:
				vals[i] = fmt.Sprint("value number ", i)
			case ir.Decimal:
				vals[i] = ir.DecFromInt64(int64(i))
			default:
				vals[i] = int64(i)
			}
		}
		keys := []vexec.Vec{vecOf(typ, vals...)}
		err := g.Intern(keys, nil, len(vals), make([]uint32, len(vals)))
		var me *vexec.MemoryError
		if !errors.As(err, &me) || me.Owner != "WindowAgg" {
			t.Fatalf("%s: error %v", typ, err)
		}
		first := make([]uint32, 2)
		g.Reset()
		if err := g.Intern([]vexec.Vec{vecOf(typ, vals[:2]...)}, nil, 2, first); err != nil || first[1] != 1 {
			t.Errorf("%s: after Reset: %v, ids %v", typ, err, first)
		}
	}
}

func benchmarkGrouper(b *testing.B, typ *ir.Type, groups int, value func(i int) ir.Value) {
	const n, batches = 1024, 64
	r := rand.New(rand.NewPCG(1, 2))
	entries := make([]ir.Value, groups)
	for i := range entries {
		entries[i] = value(i)
	}
	in := make([][]vexec.Vec, batches)
	for k := range in {
		vals := make([]ir.Value, n)
		for i := range vals {
			vals[i] = entries[r.IntN(groups)]
		}
		in[k] = []vexec.Vec{vecOf(typ, vals...)}
	}
	g, _ := NewGrouper([]*ir.Type{typ}, nil)
	for i := 0; i < groups; i += n { // all groups are there
		part := entries[i:min(i+n, groups)]
		_ = g.Intern([]vexec.Vec{vecOf(typ, part...)}, nil, len(part), make([]uint32, n))
	}
	out := make([]uint32, n)
	k, cpu := 0, cpuTime()
	for b.Loop() {
		_ = g.Intern(in[k%batches], nil, n, out)
		k++
	}
	b.ReportMetric(float64(cpuTime()-cpu)/float64(b.N)/n, "cpu-ns/row")
}

func BenchmarkGrouperInt64(b *testing.B) {
	for _, groups := range []int{10, 1000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(groups), func(b *testing.B) {
			benchmarkGrouper(b, ir.TBigInt, groups, func(i int) ir.Value { return int64(i)*7919 + 12345 })
		})
	}
}

func BenchmarkGrouperText(b *testing.B) {
	for _, c := range []struct{ length, groups int }{{5, 10}, {5, 1000}, {41, 1000}, {43, 100_000}} {
		b.Run(fmt.Sprintf("%d bytes %d", c.length, c.groups), func(b *testing.B) {
			benchmarkGrouper(b, ir.TVarchar, c.groups, func(i int) ir.Value {
				return fmt.Sprintf("%0*d", c.length, i)
			})
		})
	}
}

func BenchmarkGrouperRow(b *testing.B) {
	for _, types := range [][]*ir.Type{{ir.TBigInt, ir.TBigInt}, {ir.TBigInt, ir.TVarchar}} {
		for _, groups := range []int{1000, 100_000, 1_000_000} {
			b.Run(fmt.Sprintf("%v %d", types, groups), func(b *testing.B) {
				const n, batches = 4096, 64
				g, err := NewGrouper(types, nil)
				if err != nil {
					b.Fatal(err)
				}
				r := rand.New(rand.NewPCG(1, 2))
				in := make([][]vexec.Vec, batches)
				for k := range in {
					in[k] = []vexec.Vec{vexec.NewVec(ir.TBigInt, n), vexec.NewVec(types[1], n)}
					for i := range n {
						key := int64(r.IntN(groups))
						in[k][0].Int64s()[i] = key*7919 + 12345
						if types[1].Kind.IsText() {
							in[k][1].SetBytes(i, fmt.Appendf(nil, "2024-01-%02d", key%28))
						} else {
							in[k][1].Int64s()[i] = key % 5
						}
					}
				}
				out := make([]uint32, n)
				k, cpu := 0, cpuTime()
				for b.Loop() {
					_ = g.Intern(in[k%batches], nil, n, out)
					k++
				}
				b.ReportMetric(float64(cpuTime()-cpu)/float64(b.N)/n, "cpu-ns/row")
			})
		}
	}
}

// The yardstick of those above.
func BenchmarkGoMapInt64(b *testing.B) {
	for _, groups := range []int{10, 1000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(groups), func(b *testing.B) {
			m := map[int64]uint32{}
			for i := range groups {
				m[int64(i)*7919+12345] = uint32(i)
			}
			r := rand.New(rand.NewPCG(1, 2))
			keys := make([]int64, 64*1024)
			for i := range keys {
				keys[i] = int64(r.IntN(groups))*7919 + 12345
			}
			out := make([]uint32, 1024)
			k, cpu := 0, cpuTime()
			for b.Loop() {
				part := keys[k%64*1024:][:1024]
				for i, key := range part {
					out[i] = m[key]
				}
				k++
			}
			b.ReportMetric(float64(cpuTime()-cpu)/float64(b.N)/1024, "cpu-ns/row")
		})
	}
}

// A table with room for its groups has the memory that it would have grown to, and one that may
// not have it grows as far as it may.
func TestGrouperReserve(t *testing.T) {
	for _, types := range [][]*ir.Type{{ir.TBigInt}, {ir.TVarchar}, {ir.TBigInt, ir.TVarchar}, {{Kind: ir.Array, Elem: ir.TBigInt}, ir.TBigInt}} {
		const n = 5000
		var size [2]int64
		keys := []vexec.Vec{vexec.NewVec(ir.TBigInt, n), vexec.NewVec(ir.TVarchar, n)}
		for i := range n {
			keys[0].Int64s()[i] = int64(i)
			keys[1].SetBytes(i, fmt.Appendf(nil, "a text of more than twelve bytes, %d", i))
		}
		if types[0].Kind.IsText() {
			keys[0] = keys[1]
		} else if types[0].Kind.IsNested() {
			list := vexec.Vec{Type: types[0], Offs: make([]int32, n+1), Kids: []vexec.Vec{keys[0]}}
			for i := range list.Offs {
				list.Offs[i] = int32(i)
			}
			keys = []vexec.Vec{list, keys[0]}
		}
		for turn := range size {
			g, err := NewGrouper(types, vexec.NewBudget(0).Account("test"))
			if err != nil {
				t.Fatal(err)
			}
			if turn == 1 {
				g.Reserve(n)
			}
			if err := g.Intern(keys[:len(types)], nil, n, make([]uint32, n)); err != nil || g.Groups() != n {
				t.Fatalf("%v: %d groups, %v", types, g.Groups(), err)
			}
			size[turn] = g.Bytes()
		}
		if size[0] != size[1] {
			t.Errorf("%v: %d bytes grown, %d reserved", types, size[0], size[1])
		}
		g, err := NewGrouper(types, vexec.NewBudget(1<<16).Account("test"))
		if err != nil {
			t.Fatal(err)
		}
		g.Reserve(1 << 20)
		if err := g.Intern(keys[:len(types)], nil, 20, make([]uint32, n)); err != nil || g.Groups() != 20 {
			t.Errorf("%v over the budget: %d groups, %v", types, g.Groups(), err)
		}
	}
}
