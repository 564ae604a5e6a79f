package refinterp

import (
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/helios-stream/helios/ir"
)

var moreTimes = map[string]scalar{
	"CURRENT_TIMESTAMP": now, "PROCTIME": now, "DATE_FORMAT": dateFormat, "TO_DATE": toDate, "TIMESTAMPDIFF": timestampDiff,
	"DATE_CEIL": dateCeil, "CONVERT_TZ": convertTZ,
}

var moreMaths = map[string]scalar{
	"LOG": func(_ *ir.Call, a []ir.Value) (ir.Value, error) {
		if len(a) == 2 {
			return math.Log(a[1].(float64)) / math.Log(a[0].(float64)), nil
		}
		return math.Log(a[0].(float64)), nil
	},
	"ATAN2": func(_ *ir.Call, a []ir.Value) (ir.Value, error) {
		return math.Atan2(a[0].(float64), a[1].(float64)), nil
	},
	"PI":   func(*ir.Call, []ir.Value) (ir.Value, error) { return math.Pi, nil },
	"E":    func(*ir.Call, []ir.Value) (ir.Value, error) { return math.E, nil },
	"LOG2": floats(math.Log2), "SIN": floats(math.Sin), "COS": floats(math.Cos), "TAN": floats(math.Tan),
	"COT": floats(func(x float64) float64 { return 1 / math.Tan(x) }), "ASIN": floats(math.Asin), "ACOS": floats(math.Acos),
	"ATAN": floats(math.Atan), "SINH": floats(math.Sinh), "COSH": floats(math.Cosh), "TANH": floats(math.Tanh),
	"DEGREES": floats(func(x float64) float64 { return x * 180 / math.Pi }), "RADIANS": floats(func(x float64) float64 { return x * math.Pi / 180 }),
}

func floats(f func(float64) float64) scalar {
	return func(_ *ir.Call, a []ir.Value) (ir.Value, error) { return f(a[0].(float64)), nil }
}

// now is a clock that stands, at 2024-07-01 12:00:00.
func now(*ir.Call, []ir.Value) (ir.Value, error) { return int64(1_719_835_200_000_000), nil }

// javaField matches the parts of a time pattern: quoted text, a field, anything else.
var javaField = regexp.MustCompile(`''|'(?:[^']|'')*'|y+|u+|M+|L+|d+|D+|E+|a+|H+|h+|K+|k+|m+|s+|S+|n+|Q+|(?s:.)`)

// javaParts splits a pattern; false where it is none.
func javaParts(pattern string) ([]string, bool) {
	parts := javaField.FindAllString(pattern, -1)
	most := map[byte]int{'y': 9, 'u': 9, 'S': 9, 'n': 9, 'M': 5, 'L': 5, 'E': 5, 'D': 3, 'a': 1, 'Q': 1}
	for _, p := range parts {
		c := p[0]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		limit, ok := most[c]
		if !ok {
			limit = 2
		}
		if p == "'" || strings.ContainsAny(p[:1], "[]{}#") || letter && (len(p) > limit || !strings.ContainsRune("yuMLdDEaHhKkmsSnQ", rune(c))) {
			return nil, false
		}
	}
	return parts, true
}

// unquoted is the text of a part that is no field; false: it is one.
func unquoted(p string) (string, bool) {
	switch {
	case p == "''":
		return "'", true
	case p[0] == '\'':
		return strings.ReplaceAll(p[1:len(p)-1], "''", "'"), true
	case p[0] >= 'a' && p[0] <= 'z' || p[0] >= 'A' && p[0] <= 'Z':
		return "", false
	}
	return p, true
}

func dateFormat(c *ir.Call, a []ir.Value) (ir.Value, error) {
	parts, ok := javaParts(a[1].(string))
	if !ok {
		return nil, fail(BadArgument, "%q is no time pattern", a[1])
	}
	units := 1_000_000 * unitsPerMicro(c.Args[0].Type())
	sec := floorDiv(a[0].(int64), units)
	at := time.Unix(sec, (a[0].(int64)-sec*units)*(1_000_000_000/units)).UTC()
	var b strings.Builder
	for _, p := range parts {
		if text, is := unquoted(p); is {
			b.WriteString(text)
			continue
		}
		b.WriteString(showField(p, at))
	}
	return b.String(), nil
}

