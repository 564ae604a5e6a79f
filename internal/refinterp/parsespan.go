package refinterp

import (
	"math/big"
	"regexp"
	"strings"
	"time"

	"github.com/helios-stream/helios/ir"
)

var (
	sqlSpan    = regexp.MustCompile(`^([+-]?)(?:(\d+)\s+)?(\d+):(\d+)(?::(\d+)(?:\.(\d+))?)?$`)
	wordSpan   = regexp.MustCompile(`(?i)^([+-]?)(\d+)(?:\.(\d+))?\s+(week|day|hour|minute|second|millisecond|microsecond)s?(?:\s+|$)`)
	sqlMonths  = regexp.MustCompile(`^([+-]?)(\d+)-(\d+)$`)
	wordMonths = regexp.MustCompile(`(?i)^([+-]?)(\d+)\s+(year|quarter|month)s?(?:\s+|$)`)
	onlyMonths = regexp.MustCompile(`^[+-]?\d+$`)
)

// parseSpan reads an interval: as it is printed, as SQL writes it, or in words.
func parseSpan(s string, t *ir.Type) (ir.Value, bool) {
	total := new(big.Int)
	add := func(sign, digits string, size int64) {
		n, ok := new(big.Int).SetString("0"+digits, 10)
		if n.Mul(n, big.NewInt(size)); ok && sign == "-" {
			n.Neg(n)
		}
		total.Add(total, n)
	}
	done := func() (ir.Value, bool) {
		v, err := spanValue(total, t)
		return v, err == nil
	}
	if t.Kind == ir.IntervalMonth {
		if onlyMonths.MatchString(s) {
			total.SetString(strings.TrimPrefix(s, "+"), 10)
			return done()
		}
		if m := sqlMonths.FindStringSubmatch(s); m != nil {
			add(m[1], m[2], 12)
			add(m[1], m[3], 1)
			return orNone(done, len(strings.TrimLeft(m[3], "0")) < 3 && number(m[3]) < 12)
		}
		sizes := map[string]int64{"year": 12, "quarter": 3, "month": 1}
		some := false
		for m := wordMonths.FindStringSubmatch(s); m != nil; m = wordMonths.FindStringSubmatch(s) {
			add(m[1], m[2], sizes[strings.ToLower(m[3])])
			s, some = s[len(m[0]):], true
		}
		return orNone(done, some && s == "")
	}
	if d, err := time.ParseDuration(s); err == nil {
		return d.Microseconds(), true
	}
	sizes := map[string]int64{"week": 7 * microsPerDay, "day": microsPerDay, "hour": 3600_000_000, "minute": 60_000_000, "second": 1_000_000, "millisecond": 1000, "microsecond": 1}
	some := false
	for m := wordSpan.FindStringSubmatch(s); m != nil; m = wordSpan.FindStringSubmatch(s) {
		unit := strings.ToLower(m[4])
		if m[3] != "" && unit != "second" {
			return nil, false
		}
		add(m[1], m[2], sizes[unit])
		add(m[1], (m[3] + "000000")[:6], 1)
		s, some = s[len(m[0]):], true
	}
	if s == "" {
		return orNone(done, some)
	}
	m := sqlSpan.FindStringSubmatch(s)
	if m == nil || some && m[2] != "" || len(m[4]) > 9 || len(m[5]) > 9 || number(m[4]) > 59 || number(m[5]) > 59 {
		return nil, false
	}
	add(m[1], m[2], microsPerDay)
	add(m[1], m[3], 3600_000_000)
	add(m[1], m[4], 60_000_000)
	add(m[1], m[5], 1_000_000)
	add(m[1], (m[6] + "000000")[:6], 1)
	return done()
}

func orNone(done func() (ir.Value, bool), ok bool) (ir.Value, bool) {
	if !ok {
		return nil, false
	}
	return done()
}
