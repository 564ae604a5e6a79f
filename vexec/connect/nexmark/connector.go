// Package nexmark is the connector of the Nexmark benchmark's events: TYPE Nexmark,
// with the columns and options of the Flink suite's, and flat tables of one kind of
// event. The same events as files: bench/nexmark.
package nexmark

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/nexmark/model"
	"github.com/helios-stream/helios/vexec/connect/numbered"
)

// unitEvents is how many events one task makes at a time.
const unitEvents = 50_000

type connector struct{}

// New returns the connector of TYPE Nexmark.
func New() vexec.Connector { return connector{} }

// Spec describes the connector.
func (connector) Spec() *ir.ConnectorSpec {
	return &ir.ConnectorSpec{
		Name:    "nexmark",
		Summary: "The events of the Nexmark benchmark, persons, auctions and bids of an online auction: all in one table as in Flink's suite, or each kind as a flat table.",
		Source:  true,
		Options: slices.Concat(options(), vexec.RowOptions("the run stops"), vexec.StreamOptions()),
		Examples: []string{
			"CREATE MAPPING bids (auction BIGINT, bidder BIGINT, price BIGINT, channel VARCHAR, url VARCHAR, dateTime TIMESTAMP(3), extra VARCHAR, WATERMARK FOR dateTime AS dateTime - INTERVAL '4' SECOND)\n" +
				"TYPE Nexmark OPTIONS ('table'='bid', 'events'='1000000')",
			"CREATE TABLE datagen (\n" +
				"    event_type INT,\n" +
				"    person ROW<id BIGINT, name VARCHAR, emailAddress VARCHAR, creditCard VARCHAR, city VARCHAR, state VARCHAR, dateTime TIMESTAMP(3), extra VARCHAR>,\n" +
				"    auction ROW<id BIGINT, itemName VARCHAR, description VARCHAR, initialBid BIGINT, reserve BIGINT, dateTime TIMESTAMP(3), expires TIMESTAMP(3), seller BIGINT, category BIGINT, extra VARCHAR>,\n" +
				"    bid ROW<auction BIGINT, bidder BIGINT, price BIGINT, channel VARCHAR, url VARCHAR, dateTime TIMESTAMP(3), extra VARCHAR>,\n" +
				"    dateTime TIMESTAMP(3),\n" +
				"    WATERMARK FOR dateTime AS dateTime - INTERVAL '4' SECOND\n" +
				") WITH ('connector'='nexmark', 'events.num'='1000000', 'first-event.rate'='100000', 'next-event.rate'='100000')",
		},
	}
}

const baseTime = "2024-01-01 00:00:00"

func options() []ir.OptionSpec {
	d := model.Default()
	number := func(name string, dflt uint64, doc string) ir.OptionSpec {
		return ir.OptionSpec{Name: name, Type: ir.OptionInt, Default: strconv.FormatUint(dflt, 10), Doc: doc}
	}
	return []ir.OptionSpec{
		{Name: "table", Type: ir.OptionEnum, Values: []string{"all", "person", "auction", "bid"}, Default: "all", Example: "bid",
			Doc: "The columns: event_type (0 person, 1 auction, 2 bid), person, auction, bid and dateTime, or the fields of one kind of event as columns."},
		{Name: "events", Aliases: []string{"events.num"}, Type: ir.OptionInt, Example: "1000000",
			Doc: "How many events of all kinds are made; without it, or 0, there is no end."},
		number("seed", d.Seed, "Another seed gives other events."),
		{Name: "base-time", Type: ir.OptionString, Default: baseTime, Doc: "The time of the first event."},
		number("first-event.rate", d.FirstRate, "Events per second of event time."),
		{Name: "next-event.rate", Type: ir.OptionInt, Example: "50000", Doc: "Another rate, which takes turns with the first one; default: 'first-event.rate'."},
		{Name: "rate.period", Type: ir.OptionDuration, Default: "600s", Doc: "How long both rates take, each one half."},
		{Name: "rate.limited", Type: ir.OptionBool, Default: "false", Doc: "Whether events come at their rate by the clock, too, instead of as fast as they are taken."},
		number("person.proportion", d.Persons, "Persons, auctions and bids come in these proportions."),
		number("auction.proportion", d.Auctions, "See person.proportion."),
		number("bid.proportion", d.Bids, "See person.proportion."),
		number("bid.hot-ratio.auctions", d.HotAuctions, "One in so many bids goes to any auction, the others to the hot one."),
		number("bid.hot-ratio.bidders", d.HotBidders, "One in so many bids comes from any person, the others from the hot one."),
		number("auction.hot-ratio.sellers", d.HotSellers, "One in so many auctions is any person's, the others the hot one's."),
		number("person.avg-size", uint64(d.PersonSize), "About how many bytes a person has, by the text in extra."),
		number("auction.avg-size", uint64(d.AuctionSize), "About how many bytes an auction has."),
		number("bid.avg-size", uint64(d.BidSize), "About how many bytes a bid has."),
	}
}

