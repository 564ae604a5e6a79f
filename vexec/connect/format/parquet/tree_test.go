package parquet

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/pierrec/lz4/v4"
)

func group1(name string, repeats, children, converted int32) schemaElement {
	return schemaElement{name: name, phys: -1, repeats: repeats, children: children, converted: converted}
}

func value1(name string, repeats int32) schemaElement {
	return schemaElement{name: name, phys: physInt64, repeats: repeats, converted: -1}
}

// TestLegacyLists: the format's rules for lists and maps of old writers.
func TestLegacyLists(t *testing.T) {
	const list, mapKV, mapped = 3, 2, 1
	f := func(want string, def, rep uint8, elems ...schemaElement) {
		t.Helper()
		root, leaves, err := buildTree(append([]schemaElement{group1("root", required, 1, -1)}, elems...))
		if err != nil {
			t.Fatal(err)
		}
		typ, err := root.kids[0].typ()
		if err != nil || typ.String() != want {
			t.Errorf("%v, want %s, %v", typ, want, err)
		}
		if l := leaves[len(leaves)-1]; l.maxDef != def || l.maxRep != rep {
			t.Errorf("%s: levels %d and %d, want %d and %d", want, l.maxDef, l.maxRep, def, rep)
		}
	}
	f("ARRAY<BIGINT>", 3, 1, group1("l", optional, 1, list), group1("list", repeated, 1, -1), value1("element", optional))
	f("ARRAY<BIGINT>", 2, 1, group1("l", optional, 1, list), value1("element", repeated))
	f("ARRAY<ROW<a BIGINT, b BIGINT>>", 2, 1, group1("l", optional, 1, list), group1("element", repeated, 2, -1), value1("a", required), value1("b", required))
	f("ARRAY<ROW<s BIGINT>>", 2, 1, group1("l", optional, 1, list), group1("array", repeated, 1, -1), value1("s", required))
	f("ARRAY<ROW<s BIGINT>>", 2, 1, group1("l", optional, 1, list), group1("l_tuple", repeated, 1, -1), value1("s", required))
	f("ARRAY<BIGINT>", 2, 1, group1("l", optional, 1, list), group1("bag", repeated, 1, -1), value1("s", required))
	f("ARRAY<BIGINT>", 1, 1, value1("l", repeated))
	f("ARRAY<ROW<s BIGINT>>", 2, 1, group1("l", repeated, 1, -1), value1("s", optional))
	f("MAP<BIGINT, BIGINT>", 3, 1, group1("m", optional, 1, mapped), group1("map", repeated, 2, mapKV), value1("key", required), value1("value", optional))
	f("MAP<BIGINT, BIGINT>", 2, 1, group1("m", required, 1, mapKV), group1("map", repeated, 2, -1), value1("key", required), value1("value", optional))
}

// TestBadSchemas: what is no tree, or nests too deep.
func TestBadSchemas(t *testing.T) {
	deep := []schemaElement{group1("root", required, 1, -1)}
	for range 200 {
		deep = append(deep, group1("g", optional, 1, -1))
	}
	for _, elems := range [][]schemaElement{
		nil, {value1("x", required)}, {group1("root", required, 2, -1), value1("x", required)},
		{group1("root", required, 1, -1), value1("x", 7)}, append(deep, value1("x", required)),
		{group1("root", required, 1, -1), value1("x", required), value1("y", required)},
	} {
		if _, _, err := buildTree(elems); err == nil {
			t.Errorf("%v: no error", elems)
		}
	}
}

// TestHadoopLZ4: blocks with sizes in front, several of them, and blocks without.
func TestHadoopLZ4(t *testing.T) {
	want := []byte(strings.Repeat("what is compressed ", 100))
	pack := func(b []byte) []byte {
		out := make([]byte, lz4.CompressBlockBound(len(b)))
		n, err := lz4.CompressBlock(b, out, nil)
		if err != nil {
			t.Fatal(err)
		}
		return out[:n]
	}
	frame := func(b []byte) []byte {
		p := pack(b)
		head := binary.BigEndian.AppendUint32(nil, uint32(len(b)))
		return append(binary.BigEndian.AppendUint32(head, uint32(len(p))), p...)
	}
	var u unpacker
	f := func(src []byte, ok bool) {
		t.Helper()
		got := make([]byte, len(want))
		if err := u.unpack(codecLZ4, got, src); (err == nil) != ok || ok && !bytes.Equal(got, want) {
			t.Errorf("%v, %.20q", err, got)
		}
	}
	f(frame(want), true)
	f(append(frame(want[:700]), frame(want[700:])...), true)
	f(pack(want), true)
	f(frame(want[:700]), false)
	f(frame(want)[:30], false)
}

// TestPackedLevels: the oldest encoding, the highest bit first.
func TestPackedLevels(t *testing.T) {
	got := make([]byte, 8)
	if err := packedLevels(got, []byte{0x05, 0x39, 0x77}, 0, 3, 7); err != nil || !bytes.Equal(got, []byte{0, 1, 2, 3, 4, 5, 6, 7}) {
		t.Errorf("%v, %v", got, err)
	}
	if err := packedLevels(got, []byte{0x05, 0x39, 0x77}, 0, 3, 6); err == nil {
		t.Error("a level that is too great: no error")
	}
}

// TestLevelsRoundTrip: what is written of levels is what is read.
func TestLevelsRoundTrip(t *testing.T) {
	for n := range 70 {
		levels := make([]byte, n)
		for i := range levels {
			levels[i] = byte(i*i%7) % 5
			if i > 20 && i < 45 {
				levels[i] = 3
			}
		}
		raw := appendLevels(nil, levels, 4)
		end := len(raw)
		h := newHybrid(append(raw, make([]byte, padding)...), 0, end, width(4))
		got := make([]byte, n)
		if err := h.levels(got, 4); err != nil || !bytes.Equal(got, levels) {
			t.Fatalf("%v, want %v, %v", got, levels, err)
		}
	}
}
