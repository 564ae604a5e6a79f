package nexmark

import "time"

// start is the event time of event 0.
var start = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

// clock prints event times. It keeps the text of the last second; the zero clock is
// ready.
type clock struct {
	second uint64 // after start, plus one; 0: none yet
	text   []byte // YYYY-MM-DD HH:MM:SS.
}

// append appends the time at ms milliseconds after the start: YYYY-MM-DD HH:MM:SS.fff.
func (c *clock) append(dst []byte, ms uint64) []byte {
	if s := ms/1000 + 1; s != c.second {
		c.second = s
		c.text = start.Add(time.Duration(s-1)*time.Second).AppendFormat(c.text[:0], "2006-01-02 15:04:05.")
	}
	ms %= 1000
	return append(append(dst, c.text...), '0'+byte(ms/100), '0'+byte(ms/10%10), '0'+byte(ms%10))
}
