package ir

import (
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // the database, where the machine has none
)

// UTC is the name of the time zone that is none.
const UTC = "UTC"

// Zone finds a time zone: by its name in the IANA database (Europe/Berlin), as an
// offset (+02:00, -5, UTC+1, GMT-03:30), or UTC, GMT and Z. Names of the machine's own
// settings (Local, the empty name) are none: a query means the same everywhere.
func Zone(name string) (*time.Location, error) {
	switch strings.ToUpper(name) {
	case "UTC", "GMT", "Z", "UT":
		return time.UTC, nil
	case "", "LOCAL":
		return nil, fmt.Errorf("there is no time zone '%s'", name)
	}
	rest := name
	for _, prefix := range []string{"UTC", "GMT", "UT"} {
		if cut, ok := strings.CutPrefix(strings.ToUpper(name), prefix); ok {
			rest = cut
			break
		}
	}
	if sec, ok := zoneOffset(rest); ok {
		if sec == 0 {
			return time.UTC, nil
		}
		return time.FixedZone(name, sec), nil
	}
	if strings.HasPrefix(name, "/") || strings.Contains(name, "..") || strings.Contains(name, "\\") {
		return nil, fmt.Errorf("there is no time zone '%s'", name)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("there is no time zone '%s'", name)
	}
	return loc, nil
}

// ZoneNames are the zones that are known by name.
func ZoneNames() []string { return zoneNames }

// zoneOffset reads +H, +HH, +HHMM and +HH:MM as seconds east of UTC.
func zoneOffset(s string) (sec int, ok bool) {
	if len(s) < 2 || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	h, m := s[1:], "00"
	if before, after, found := strings.Cut(h, ":"); found {
		h, m = before, after
	} else if len(h) == 4 {
		h, m = h[:2], h[2:]
	}
	hours, ok1 := smallNumber(h)
	minutes, ok2 := smallNumber(m)
	if !ok1 || !ok2 || len(m) != 2 || hours > 18 || minutes > 59 {
		return 0, false
	}
	sec = hours*3600 + minutes*60
	if s[0] == '-' {
		sec = -sec
	}
	return sec, true
}

// smallNumber reads one or two digits.
func smallNumber(s string) (n int, ok bool) {
	if len(s) == 0 || len(s) > 2 {
		return 0, false
	}
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}