// settings are a table's options, parsed.
type settings struct {
	model  *model.Model
	flat   bool
	kind   model.Kind // where flat
	base   int64      // microseconds
	events uint64
	ends   bool
	rate   float64 // by the clock; 0: as fast as they are taken
}

// maxSize is the longest event that can be asked for.
const maxSize = 1 << 20

func settingsOf(t *ir.Table) (*settings, error) {
	s := &settings{}
	c := model.Default()
	var err error
	number := func(name string, most, dflt uint64) uint64 {
		text, ok := t.Options[name]
		if !ok {
			return dflt
		}
		n, bad := strconv.ParseUint(text, 10, 64)
		if (bad != nil || n > most) && err == nil {
			err = &ir.OptionError{Option: name, Reason: fmt.Sprintf("is a whole number up to %d; '%s' is not", most, text)}
		}
		return n
	}
	const many = 1 << 62
	c.Seed = number("seed", 1<<63, c.Seed)
	c.Persons, c.Auctions, c.Bids = number("person.proportion", many, c.Persons), number("auction.proportion", many, c.Auctions), number("bid.proportion", many, c.Bids)
	c.HotAuctions, c.HotBidders = number("bid.hot-ratio.auctions", many, c.HotAuctions), number("bid.hot-ratio.bidders", many, c.HotBidders)
	c.HotSellers = number("auction.hot-ratio.sellers", many, c.HotSellers)
	c.PersonSize = int(number("person.avg-size", maxSize, uint64(c.PersonSize)))
	c.AuctionSize = int(number("auction.avg-size", maxSize, uint64(c.AuctionSize)))
	c.BidSize = int(number("bid.avg-size", maxSize, uint64(c.BidSize)))
	c.FirstRate = number("first-event.rate", many, c.FirstRate)
	c.NextRate = number("next-event.rate", many, c.FirstRate)
	s.events = number("events", many, 0)
	s.ends = s.events > 0
	if err != nil {
		return nil, err
	}
	if text, ok := t.Options["rate.period"]; ok {
		d, ok := ir.OptionSpan(text)
		if !ok {
			return nil, &ir.OptionError{Option: "rate.period", Reason: "is no span of time"}
		}
		c.Period = uint64(d.Milliseconds())
	}
	return s, s.rest(t, c)
}

// rest makes the model and reads the options that are no numbers.
func (s *settings) rest(t *ir.Table, c model.Config) (err error) {
	if s.model, err = model.New(c); err != nil {
		return err
	}
	text, ok := t.Options["base-time"]
	if !ok {
		text = baseTime
	}
	if s.base, ok = kernels.ParseTimestamp([]byte(text), 1_000_000); !ok {
		return &ir.OptionError{Option: "base-time", Reason: fmt.Sprintf("is a time such as %s; '%s' is not", baseTime, text)}
	}
	if t.Options["rate.limited"] == "true" {
		if c.FirstRate != c.NextRate {
			return &ir.OptionError{Option: "rate.limited", Reason: "needs one rate: 'next-event.rate' must be 'first-event.rate'"}
		}
		s.rate = float64(c.FirstRate)
	}
	for k := range model.Kinds {
		if t.Options["table"] == k.String() {
			s.flat, s.kind = true, k
		}
	}
	return nil
}

// columns are the columns that the table can have.
func (s *settings) columns() *ir.Schema {
	if s.flat {
		out := &ir.Schema{}
		for _, f := range rowOf(s.kind).Fields {
			out.Cols = append(out.Cols, ir.Column{Name: f.Name, Type: f.Type, NotNull: true})
		}
		return out
	}
	out := ir.NewSchema(ir.Column{Name: "event_type", Type: ir.TInteger, NotNull: true})
	for k := range model.Kinds {
		out.Cols = append(out.Cols, ir.Column{Name: k.String(), Type: rowOf(k)})
	}
	out.Cols = append(out.Cols, ir.Column{Name: "dateTime", Type: tMillis, NotNull: true})
	return out
}

