package parse

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// parseTime reads the text of a DATE, TIME or TIMESTAMP literal. It returns the
// value as ir.Value has it and the digits of the fraction as written. The
// problem is empty where the text is good.
func parseTime(kind, text string) (v int64, digits int, problem string) {
	switch kind {
	case "DATE":
		days, problem := parseDate(text)
		return days, 0, problem
	case "TIME":
		nanos, digits, problem := parseClock(text)
		if problem == "" && digits > 6 {
			problem = "a TIME has at most 6 digits of a second"
		}
		return nanos / 1000, digits, problem
	}
	return parseTimestamp(text)
}

func parseTimestamp(text string) (v int64, digits int, problem string) {
	date, clock := text, ""
	if len(text) > 10 && (text[10] == ' ' || text[10] == 'T') {
		date, clock = text[:10], text[11:]
	}
	days, problem := parseDate(date)
	if problem != "" {
		return 0, 0, problem
	}
	nanos := int64(0)
	if len(text) > 10 {
		if nanos, digits, problem = parseClock(clock); problem != "" {
			return 0, 0, problem
		}
	}
	if digits <= 6 {
		return days*86_400_000_000 + nanos/1000, digits, ""
	}
	const lastDay = math.MaxInt64/86_400_000_000_000 - 1
	if days > lastDay || days < -lastDay {
		return 0, 0, "with more than 6 digits of a second the year must be from 1678 to 2261"
	}
	return days*86_400_000_000_000 + nanos, digits, ""
}

// parseDate reads YYYY-MM-DD as days since 1970-01-01.
func parseDate(text string) (days int64, problem string) {
	if len(text) != 10 || text[4] != '-' || text[7] != '-' {
		return 0, "the date must have the form YYYY-MM-DD"
	}
	year, ok1 := digitsOnly(text[0:4])
	month, ok2 := digitsOnly(text[5:7])
	day, ok3 := digitsOnly(text[8:10])
	if !ok1 || !ok2 || !ok3 || year == 0 {
		return 0, "the date must have the form YYYY-MM-DD"
	}
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if month < 1 || month > 12 || t.Day() != day || t.Month() != time.Month(month) {
		return 0, "there is no such day"
	}
	return t.Unix() / 86400, ""
}

// parseClock reads HH:MM[:SS[.fffffffff]] as nanoseconds since midnight.
func parseClock(text string) (nanos int64, digits int, problem string) {
	const form = "the time must have the form HH:MM:SS[.f]"
	text, frac, dot := strings.Cut(text, ".")
	parts := strings.Split(text, ":")
	if len(parts) < 2 || len(parts) > 3 || dot && (len(parts) < 3 || frac == "") || len(frac) > 9 {
		return 0, 0, form
	}
	limits := [...]int{23, 59, 59}
	seconds := 0
	for i := range 3 {
		n := 0
		if i < len(parts) {
			var ok bool
			if n, ok = digitsOnly(parts[i]); !ok || len(parts[i]) != 2 {
				return 0, 0, form
			}
		}
		if n > limits[i] {
			return 0, 0, "there is no such time of day"
		}
		seconds = seconds*60 + n
	}
	f, ok := fraction(frac, 9)
	if !ok {
		return 0, 0, form
	}
	return int64(seconds)*1_000_000_000 + f, len(frac), ""
}

// digitsOnly reads a text of digits only, short enough not to overflow.
func digitsOnly(s string) (int, bool) {
	if s == "" || len(s) > 9 || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// fraction reads the digits behind a point in units of 10^-places; there are at most places of them.
func fraction(s string, places int) (int64, bool) {
	if len(s) > places {
		return 0, false
	}
	n, ok := digitsOnly((s + "000000000000000000")[:places])
	return int64(n), ok
}

var (
	yearFirst = regexp.MustCompile(`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T](.*))?$`)
	dayFirst  = regexp.MustCompile(`^(\d{1,2})([-/.])(\d{1,2})[-/.](\d{4})(?:[ T](.*))?$`)
)

// timeHint is the literal that a wrong one is likely meant to be, else an example.
func timeHint(kind, text string) string {
	var year, month, day, clock string
	if m := yearFirst.FindStringSubmatch(text); m != nil {
		year, month, day, clock = m[1], m[2], m[3], m[4]
	} else if m := dayFirst.FindStringSubmatch(text); m != nil {
		year, month, day, clock = m[4], m[3], m[1], m[5]
		if n, _ := strconv.Atoi(m[3]); n > 12 {
			month, day = day, month
		} else if first, _ := strconv.Atoi(m[1]); m[2] != "." && first <= 12 {
			return "its form is " + timeExample[kind] // which of them is the month?
		}
	}
	meant := fmt.Sprintf("%s-%02s-%02s", year, month, day)
	if kind == "TIMESTAMP" && clock != "" {
		meant += " " + clock
	}
	if _, _, problem := parseTime(kind, meant); problem != "" || kind == "TIME" {
		return "its form is " + timeExample[kind]
	}
	return "write " + kind + " '" + meant + "'"
}