func showField(p string, at time.Time) string {
	digits := func(v int) string {
		if v < 0 {
			return fmt.Sprintf("-%0*d", len(p), -v)
		}
		return fmt.Sprintf("%0*d", len(p), v)
	}
	word := func(long string) string { return map[int]string{4: long, 5: long[:1]}[len(p)] }
	switch p[0] {
	case 'y', 'u':
		if len(p) == 2 {
			return fmt.Sprintf("%02d", ((at.Year()%100)+100)%100)
		}
		return digits(at.Year())
	case 'M', 'L':
		switch len(p) {
		case 1, 2:
			return digits(int(at.Month()))
		case 3:
			return at.Month().String()[:3]
		}
		return word(at.Month().String())
	case 'E':
		if len(p) < 4 {
			return at.Weekday().String()[:3]
		}
		return word(at.Weekday().String())
	case 'a':
		return at.Format("PM")
	case 'S':
		return fmt.Sprintf("%09d", at.Nanosecond())[:len(p)]
	case 'd':
		return digits(at.Day())
	case 'D':
		return digits(at.YearDay())
	case 'Q':
		return digits((int(at.Month())-1)/3 + 1)
	case 'H':
		return digits(at.Hour())
	case 'k':
		if at.Hour() == 0 {
			return digits(24)
		}
		return digits(at.Hour())
	case 'h':
		if at.Hour()%12 == 0 {
			return digits(12)
		}
		return digits(at.Hour() % 12)
	case 'K':
		return digits(at.Hour() % 12)
	case 'm':
		return digits(at.Minute())
	case 's':
		return digits(at.Second())
	}
	return digits(at.Nanosecond())
}

// parseJava reads a text by a pattern, as nanoseconds since 1970: the pattern becomes a
// regular expression.
func parseJava(s, pattern string) (*big.Int, bool, error) {
	parts, ok := javaParts(pattern)
	if !ok {
		return nil, false, fail(BadArgument, "%q is no time pattern", pattern)
	}
	var re strings.Builder
	re.WriteString(`(?is)\A`)
	var fields []string
	for _, p := range parts {
		if text, is := unquoted(p); is {
			re.WriteString("(?-i:" + regexp.QuoteMeta(text) + ")")
			continue
		}
		fields = append(fields, p)
		re.WriteString("(" + fieldForm(p) + ")")
	}
	m := regexp.MustCompile(re.String() + `\z`).FindStringSubmatch(s)
	if m == nil {
		return nil, false, nil
	}
	return assemble(fields, m[1:])
}

