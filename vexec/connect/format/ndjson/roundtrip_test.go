package ndjson

import (
	"testing"

	"github.com/helios-stream/helios/vexec/vtest"
)

// TestRoundTrip reads back what has been written, of all types.
func TestRoundTrip(t *testing.T) {
	s := vtest.EveryType()
	rows := vtest.EveryRow()
	for _, shape := range vtest.Shapes {
		e := NewEncoder(s)
		text := string(e.Append(nil, vtest.BatchAs(s, shape, rows...)))
		for _, o := range ways {
			got, bad := decodeDeep(t, asked{schema: s}, text, o)
			if len(bad) > 0 || len(got) != len(rows) {
				t.Fatalf("%s (%+v): %d rows, %q\n%s", shape, o, len(got), bad, text)
			}
			for i, r := range rows {
				b := vtest.Batch(s, r)
				if want := valueText(b.Values(0)); got[i] != want {
					t.Errorf("%s (%+v): row %d\n%s, want\n%s", shape, o, i, got[i], want)
				}
			}
		}
	}
}
