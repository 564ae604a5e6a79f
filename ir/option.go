package ir

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ColumnHole stands in OptionSpec.Name for the path of a column, so that one
// description is of a family of options: fields.<column>.min.
const ColumnHole = "<column>"

// Option finds the option that a key names, in any of its spellings, and the key's
// canonical spelling; nil: there is none.
func (s *ConnectorSpec) Option(key string) (*OptionSpec, string) {
	for i := range s.Options {
		if canonical, ok := s.Options[i].match(key); ok {
			return &s.Options[i], canonical
		}
	}
	return nil, ""
}

// match compares a key with the option's names and returns its canonical spelling.
func (o *OptionSpec) match(key string) (canonical string, ok bool) {
	if path, ok := insert(o.Name, key); ok {
		return strings.Replace(o.Name, ColumnHole, path, 1), true
	}
	for _, a := range o.Aliases {
		if path, ok := insert(a, key); ok {
			return strings.Replace(o.Name, ColumnHole, path, 1), true
		}
	}
	return "", false
}

// insert compares a key with a name and returns what stands in the name's hole.
func insert(name, key string) (path string, ok bool) {
	head, tail, isFamily := strings.Cut(name, ColumnHole)
	if !isFamily {
		return "", strings.EqualFold(name, key)
	}
	n := len(key) - len(tail)
	if n <= len(head) || !strings.EqualFold(key[:len(head)], head) || !strings.EqualFold(key[n:], tail) {
		return "", false
	}
	return key[len(head):n], true
}

// ColumnOf is the path of the column that a canonical key of the family names; ok
// is false where the option is no family.
func (o *OptionSpec) ColumnOf(key string) (path string, ok bool) {
	path, ok = insert(o.Name, key)
	return path, ok && path != ""
}

// TypeAt is the type at a path of a schema: a column's name, and behind dots the
// fields of ROWs, element of an ARRAY, and map.key and map.value of a MAP.
func (s *Schema) TypeAt(path string) (*Type, bool) {
	for i := range s.Cols {
		c := &s.Cols[i]
		if rest, ok := cutName(path, c.Name); ok {
			if t := c.Type.at(rest); t != nil {
				return t, true
			}
		}
	}
	return nil, false
}

// cutName takes a name and the dot behind it off the front of a path.
func cutName(path, name string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(path, name)
	if !ok || rest != "" && (rest[0] != '.' || len(rest) == 1) {
		return "", false
	}
	return strings.TrimPrefix(rest, "."), true
}

func (t *Type) at(path string) *Type {
	if path == "" || t == nil {
		return t
	}
	step := func(name string, to *Type) *Type {
		if rest, ok := cutName(path, name); ok {
			return to.at(rest)
		}
		return nil
	}
	switch t.Kind {
	case Array:
		return step("element", t.Elem)
	case Map:
		if k := step("map.key", t.Key); k != nil {
			return k
		}
		return step("map.value", t.Elem)
	case Row:
		for _, f := range t.Fields {
			if found := step(f.Name, f.Type); found != nil {
				return found
			}
		}
	}
	return nil
}

// OptionBounded is the option of a table whose connector cannot know whether its rows
// end: with 'true' they do.
const OptionBounded = "bounded"

// OptionRows is the option of a table that says about how many rows it has.
const OptionRows = "rows"

// OptionError is what a connector finds wrong with one option of a table; the
// compiler shows it at the option's own place.
type OptionError struct {
	Option string // its canonical key
	Reason string // follows "option 'x' " in a sentence: "is less than 'fields.id.min'"
}

func (e *OptionError) Error() string { return fmt.Sprintf("option '%s' %s", e.Option, e.Reason) }

var byteUnits = map[string]int{
	"": 0, "b": 0, "bytes": 0, "k": 10, "kb": 10, "kib": 10, "m": 20, "mb": 20, "mib": 20,
	"g": 30, "gb": 30, "gib": 30, "t": 40, "tb": 40, "tib": 40,
}

// OptionSize reads the value of an OptionBytes: a whole number and a unit, which
// counts by 1024 in all spellings. ok is false where it is none, or too large.
func OptionSize(v string) (bytes int64, ok bool) {
	n, unit, ok := quantity(v)
	shift, known := byteUnits[unit]
	if !ok || !known || n > math.MaxInt64>>shift {
		return 0, false
	}
	return n << shift, true
}

var timeUnits = []struct {
	names []string
	unit  time.Duration
}{
	{[]string{"us", "micro", "micros", "microsecond", "microseconds"}, time.Microsecond},
	{[]string{"ms", "milli", "millis", "millisecond", "milliseconds"}, time.Millisecond},
	{[]string{"s", "sec", "secs", "second", "seconds"}, time.Second},
	{[]string{"m", "min", "mins", "minute", "minutes"}, time.Minute},
	{[]string{"h", "hour", "hours"}, time.Hour},
	{[]string{"d", "day", "days"}, 24 * time.Hour},
}

// OptionSpan reads the value of an OptionDuration: a whole number and a unit. ok is
// false where it is none, or too long.
func OptionSpan(v string) (d time.Duration, ok bool) {
	n, unit, ok := quantity(v)
	for _, u := range timeUnits {
		if ok && slices.Contains(u.names, unit) && n <= math.MaxInt64/int64(u.unit) {
			return time.Duration(n) * u.unit, true
		}
	}
	return 0, false
}

// quantity cuts a text into a whole number that is not negative and a unit.
func quantity(v string) (n int64, unit string, ok bool) {
	v = strings.TrimSpace(v)
	digits := len(v) - len(strings.TrimLeft(v, "0123456789"))
	n, err := strconv.ParseInt(v[:digits], 10, 64)
	return n, strings.ToLower(strings.TrimSpace(v[digits:])), err == nil
}