func fieldForm(p string) string {
	n := len(p)
	first := func(names ...string) string {
		for i, name := range names {
			switch {
			case n == 5:
				names[i] = name[:1]
			case n < 4:
				names[i] = name[:3]
			}
		}
		return strings.Join(names, "|")
	}
	switch p[0] {
	case 'y', 'u':
		if n == 2 {
			return `\d{2}`
		}
		return fmt.Sprintf(`\d{%d,9}`, n)
	case 'M', 'L':
		if n > 2 {
			return first("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
		}
	case 'E':
		return first("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
	case 'a':
		return `am|pm`
	case 'S':
		return fmt.Sprintf(`\d{%d}`, n)
	case 'n':
		return fmt.Sprintf(`\d{%d,9}`, n)
	case 'D':
		return fmt.Sprintf(`\d{%d,3}`, n)
	case 'Q':
		return `\d`
	}
	return fmt.Sprintf(`\d{%d,2}`, n)
}

func assemble(fields, texts []string) (*big.Int, bool, error) {
	v := map[byte]int64{}
	var all []field
	for i, p := range fields {
		n, _ := strconv.ParseInt(texts[i], 10, 64)
		c, digits := p[0], 9
		switch {
		case c == 'u' || c == 'y':
			if c = 'y'; len(p) == 2 {
				n += 2000
			}
		case (c == 'M' || c == 'L') && len(p) > 2:
			c = 'M'
			n = int64(indexOf(texts[i], func(k int) string { return time.Month(k + 1).String() }, len(p), 12)) + 1
		case c == 'L':
			c = 'M'
		case c == 'E':
			n = int64(indexOf(texts[i], func(k int) string { return time.Weekday((k + 1) % 7).String() }, len(p), 7))
		case c == 'a':
			n = int64(strings.Index("ap", strings.ToLower(texts[i][:1])))
		case c == 'S':
			digits = len(p)
			n *= pow10(9 - digits)
			c = 'n'
		}
		limits := map[byte][2]int64{'M': {1, 12}, 'd': {1, 31}, 'D': {1, 366}, 'Q': {1, 4}, 'H': {0, 23}, 'k': {1, 24}, 'h': {1, 12}, 'K': {0, 11}, 'm': {0, 59}, 's': {0, 59}}
		if l, ok := limits[c]; ok && (n < l[0] || n > l[1]) {
			return nil, false, nil
		}
		all = append(all, field{c, n, digits})
		if c != 'n' || v['n']%pow10(9-digits) == 0 && n > v['n'] { // the finest one
			v[c] = n
		}
	}
	at := assembled(v)
	for _, f := range all {
		if !f.isOf(at) {
			return nil, false, nil
		}
	}
	total := new(big.Int).Mul(big.NewInt(at.Unix()), big.NewInt(1_000_000_000))
	return total.Add(total, big.NewInt(int64(at.Nanosecond()))), true, nil
}

// assembled is the time of some fields; others are as in 1970-01-01 00:00:00.
func assembled(v map[byte]int64) time.Time {
	or := func(c byte, otherwise int64) int64 {
		if n, ok := v[c]; ok {
			return n
		}
		return otherwise
	}
	month := or('M', max(1, 3*v['Q']-2))
	day := or('d', 1)
	if n, ok := v['D']; ok {
		month, day = 1, n
	}
	hour := or('H', or('k', or('K', v['h']%12)+12*v['a'])) % 24
	return time.Date(int(or('y', 1970)), time.Month(month), int(day), int(hour), int(v['m']), int(v['s']), int(v['n']), time.UTC)
}

// field is a field of a time as a text has it.
type field struct {
	c      byte
	n      int64
	digits int // 'n': how many of them
}

// isOf reports whether a time has the field.
func (f field) isOf(t time.Time) bool {
	hour := int64(t.Hour())
	switch f.c {
	case 'y':
		return int64(t.Year()) == f.n
	case 'Q':
		return (int64(t.Month())-1)/3+1 == f.n
	case 'M':
		return int64(t.Month()) == f.n
	case 'd':
		return int64(t.Day()) == f.n
	case 'D':
		return int64(t.YearDay()) == f.n
	case 'E':
		return int64(t.Weekday()+6)%7 == f.n
	case 'a':
		return hour/12 == f.n
	case 'H', 'k':
		return hour == f.n%24
	case 'h', 'K':
		return hour%12 == f.n%12
	case 'm':
		return int64(t.Minute()) == f.n
	case 's':
		return int64(t.Second()) == f.n
	}
	unit := pow10(9 - f.digits)
	return int64(t.Nanosecond())/unit == f.n/unit
}

func indexOf(text string, name func(k int) string, letters, n int) int {
	for k := range n {
		want := name(k)
		switch {
		case letters == 5:
			want = want[:1]
		case letters < 4:
			want = want[:3]
		}
		if strings.EqualFold(text, want) {
			return k
		}
	}
	return -1
}

func byPattern(c *ir.Call, a []ir.Value) (ir.Value, error) {
	nanos, ok, err := parseJava(a[0].(string), a[1].(string))
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, notA(a[0].(string), c.T)
	case c.T.Kind == ir.Date:
		return spanValue(nanos.Div(nanos, big.NewInt(microsPerDay*1000)), c.T)
	}
	return spanValue(nanos.Div(nanos, big.NewInt(1000/unitsPerMicro(c.T))), c.T)
}

func toDate(c *ir.Call, a []ir.Value) (ir.Value, error) {
	if len(a) == 2 {
		return byPattern(c, a)
	}
	return parseDate(strings.TrimSpace(a[0].(string)), c.T)
}

// timestampDiff counts whole units. Of months it tries how many can be added without
// passing the second time.
func timestampDiff(c *ir.Call, a []ir.Value) (ir.Value, error) {
	t := c.Args[1].Type()
	from, to := a[1].(int64), a[2].(int64)
	perSecond := 1_000_000 * unitsPerMicro(t)
	unit := strings.ToUpper(a[0].(string))
	seconds := map[string]int64{"WEEK": 7 * 86400, "DAY": 86400, "HOUR": 3600, "MINUTE": 60, "SECOND": 1}
	months := map[string]int64{"YEAR": 12, "QUARTER": 3, "MONTH": 1}
	switch {
	case seconds[unit] > 0:
		return wholeUnits(from, to, seconds[unit]*perSecond)
	case unit == "MILLISECOND":
		return wholeUnits(from, to, perSecond/1000)
	case unit == "MICROSECOND":
		return wholeUnits(from, to, perSecond/1_000_000)
	case months[unit] == 0:
		return nil, fail(BadArgument, "%q is not a unit of time", a[0])
	}
	d1, d2 := floorDiv(from, 86400*perSecond), floorDiv(to, 86400*perSecond)
	x, y := time.Unix(d1*86400, 0).UTC(), time.Unix(d2*86400, 0).UTC()
	n := int64(y.Year()-x.Year())*12 + int64(y.Month()) - int64(x.Month())
	clock := (to - d2*86400*perSecond) - (from - d1*86400*perSecond)
	early := y.Day() < x.Day() || y.Day() == x.Day() && clock < 0
	lateDay := y.Day() > x.Day() || y.Day() == x.Day() && clock > 0
	switch {
	case n > 0 && early:
		n--
	case n < 0 && lateDay:
		n++
	}
	return n / months[unit], nil
}

func wholeUnits(from, to, unit int64) (ir.Value, error) {
	d := new(big.Int).Sub(big.NewInt(to), big.NewInt(from))
	if !d.IsInt64() {
		return nil, overflow(ir.TBigInt)
	}
	return d.Int64() / unit, nil
}

func convertTZ(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	plain := &ir.Type{Kind: ir.Timestamp, P: 0}
	at, err := parseTimestamp(a[0].(string), plain)
	if err != nil {
		return nil, err
	}
	var locs [2]*time.Location
	for i := range locs {
		if locs[i], err = ir.Zone(a[i+1].(string)); err != nil {
			return nil, fail(BadArgument, "%s", err)
		}
	}
	instant, err := toInstant(at.(int64), plain, locs[0])
	if err != nil {
		return nil, err
	}
	local, err := toLocal(instant.(int64), plain, locs[1])
	if err != nil {
		return nil, err
	}
	return ir.FormatValue(local, plain), nil
}
