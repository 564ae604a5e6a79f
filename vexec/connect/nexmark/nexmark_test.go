package nexmark

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	files "github.com/helios-stream/helios/bench/nexmark"
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/nexmark/model"
	"github.com/helios-stream/helios/vexec/connect/numbered"
	"github.com/helios-stream/helios/vexec/vtest"
)

var ctx = context.Background()

type now struct{}

func (now) Now() ir.Micros { return 0 }

// table returns a table of all columns that the options give it.
func table(t *testing.T, options string) *ir.Table {
	t.Helper()
	tab := &ir.Table{Name: "t", Connector: "nexmark", Options: map[string]string{}}
	for _, o := range strings.Split(options, "; ") {
		if k, v, ok := strings.Cut(o, "="); ok {
			tab.Options[k] = v
		}
	}
	cols, err := New().Infer(ctx, tab)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cols {
		tab.Cols = append(tab.Cols, ir.TableColumn{Column: c})
	}
	if err := New().Check(tab, false); err != nil {
		t.Fatal(err)
	}
	return tab
}

// read decodes ranges of events, with the greatest time that each says.
func read(t *testing.T, scan *vexec.Scan, list ...numbered.Range) (out [][]ir.Value, greatest []ir.Micros) {
	t.Helper()
	src, err := New().Source(scan.Table)
	if err != nil {
		t.Fatal(err)
	}
	scan.Clock = now{}
	r, err := src.Open(ctx, scan, vexec.Split{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	d, err := r.NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	var b vexec.Batch
	for _, g := range list {
		most, err := d.Begin(ctx, vexec.Unit{Piece: g})
		if err != nil {
			t.Fatal(err)
		}
		greatest = append(greatest, most)
		for {
			if err := d.Next(&b, nil); err == io.EOF {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			if err := vtest.Check(&b); err != nil {
				t.Fatal(err)
			}
			for i := range b.Live() {
				out = append(out, b.Values(i))
			}
		}
	}
	return out, greatest
}

func scanOf(tab *ir.Table, max int) *vexec.Scan {
	return &vexec.Scan{Table: tab, Schema: tab.Physical(), TimeCol: -1, MaxRows: max}
}

// asJSON is a row of a kind as the lines of bench/nexmark write it.
func asJSON(vals []ir.Value, k model.Kind) string {
	var b strings.Builder
	for i, f := range model.Fields(k) {
		v := vals[i]
		if f.Type == model.Time {
			v = strings.TrimSuffix(ir.FormatMicros(v.(int64)), "000")
			if !strings.Contains(v.(string), ".") {
				v = v.(string) + ".000"
			}
		}
		text, _ := json.Marshal(v)
		text = []byte(strings.ReplaceAll(string(text), `\u0026`, "&"))
		fmt.Fprintf(&b, `,"%s":%s`, f.Name, text)
	}
	return "{" + b.String()[1:] + "}"
}

// Tables hold the very values that the benchmark's files hold.
func TestSameAsFiles(t *testing.T) {
	const events = 5000
	lines := files.New(7).Lines(0)
	var text [3][]byte
	var kinds []model.Kind
	for range events {
		kinds = append(kinds, lines.Append(&text))
	}
	var want [3][]string
	for k := range text {
		want[k] = strings.Split(strings.TrimSuffix(string(text[k]), "\n"), "\n")
	}
	for k := range model.Kinds {
		rows, _ := read(t, scanOf(table(t, "seed=7; table="+k.String()), 100), numbered.Range{To: 1234}, numbered.Range{From: 1234, To: events})
		if len(rows) != len(want[k]) {
			t.Fatalf("%d %ss, want %d", len(rows), k, len(want[k]))
		}
		for i, r := range rows {
			if got := asJSON(r, k); got != want[k][i] {
				t.Fatalf("%s %d is\n%s, want\n%s", k, i, got, want[k][i])
			}
		}
	}
	rows, _ := read(t, scanOf(table(t, "seed=7"), 77), numbered.Range{To: events})
	if len(rows) != events {
		t.Fatalf("%d rows", len(rows))
	}
	for n, r := range rows {
		k := kinds[n]
		if r[0] != int64(k) {
			t.Fatalf("event %d is of type %v, want %s", n, r[0], k)
		}
		for other := range model.Kinds {
			if (r[1+other] == nil) == (other == k) {
				t.Fatalf("event %d, a %s: %s is %v", n, k, other, r[1+other])
			}
		}
		if got := asJSON(r[1+k].([]ir.Value), k); got != want[k][0] {
			t.Fatalf("event %d is\n%s, want\n%s", n, got, want[k][0])
		}
		want[k] = want[k][1:]
		if at := r[1+k].([]ir.Value)[len(model.Fields(k))-2]; k == model.Bid && r[4] != at {
			t.Fatalf("event %d: dateTime %v, the bid's is %v", n, r[4], at)
		}
	}
}

// A path into a ROW gives what the whole ROW has there, and NULL in events of other
// kinds.
func TestNarrowed(t *testing.T) {
	tab := table(t, "seed=3")
	whole, _ := read(t, scanOf(tab, 64), numbered.Range{To: 500})
	for k := range model.Kinds {
		for i, f := range model.Fields(k) {
			typ := rowOf(k).Fields[i].Type
			scan := &vexec.Scan{Table: tab, TimeCol: -1, MaxRows: 64, Paths: [][]string{{"event_type"}, {k.String(), f.Name}}, Schema: vtest.Schema("event_type", ir.TInteger, "x", typ)}
			rows, _ := read(t, scan, numbered.Range{To: 500})
			for n, r := range rows {
				var want ir.Value
				if row := whole[n][1+k]; row != nil {
					want = row.([]ir.Value)[i]
				}
				if !reflect.DeepEqual(r[1], want) || r[0] != whole[n][0] {
					t.Fatalf("event %d: %s.%s is %v, want %v", n, k, f.Name, r[1], want)
				}
			}
		}
	}
	if c := New().(vexec.Pruner); !c.Narrows(tab, 1) || c.Narrows(tab, 0) || c.Prunes(tab, 0) {
		t.Error("paths go into the wrong columns")
	}
}

// Columns may be declared in another order, with fewer fields.
func TestSomeColumns(t *testing.T) {
	tab := table(t, "")
	tab.Cols = []ir.TableColumn{{Column: ir.Column{Name: "bid", Type: &ir.Type{Kind: ir.Row, Fields: []ir.Field{{Name: "dateTime", Type: ir.TTimestamp}, {Name: "price", Type: ir.TBigInt}}}}},
		{Column: ir.Column{Name: "event_type", Type: ir.TInteger}}}
	if err := New().Check(tab, false); err != nil {
		t.Fatal(err)
	}
	whole, _ := read(t, scanOf(table(t, ""), 64), numbered.Range{From: 100, To: 150})
	rows, _ := read(t, scanOf(tab, 64), numbered.Range{From: 100, To: 150})
	for n, r := range rows {
		if want := whole[n][3]; want != nil && !reflect.DeepEqual(r[0], []ir.Value{want.([]ir.Value)[5], want.([]ir.Value)[2]}) || want == nil && r[0] != nil {
			t.Errorf("event %d: %v, want %v", n, r[0], want)
		}
	}
}

func TestGreatestTime(t *testing.T) {
	f := func(options string, path ...string) {
		t.Helper()
		tab := table(t, options)
		typ, _ := tab.Physical().TypeAt(strings.Join(path, "."))
		scan := &vexec.Scan{Table: tab, MaxRows: 64, Schema: vtest.Schema("ts", typ), Paths: [][]string{path}}
		for _, g := range []numbered.Range{{To: 1}, {From: 1, To: 2}, {From: 3, To: 50}, {From: 20, To: 340}, {From: 4, To: 5}} {
			rows, greatest := read(t, scan, g)
			want := ir.MinMicros
			for _, r := range rows {
				if r[0] != nil {
					want = max(want, ir.Micros(r[0].(int64)))
				}
			}
			if greatest[0] != want {
				t.Errorf("%s %v, events %d to %d: greatest %s, want %s", options, path, g.From, g.To, greatest[0], want)
			}
		}
	}
	f("", "dateTime")
	f("", "auction", "dateTime")
	f("", "auction", "expires")
	f("first-event.rate=10; next-event.rate=1000; rate.period=1s", "person", "dateTime")
	f("table=bid", "dateTime")
	f("table=auction", "expires")
	f("table=person; base-time=1969-12-31 23:00:00", "dateTime")
}

func TestWrongTables(t *testing.T) {
	check := func(want string, err error) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	column := func(options, name string, typ *ir.Type, notNull bool) error {
		tab := table(t, options)
		tab.Cols = []ir.TableColumn{{Column: ir.Column{Name: name, Type: typ, NotNull: notNull}}}
		return New().Check(tab, false)
	}
	check("there is no column datetime; there are: event_type INTEGER NOT NULL, person ROW<id BIGINT", column("", "datetime", ir.TTimestamp, false))
	check("column price is BIGINT, not VARCHAR", column("table=bid", "price", ir.TVarchar, false))
	check("column dateTime is TIMESTAMP(3), not TIMESTAMP(0)", column("table=bid", "dateTime", &ir.Type{Kind: ir.Timestamp}, false))
	check("column bid is ROW<", column("", "bid", ir.TVarchar, false))
	check("column bid has no field prize", column("", "bid", &ir.Type{Kind: ir.Row, Fields: []ir.Field{{Name: "prize", Type: ir.TBigInt}}}, false))
	check("cannot be NOT NULL", column("", "bid", rowOf(model.Bid), true))
	option := func(name, value, want string) {
		t.Helper()
		tab := table(t, "")
		tab.Options[name] = value
		err := New().Check(tab, false)
		check(want, err)
		var bad *ir.OptionError
		if errors.As(err, &bad) && bad.Option != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	option("seed", "x", "option 'seed' is a whole number")
	option("bid.avg-size", "10000000", "option 'bid.avg-size' is a whole number up to 1048576")
	option("base-time", "now", "option 'base-time' is a time such as")
	option("bid.hot-ratio.bidders", "0", "1 or more")
	option("rate.period", "x", "no span of time")
	tab := table(t, "rate.limited=false; first-event.rate=5; next-event.rate=6")
	tab.Options["rate.limited"] = "true"
	check("needs one rate", New().Check(tab, false))
}

func BenchmarkNexmark(b *testing.B) {
	f := func(name, options string, paths ...[]string) {
		b.Run(name, func(b *testing.B) {
			t := &testing.T{}
			tab := table(t, options)
			s, err := settingsOf(tab)
			if err != nil {
				b.Fatal(err)
			}
			scan := scanOf(tab, 8192)
			if len(paths) > 0 {
				scan.Paths, scan.Schema = paths, &ir.Schema{}
				for _, p := range paths {
					typ, _ := tab.Physical().TypeAt(strings.Join(p, "."))
					scan.Schema.Cols = append(scan.Schema.Cols, ir.Column{Name: strings.Join(p, "."), Type: typ})
				}
			}
			d, err := newDecoder(s, scan)
			if err != nil {
				b.Fatal(err)
			}
			var batch vexec.Batch
			n := uint64(0)
			for b.Loop() {
				_, _ = d.Begin(ctx, vexec.Unit{Piece: numbered.Range{From: n, To: n + unitEvents}})
				for d.Next(&batch, nil) == nil {
				}
				n += unitEvents
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds()/1e6, "Mevents/s")
		})
	}
	f("all", "")
	f("bids", "table=bid")
	f("bidPrice", "table=bid", []string{"auction"}, []string{"price"}, []string{"dateTime"})
	f("bidPriceOfAll", "", []string{"event_type"}, []string{"bid", "auction"}, []string{"bid", "price"}, []string{"dateTime"})
	f("bidChannel", "table=bid", []string{"channel"}, []string{"dateTime"})
	f("persons", "table=person")
	f("auctionSeller", "table=auction", []string{"seller"})
}
