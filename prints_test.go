package helios_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/helios-stream/helios"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/console"
)

const printed = `
CREATE TABLE n (i BIGINT) WITH ('connector'='datagen', 'fields.i.kind'='sequence', 'fields.i.end'='4');
CREATE TABLE even (i BIGINT) WITH ('connector'='print');
CREATE TABLE nothing (i BIGINT) WITH ('connector'='blackhole');
INSERT INTO even SELECT i FROM n WHERE MOD(i, 2) = 0;
INSERT INTO nothing SELECT i FROM n;`

func TestPrintAndBlackhole(t *testing.T) {
	var out bytes.Buffer
	var titles []string
	q, err := helios.Compile(context.Background(), []helios.File{{Name: "q.sql", Text: printed}}, helios.Options{Client: func(s helios.ClientStatement) (vexec.Sink, error) {
		titles = append(titles, s.Title)
		return console.New(&out, console.Options{Format: console.CSV}), nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	stats, err := q.Run(context.Background())
	if err != nil || stats.RowsOut != 8 || q.Prints() != 1 || q.Selects() != 0 {
		t.Errorf("%+v %v, %d printed", stats, err, q.Prints())
	}
	if out.String() != "i\n0\n2\n4\n" || len(titles) != 1 || titles[0] != "even" {
		t.Errorf("%q %v", out.String(), titles)
	}
	quiet, err := helios.Compile(context.Background(), []helios.File{{Name: "q.sql", Text: printed}}, helios.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if stats, err := quiet.Run(context.Background()); err != nil || stats.RowsOut != 8 {
		t.Errorf("without a client: %+v %v", stats, err)
	}
}
