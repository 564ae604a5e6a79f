package kernels

import (
	"math/rand/v2"
	"testing"
	"time"
	_ "time/tzdata"
)

func local(text string) int64 {
	t, err := time.Parse("2006-01-02 15:04:05", text)
	if err != nil {
		panic(err)
	}
	return t.Unix()
}

func TestZoneAtChanges(t *testing.T) {
	f := func(zone, from, want string) {
		t.Helper()
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := NewZone(loc).Instant(local(from)); got != local(want) {
			t.Errorf("%s in %s: %s, want %s", from, zone, time.Unix(got, 0).UTC().Format(time.DateTime), want)
		}
	}
	f("Europe/Berlin", "2024-03-31 01:59:59", "2024-03-31 00:59:59")
	f("Europe/Berlin", "2024-03-31 02:30:00", "2024-03-31 01:30:00") // left out: it is 03:30
	f("Europe/Berlin", "2024-03-31 03:00:00", "2024-03-31 01:00:00")
	f("Europe/Berlin", "2024-10-27 01:59:59", "2024-10-26 23:59:59")
	f("Europe/Berlin", "2024-10-27 02:30:00", "2024-10-27 00:30:00") // twice: the first
	f("Europe/Berlin", "2024-10-27 03:00:00", "2024-10-27 02:00:00")
	f("America/New_York", "2024-11-03 01:30:00", "2024-11-03 05:30:00")
	f("Pacific/Apia", "2011-12-30 12:00:00", "2011-12-30 22:00:00") // a day that was left out
	f("UTC", "2024-03-31 02:30:00", "2024-03-31 02:30:00")
	f("Asia/Kolkata", "2024-03-31 05:30:00", "2024-03-31 00:00:00")
}

// TestZoneAgainstTime compares with the standard library at random times, in leaps so
// that the period at hand is often another one.
func TestZoneAgainstTime(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, name := range []string{"Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu", "UTC"} {
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		z := NewZone(loc)
		for range 20000 {
			sec := r.Int64N(6e9) - 3e9
			_, off := time.Unix(sec, 0).In(loc).Zone()
			l := z.Local(sec)
			if l != sec+int64(off) {
				t.Fatalf("%s: local time of %d is %d, want %d", name, sec, l, sec+int64(off))
			}
			// Back again it is the instant, or an earlier one with the same local time.
			if back := z.Instant(l); back != sec && (back > sec || z.Local(back) != l) {
				t.Fatalf("%s: %d becomes %d and comes back as %d", name, sec, l, back)
			}
		}
	}
}

// TestZoneTruncTime holds that days begin when the clock first shows midnight, and shorter
// units by the offset at hand: Havana shows the hour from midnight on twice.
func TestZoneTruncTime(t *testing.T) {
	loc, err := time.LoadLocation("America/Havana")
	if err != nil {
		t.Fatal(err)
	}
	z := NewZone(loc)
	at := func(text string) int64 {
		v, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return v.Unix()
	}
	for _, c := range []struct {
		unit           Unit
		at, down, next string
	}{
		{Day, "2024-11-03T04:30:00Z", "2024-11-03T04:00:00Z", "2024-11-04T05:00:00Z"},  // 00:30, the first
		{Day, "2024-11-03T05:00:00Z", "2024-11-03T04:00:00Z", "2024-11-04T05:00:00Z"},  // 00:00, the second
		{Hour, "2024-11-03T05:10:00Z", "2024-11-03T05:00:00Z", "2024-11-03T06:00:00Z"}, // 00:10, the second
		{Day, "2024-03-10T05:10:00Z", "2024-03-10T05:00:00Z", "2024-03-11T04:00:00Z"},  // 01:10: midnight is left out
		{Month, "2024-11-03T05:10:00Z", "2024-11-01T04:00:00Z", "2024-12-01T05:00:00Z"},
	} {
		down, ok := z.TruncTime(c.unit, at(c.at)*1_000_000, 1_000_000)
		next, ok2 := z.CeilTime(c.unit, at(c.at)*1_000_000, 1_000_000)
		if !ok || !ok2 || down != at(c.down)*1_000_000 || next != at(c.next)*1_000_000 {
			t.Errorf("%s: from %s to %s, want from %s to %s", c.at, time.UnixMicro(down).UTC(), time.UnixMicro(next).UTC(), c.down, c.next)
		}
	}
}
