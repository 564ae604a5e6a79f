// Package generator is the connector of rows that are made up: TYPE Generator, with
// the options of Flink's datagen. Row n is a function of the seed and of n (but for
// times that are the clock's), so that all cores make rows and a restart goes on
// with the next one.
package generator

import (
	"context"
	"fmt"
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/numbered"
)

// unitRows is how many rows one task makes at a time.
const unitRows = 1 << 16

type connector struct{}

// New returns the connector of TYPE Generator.
func New() vexec.Connector { return connector{} }

// Spec describes the connector.
func (connector) Spec() *ir.ConnectorSpec {
	return &ir.ConnectorSpec{
		Name:    "generator",
		Aliases: []string{"datagen"},
		Summary: "Rows that are made up: random values and sequences, as many and as fast as wanted, the same for the same seed.",
		Source:  true,
		Options: options(),
		Examples: []string{
			"CREATE MAPPING orders (id BIGINT, item VARCHAR, price DECIMAL(8, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)\n" +
				"TYPE Generator OPTIONS ('number-of-rows'='1000', 'fields.id.kind'='sequence', 'fields.item.values'='apple,pear,plum', 'fields.price.min'='0.10', 'fields.price.max'='9.99',\n" +
				"    'fields.ts.kind'='sequence', 'fields.ts.start'='2024-01-01 00:00:00', 'fields.ts.step'='100ms', 'fields.ts.max-past'='3s')",
			"CREATE TABLE sensors (id INT, place ROW<floor INT, room VARCHAR>, temps ARRAY<DOUBLE>) WITH ('connector'='datagen', 'rows-per-second'='1000',\n" +
				"    'fields.id.min'='1', 'fields.id.max'='20', 'fields.place.room.length'='4', 'fields.temps.length'='5', 'fields.temps.element.max'='40')",
		},
	}
}

func options() []ir.OptionSpec {
	family := func(what string, t ir.OptionType, example, doc string, values ...string) ir.OptionSpec {
		return ir.OptionSpec{Name: "fields." + ir.ColumnHole + "." + what, Type: t, Values: values, Example: example, Doc: doc}
	}
	list := []ir.OptionSpec{
		{Name: "number-of-rows", Type: ir.OptionInt, Example: "1000000",
			Doc: "How many rows there are; without it, and without a sequence that ends, the table has no end."},
		{Name: "rows-per-second", Type: ir.OptionFloat, Example: "10000",
			Doc: "How many rows come in a second; without it, or 0: as many as are taken."},
		{Name: "seed", Type: ir.OptionInt, Default: "1", Example: "42", Doc: "Another seed gives other random values; the same one the same."},
		family("kind", ir.OptionEnum, "sequence",
			"Where the values come from: a sequence, or chance (the default). <column> is a column's name; behind a dot a field of its ROW, or element for those of an ARRAY.", "random", "sequence"),
		family("min", ir.OptionString, "1", "The least random value, of the column's type. Default: the type's least; 0 for floats and times of day; 1970-01-01 for a DATE."),
		family("max", ir.OptionString, "100", "The greatest random value. Default: the type's greatest; 1 for floats, which do not reach it; 2099-12-31 for a DATE."),
		family("values", ir.OptionString, "red,green,blue", "Texts between commas, of which each row has one by chance."),
		family("start", ir.OptionString, "2024-01-01 00:00:00", "The first value of a sequence. Default: 0, or 1970-01-01 00:00:00."),
		family("end", ir.OptionString, "999", "The last value of a sequence; with it the table ends."),
		family("step", ir.OptionString, "10ms", "From one value of a sequence to the next: a number, for timestamps a span of time. Default: 1, for timestamps 1ms, for a DATE one day."),
		family("max-past", ir.OptionDuration, "5s", "A timestamp lies by chance up to so much before the clock's time, or before its place in the sequence: rows out of order."),
		family("length", ir.OptionInt, "20", "How many characters a random text has (default 100), or elements an ARRAY (default 3)."),
		family("var-len", ir.OptionBool, "true", "Whether random texts have any length from 1 to 'length'."),
		family("null-rate", ir.OptionFloat, "0.05", "The share of rows in which the column is NULL: 0 to 1."),
	}
	return slices.Concat(list, vexec.RowOptions("the run stops"), vexec.StreamOptions())
}

// Check refuses options that do not fit the columns.
func (connector) Check(t *ir.Table, _ bool) error {
	_, err := planAll(t)
	return err
}

// Infer fails: the columns say what is to be made up.
func (connector) Infer(_ context.Context, t *ir.Table) ([]ir.Column, error) {
	return nil, fmt.Errorf("what is to be made up is said by the columns")
}

// Bounded reports whether the number of rows is given, or a sequence ends.
func (connector) Bounded(t *ir.Table) bool {
	p, err := planAll(t)
	return err == nil && p.bounded
}

// Size is how many rows there are, where they end.
func (connector) Size(_ context.Context, t *ir.Table) (rows int64, distinct []int64) {
	if p, err := planAll(t); err == nil && p.bounded {
		return int64(p.rows), nil
	}
	return 0, nil
}

// Source returns the table's rows.
func (connector) Source(t *ir.Table) (vexec.Source, error) {
	p, err := planAll(t)
	if err != nil {
		return nil, err
	}
	return numbered.NewSource(numbered.Options{
		Split: "rows", Rows: p.rows, Bounded: p.bounded, PerSecond: p.perSecond, Unit: unitRows,
		Decoder: func(scan *vexec.Scan) (vexec.Decoder, error) { return newDecoder(t, scan) },
	}), nil
}

// Sink fails: nothing can be written.
func (connector) Sink(t *ir.Table) (vexec.Sink, error) {
	return nil, fmt.Errorf("%s: a generator is only read", t.Name)
}