var tMillis = &ir.Type{Kind: ir.Timestamp, P: 3}

func rowOf(k model.Kind) *ir.Type {
	t := &ir.Type{Kind: ir.Row}
	for _, f := range model.Fields(k) {
		typ := ir.TVarchar
		switch f.Type {
		case model.Number:
			typ = ir.TBigInt
		case model.Time:
			typ = tMillis
		}
		t.Fields = append(t.Fields, ir.Field{Name: f.Name, Type: typ})
	}
	return t
}

// Check refuses columns that the events do not have.
func (connector) Check(t *ir.Table, _ bool) error {
	s, err := settingsOf(t)
	if err != nil {
		return err
	}
	have := s.columns()
	for _, c := range t.Physical().Cols {
		i := have.Index(c.Name)
		if i < 0 {
			return fmt.Errorf("there is no column %s; there are: %s", c.Name, have)
		}
		if err := fits(c.Name, c.Type, have.Cols[i].Type); err != nil {
			return err
		}
		if c.NotNull && !have.Cols[i].NotNull {
			return fmt.Errorf("column %s is NULL in events of other kinds: it cannot be NOT NULL", c.Name)
		}
	}
	return nil
}

// fits reports why a declared type is not what the events have; a ROW may leave out
// fields.
func fits(path string, declared, have *ir.Type) error {
	if have.Kind != ir.Row || declared.Kind != ir.Row {
		if declared.Equal(have) || declared.Kind == ir.Timestamp && have.Kind == ir.Timestamp && declared.P >= 3 && declared.P <= 6 {
			return nil
		}
		return fmt.Errorf("column %s is %s, not %s", path, have, declared)
	}
	for _, f := range declared.Fields {
		h, ok := fieldOf(have, f.Name)
		if !ok {
			return fmt.Errorf("column %s has no field %s; it is %s", path, f.Name, have)
		}
		if err := fits(path+"."+f.Name, f.Type, have.Fields[h].Type); err != nil {
			return err
		}
	}
	return nil
}

func fieldOf(row *ir.Type, name string) (int, bool) {
	for i, f := range row.Fields {
		if f.Name == name {
			return i, true
		}
	}
	return 0, false
}

// Infer returns all columns.
func (connector) Infer(_ context.Context, t *ir.Table) ([]ir.Column, error) {
	s, err := settingsOf(t)
	if err != nil {
		return nil, err
	}
	return s.columns().Cols, nil
}

// Bounded reports whether the number of events is given.
func (connector) Bounded(t *ir.Table) bool {
	s, err := settingsOf(t)
	return err == nil && s.ends
}

// Source returns the events.
func (connector) Source(t *ir.Table) (vexec.Source, error) {
	s, err := settingsOf(t)
	if err != nil {
		return nil, err
	}
	return numbered.NewSource(numbered.Options{
		Split: "events", Rows: s.events, Bounded: s.ends, PerSecond: s.rate, Unit: unitEvents,
		Decoder: func(scan *vexec.Scan) (vexec.Decoder, error) { return newDecoder(s, scan) },
	}), nil
}

// Sink fails: nothing can be written.
func (connector) Sink(t *ir.Table) (vexec.Sink, error) {
	return nil, fmt.Errorf("%s: the events of Nexmark are only read", t.Name)
}

// Prunes is false: rows cost little once their fields are not made.
func (connector) Prunes(*ir.Table, int) bool { return false }

// Narrows is true: only fields that are asked for are made.
func (connector) Narrows(t *ir.Table, col int) bool {
	return t.Physical().Cols[col].Type.Kind == ir.Row
}

var _ vexec.Pruner = connector{}

// Size is how many events there are, or about how many of the table's kind.
func (connector) Size(_ context.Context, t *ir.Table) (rows int64, distinct []int64) {
	s, err := settingsOf(t)
	if err != nil || !s.ends {
		return 0, nil
	}
	if !s.flat {
		return int64(s.events), nil
	}
	c := s.model.Config
	of := [...]uint64{c.Persons, c.Auctions, c.Bids}[s.kind]
	return int64(float64(s.events) * float64(of) / float64(c.Persons+c.Auctions+c.Bids)), nil
}
