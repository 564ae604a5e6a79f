package querytest

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/ndjson"
)

// fedLookup answers for a mapping that is looked up by key with the rows that the test has fed it
// up to the step that the script has come to.
type fedLookup struct {
	table *fed
	scan  *vexec.Scan
}

// Open implements vexec.Lookup.
func (l *fedLookup) Open(_ context.Context, lc *vexec.LookupContext) error {
	l.scan = &vexec.Scan{Table: lc.Table, Cols: lc.Cols, Schema: lc.Schema, TimeCol: -1}
	return nil
}

// MaxKeys implements vexec.Lookup.
func (*fedLookup) MaxKeys() int { return 1000 }

// Close implements vexec.Lookup.
func (*fedLookup) Close() error { return nil }

// Find implements vexec.Lookup: it gives all rows, of which those of other keys are left out.
func (l *fedLookup) Find(_ context.Context, _, out *vexec.Batch) error {
	var text []byte
	for _, p := range l.table.parts {
		for _, e := range p.entries {
			if e.record != nil && e.step < l.table.shown {
				text = append(append(text, e.record.JSON...), '\n')
			}
		}
	}
	d, err := ndjson.NewDecoder(l.scan)
	if err != nil {
		return err
	}
	n := len(text)
	d.Decode(append(text, make([]byte, ndjson.Padding)...), n, 0)
	var b vexec.Batch
	b.Reset(l.scan.Schema)
	var bad vexec.BadRows
	if err := d.Next(&b, &bad); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if len(bad.Rows) > 0 {
		return fmt.Errorf("a row that the test feeds does not fit: column %s: %s", bad.Rows[0].Column, bad.Rows[0].Reason)
	}
	b.Part = -1
	vexec.Compact(out, &b)
	return nil
}
