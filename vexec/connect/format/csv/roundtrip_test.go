package csv

import (
	"fmt"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// TestRoundTrip reads back what has been written, of all types and in several dialects.
func TestRoundTrip(t *testing.T) {
	s := vtest.EveryType()
	table := &ir.Table{Name: "t"}
	scan := &vexec.Scan{Table: table, Schema: s, TimeCol: -1}
	for i, c := range s.Cols {
		table.Cols = append(table.Cols, ir.TableColumn{Column: c})
		scan.Cols = append(scan.Cols, i)
	}
	null := "NULL"
	for _, d := range []Dialect{
		{Delim: ',', Quote: '"'},
		{Delim: ';', Quote: '\'', Null: &null},
		{Delim: '\t', Quote: '"', Escape: '\\', Comments: true},
		{Delim: '.', Quote: '-', Escape: ':', Null: &null},
	} {
		opt := EncodeOptions{Delim: d.Delim, Quote: d.Quote, Escape: d.Escape}
		if d.Null != nil {
			opt.Null = *d.Null
		}
		e := NewEncoder(s, opt)
		text := string(e.AppendHeader(nil))
		for _, r := range vtest.EveryRow() {
			text = string(e.Append([]byte(text), vtest.Batch(s, r)))
		}
		to, whole := d.First([]byte(text))
		names, err := d.Header([]byte(text))
		if !whole || err != nil {
			t.Fatal(whole, err)
		}
		dec, err := NewDecoder(scan, d, names)
		if err != nil {
			t.Fatal(err)
		}
		buf := append([]byte(text[to:]), make([]byte, Padding)...)
		dec.Decode(buf, len(buf)-Padding, 1)
		var b vexec.Batch
		var bad vexec.BadRows
		if err := dec.Next(&b, &bad); err != nil {
			t.Fatal(err)
		}
		for _, r := range bad.Rows {
			t.Errorf("%+v: %s: %s\n%s", d, r.Column, r.Reason, r.Raw)
		}
		if err := vtest.Check(&b); err != nil {
			t.Fatal(err)
		}
		for i, r := range vtest.EveryRow() {
			want := vtest.Batch(s, r)
			for c := range s.Cols {
				w := want.Cols[c].Value(0)
				if d.Null == nil && w == nil && s.Cols[c].Type.Kind == ir.Varchar {
					w = "" // NULL and the empty string are one without a text of NULL
				}
				if got := b.Cols[c].Value(i); fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", w) {
					t.Errorf("%+v: row %d, %s: %#v, want %#v", d, i, s.Cols[c].Name, got, w)
				}
			}
		}
	}
}
