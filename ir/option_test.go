package ir

import (
	"testing"
	"time"
)

func TestOptionFamilies(t *testing.T) {
	spec := &ConnectorSpec{Options: []OptionSpec{
		{Name: "path", Aliases: []string{"file"}},
		{Name: "fields.<column>.min", Aliases: []string{"columns.<column>.from"}},
	}}
	f := func(key, canonical, column string) {
		t.Helper()
		o, got := spec.Option(key)
		if got != canonical || (o == nil) != (canonical == "") {
			t.Fatalf("%s: %q", key, got)
		}
		if o != nil {
			if path, ok := o.ColumnOf(got); path != column || ok != (column != "") {
				t.Errorf("%s: column %q", key, path)
			}
		}
	}
	f("PATH", "path", "")
	f("File", "path", "")
	f("fields.Id.min", "fields.Id.min", "Id")
	f("FIELDS.Id.MIN", "fields.Id.min", "Id")
	f("columns.a.b.from", "fields.a.b.min", "a.b")
	f("fields.min", "", "")
	f("fields..min", "", "")
	f("fields.a.max", "", "")
	f("", "", "")
}

func TestTypeAt(t *testing.T) {
	s := NewSchema(
		Column{Name: "a", Type: TBigInt},
		Column{Name: "r", Type: &Type{Kind: Row, Fields: []Field{{Name: "x.y", Type: TDate}, {Name: "list", Type: &Type{Kind: Array, Elem: TVarchar}}}}},
		Column{Name: "m", Type: &Type{Kind: Map, Key: TVarchar, Elem: TDouble}},
		Column{Name: "a.b", Type: TBoolean},
	)
	f := func(path string, want *Type) {
		t.Helper()
		got, ok := s.TypeAt(path)
		if ok != (want != nil) || ok && !got.Equal(want) {
			t.Errorf("%s: %v %v", path, got, ok)
		}
	}
	f("a", TBigInt)
	f("a.b", TBoolean)
	f("r.x.y", TDate)
	f("r.list.element", TVarchar)
	f("m.map.key", TVarchar)
	f("m.map.value", TDouble)
	f("b", nil)
	f("a.", nil)
	f("a.c", nil)
	f("r.list.elements", nil)
	f("", nil)
}

func TestQuantities(t *testing.T) {
	f := func(text string, want int64, ok bool) {
		t.Helper()
		if got, fine := OptionSize(text); got != want || fine != ok {
			t.Errorf("%s: %d %v", text, got, fine)
		}
	}
	f("4096", 4096, true)
	f(" 64 KB ", 64<<10, true)
	f("10MiB", 10<<20, true)
	f("9000000T", 0, false)
	f("8388607TB", 8388607<<40, true)
	f("-1", 0, false)
	f("1.5MB", 0, false)
	f("1 s", 0, false)
	f("", 0, false)
	g := func(text string, want time.Duration, ok bool) {
		t.Helper()
		if got, fine := OptionSpan(text); got != want || fine != ok {
			t.Errorf("%s: %s %v", text, got, fine)
		}
	}
	g("500ms", 500*time.Millisecond, true)
	g("1 Minute", time.Minute, true)
	g("2 days", 48*time.Hour, true)
	g("0s", 0, true)
	g("5", 0, false)
	g("200000 d", 0, false)
	g("1 week", 0, false)
}
