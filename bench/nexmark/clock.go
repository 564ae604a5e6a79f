package nexmark

import "time"

// start is the event time of event 0.
var start = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

// Clock prints event times. It keeps the text of the last second, so it is for one
// goroutine; the zero Clock is ready.
type Clock struct {
	second uint64 // after start, plus one; 0: none yet
	text   []byte // YYYY-MM-DD HH:MM:SS.
}

// field appends before and the time at ms milliseconds after the start, as
// 'YYYY-MM-DD HH:MM:SS.fff' with the closing quote.
func (c *Clock) field(dst []byte, before string, ms uint64) []byte {
	if s := ms/1000 + 1; s != c.second {
		c.second = s
		c.text = start.Add(time.Duration(s-1)*time.Second).AppendFormat(c.text[:0], "2006-01-02 15:04:05.")
	}
	dst = append(append(dst, before...), c.text...)
	return append(digits(dst, ms%1000, 3), '"')
}

// digits appends v with leading zeros, n digits in all.
func digits(dst []byte, v uint64, n int) []byte {
	var buf [20]byte
	for i := n - 1; i >= 0; i-- {
		buf[i] = '0' + byte(v%10)
		v /= 10
	}
	return append(dst, buf[:n]...)
}
