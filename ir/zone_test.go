package ir

import (
	"testing"
	"time"
)

func TestZone(t *testing.T) {
	at := time.Date(2024, 7, 1, 0, 0, 0, 0, time.UTC)
	for name, east := range map[string]int{"UTC": 0, "utc": 0, "Z": 0, "GMT": 0, "Europe/Berlin": 7200, "America/New_York": -4 * 3600,
		"+02:00": 7200, "-5": -5 * 3600, "UTC+1": 3600, "GMT-03:30": -(3*3600 + 1800), "+0530": 19800, "UTC+00:00": 0} {
		loc, err := Zone(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, got := at.In(loc).Zone(); got != east {
			t.Errorf("%s is %d seconds east of UTC, want %d", name, got, east)
		}
	}
	for _, name := range []string{"", "Local", "local", "Europe/Berlim", "+19:00", "+1:2", "/etc/passwd", "../UTC", "+", "+x", "MST7MDTX"} {
		if loc, err := Zone(name); err == nil {
			t.Errorf("%q is the zone %s", name, loc)
		}
	}
	for _, name := range ZoneNames() {
		if _, err := Zone(name); err != nil {
			t.Errorf("a zone that is listed: %v", err)
		}
	}
}
