package windows

import (
	"math"
	"testing"
	"time"

	"github.com/helios-stream/helios/ir"
)

// TestZone goes through years in steps of five minutes, with the latest time that the clock has shown.
func TestZone(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Havana", "America/Sao_Paulo", "Pacific/Apia", "+05:30"} {
		z, err := NewZone(name)
		if err != nil {
			t.Fatal(err)
		}
		loc, _ := ir.Zone(name)
		wall := func(at time.Time) int64 {
			at = at.In(loc)
			return time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), time.UTC).UnixMicro()
		}
		latest := int64(math.MinInt64)
		from, to := time.Date(2010, 12, 1, 0, 0, 0, 0, time.UTC), time.Date(2012, 6, 1, 0, 0, 0, 0, time.UTC)
		for at := from; at.Before(to); at = at.Add(5 * time.Minute) {
			latest = max(latest, wall(at.Add(-time.Microsecond)))
			before := latest
			latest = max(latest, wall(at))
			if got := z.Local(at.UnixMicro()); got != latest {
				t.Fatalf("%s: Local(%s) is %s, not %s", name, at, time.UnixMicro(got).UTC(), time.UnixMicro(latest).UTC())
			}
			if before == latest {
				continue
			}
			if got := z.Instant(latest); got != at.UnixMicro() {
				t.Fatalf("%s: Instant(%s) is %s, not %s", name, time.UnixMicro(latest).UTC(), time.UnixMicro(got).UTC(), at)
			}
			if got := z.Instant(before + 1); got != at.UnixMicro() { // also where the clock leaves times out
				t.Fatalf("%s: Instant(%s) is %s, not %s", name, time.UnixMicro(before+1).UTC(), time.UnixMicro(got).UTC(), at)
			}
		}
	}
}

// TestZoneFar holds that times far away have a place, too, and that the memory is bounded.
func TestZoneFar(t *testing.T) {
	z, err := NewZone("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for at := int64(-MaxTime); at < MaxTime; at += MaxTime / 2500 {
		w := z.Local(at)
		if back := z.Instant(w); back > at || z.Local(back) != w {
			t.Fatalf("Instant(%d) is %d, for the local time of %d", w, back, at)
		}
	}
	if len(z.all) > maxSpans {
		t.Errorf("%d spans are remembered", len(z.all))
	}
}

// TestTwins counts the windows of a day with an hour less: no span of time is one of two.
func TestTwins(t *testing.T) {
	const day, hour = 86_400_000_000, 3_600_000_000
	at := func(text string) int64 {
		v, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return v.UnixMicro()
	}
	a, err := New(ir.Window{Kind: ir.Cumulate, Size: day, Slide: hour, Zone: "Europe/Berlin"})
	if err != nil {
		t.Fatal(err)
	}
	row := a.Local(at("2024-03-30T23:30:00Z")) // half past midnight
	seen := map[int64]bool{}
	for e := a.FirstEnd(row); e <= a.LastEnd(row); e += hour {
		if a.Twin(e) {
			continue
		}
		if start := a.Instant(a.StartOf(e)); start != at("2024-03-30T23:00:00Z") || seen[a.Instant(e)] {
			t.Errorf("a window from %d to %d", start, a.Instant(e))
		}
		seen[a.Instant(e)] = true
	}
	if len(seen) != 23 || !seen[at("2024-03-31T22:00:00Z")] {
		t.Errorf("%d windows", len(seen))
	}
	// The same Sundays of two years, 364 days apart.
	if a, err = New(ir.Window{Kind: ir.Hop, Size: 364 * day, Slide: hour, Zone: "Europe/Berlin"}); err != nil {
		t.Fatal(err)
	}
	if e := at("2025-03-30T03:00:00Z"); !a.Twin(e) || a.Twin(e-hour) || a.Twin(e+hour) {
		t.Error("the hour that the clock leaves out on both days")
	}
}
