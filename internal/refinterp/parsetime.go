package refinterp

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/helios-stream/helios/ir"
)

const (
	dateForm  = `(\d{4,6})-(\d\d?)-(\d\d?)`
	clockForm = `(\d\d?):(\d\d?)(?::(\d\d?)(?:\.(\d+))?)?`
	zoneForm  = ` ?([Zz]|[+-]\d\d(?::?\d\d)?)?`
)

var (
	clockText     = regexp.MustCompile(`^` + clockForm + `$`)
	timestampText = regexp.MustCompile(`^` + dateForm + `(?:[ Tt]` + clockForm + zoneForm + `)?$`)
)

func notA(s string, t *ir.Type) error { return fail(BadCast, "%q is not a %s", s, t) }

// parseDate reads a date; a time of day behind it, and its offset, do not count.
func parseDate(s string, t *ir.Type) (ir.Value, error) {
	m := timestampText.FindStringSubmatch(s)
	if m == nil {
		return nil, notA(s, t)
	}
	days, ok := dayNumber(m[1], m[2], m[3])
	_, clockOK := nanosOfDay(m[4:8])
	_, zoneOK := secondsEast(m[8])
	if !ok || !clockOK || !zoneOK {
		return nil, notA(s, t)
	}
	return days, nil
}

func parseTime(s string, t *ir.Type) (ir.Value, error) {
	m := clockText.FindStringSubmatch(s)
	if m == nil {
		return nil, notA(s, t)
	}
	nanos, ok := nanosOfDay(m[1:])
	if !ok {
		return nil, notA(s, t)
	}
	return cutDigits(nanos/1000, t), nil
}

// parseTimestamp reads YYYY-MM-DD [HH:MM[:SS[.f]]], also with a T and with an offset,
// which is converted to UTC. Digits that the type has not are cut.
func parseTimestamp(s string, t *ir.Type) (ir.Value, error) {
	m := timestampText.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return nil, notA(s, t)
	}
	days, dateOK := dayNumber(m[1], m[2], m[3])
	nanos, clockOK := nanosOfDay(m[4:8])
	east, zoneOK := secondsEast(m[8])
	if !dateOK || !clockOK || !zoneOK {
		return nil, notA(s, t)
	}
	at := new(big.Int).Mul(big.NewInt(days*86400-east), big.NewInt(1_000_000_000))
	at.Add(at, big.NewInt(nanos))
	unit := big.NewInt(pow10(9 - t.P)) // nanoseconds
	if !t.Nanos() {
		unit = big.NewInt(pow10(9 - min(t.P, 6)))
	}
	at.Div(at, unit).Mul(at, unit) // Div rounds down
	if !t.Nanos() {
		at.Quo(at, big.NewInt(1000))
	}
	return spanValue(at, t)
}

// dayNumber is the days from 1970-01-01 to a date; false where there is no such date.
func dayNumber(year, month, day string) (int64, bool) {
	y, m, d := number(year), number(month), number(day)
	at := time.Date(int(y), time.Month(m), int(d), 0, 0, 0, 0, time.UTC)
	exists := at.Year() == int(y) && at.Month() == time.Month(m) && at.Day() == int(d)
	return at.Unix() / 86400, exists
}

// nanosOfDay reads the hour, minute, second and fraction that clockForm found; those
// left out are empty.
func nanosOfDay(parts []string) (int64, bool) {
	h, m, s := number(parts[0]), number(parts[1]), number(parts[2])
	fraction := number((parts[3] + "000000000")[:9])
	return ((h*60+m)*60+s)*1_000_000_000 + fraction, h < 24 && m < 60 && s < 60
}

// secondsEast reads an offset from UTC; none is UTC.
func secondsEast(zone string) (int64, bool) {
	if zone == "" || zone == "Z" || zone == "z" {
		return 0, true
	}
	digits := strings.ReplaceAll(zone[1:], ":", "") + "00"
	h, m := number(digits[:2]), number(digits[2:4])
	east := (h*60 + m) * 60
	if zone[0] == '-' {
		east = -east
	}
	return east, h <= 18 && m < 60
}

// number reads digits; none are 0.
func number(digits string) int64 {
	n, _ := strconv.ParseInt(digits, 10, 64)
	return n
}
