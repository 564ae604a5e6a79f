package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/helios-stream/helios"
)

// progressLine is the last line of a terminal while a run is on: drawn over itself,
// erased before anything else is written there, and gone at the end.
type progressLine struct {
	mu    sync.Mutex
	w     io.Writer
	width func() int // columns of the terminal now
	shown bool
	ended bool
	speed speed
}

// showsProgress reports whether stderr is a terminal that a line can be redrawn on.
func showsProgress() bool {
	kind := os.Getenv("TERM")
	return isTerminal(os.Stderr) && kind != "dumb" && kind != ""
}

// under returns w for writes that may land on the line's terminal.
func (p *progressLine) under(w io.Writer) io.Writer { return &beside{w, p} }

type beside struct {
	w io.Writer
	p *progressLine
}

// Write erases the line first. It is drawn again when there is more to say.
func (b *beside) Write(text []byte) (int, error) {
	b.p.mu.Lock()
	defer b.p.mu.Unlock()
	b.p.erase()
	return b.w.Write(text)
}

func (p *progressLine) erase() {
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.shown = false
	}
}

// draw shows how far the run is, at so long after its start.
func (p *progressLine) draw(at time.Duration, now helios.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.speed.add(at, now)
	if p.ended {
		return
	}
	fmt.Fprintf(p.w, "\r%s\x1b[K", p.speed.text(now, p.width()-1))
	p.shown = true
}

// end erases the line for good.
func (p *progressLine) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.erase()
	p.ended = true
}

// speed is the rows and bytes of about the last three seconds.
type speed struct{ past []moment }

type moment struct {
	at          time.Duration
	rows, bytes int64
}

const speedWindow = 3 * time.Second

func (s *speed) add(at time.Duration, p helios.Progress) {
	s.past = append(s.past, moment{at, p.Rows, p.Bytes})
	for len(s.past) > 2 && at-s.past[1].at >= speedWindow {
		s.past = s.past[1:]
	}
}

// perSecond is 0 where there is nothing to tell it by.
func (s *speed) perSecond() (rows, bytes float64) {
	if len(s.past) < 2 {
		return 0, 0
	}
	a, b := s.past[0], s.past[len(s.past)-1]
	d := (b.at - a.at).Seconds()
	if d <= 0 {
		return 0, 0
	}
	return float64(b.rows-a.rows) / d, float64(b.bytes-a.bytes) / d
}

// text is the line, without the parts at its end that do not fit into the width.
func (s *speed) text(p helios.Progress, width int) string {
	rows, bytes := s.perSecond()
	parts := []string{plural(p.Rows, "row"), short(rows) + " rows/s"}
	if p.Loading != "" {
		parts[0] = "reading " + printable(p.Loading) + "  " + parts[0]
	}
	switch {
	case p.Loading == "" && p.Unbounded && !p.Time.IsZero():
		parts = append(parts, "event time "+p.Time.Format("2006-01-02 15:04:05"))
	case (p.Loading != "" || !p.Unbounded) && p.Total > 0:
		share := min(float64(p.Bytes)/float64(p.Total), 1)
		parts = append(parts, fmt.Sprintf("%.0f%%", 100*share))
		if left := float64(p.Total - p.Bytes); bytes > 0 && left > 0 {
			parts = append(parts, timeLeft(left/bytes)+" left")
		}
		parts = append(parts, size(p.Bytes)+" of "+size(p.Total))
	}
	for n := len(parts); n > 0; n-- {
		if line := strings.Join(parts[:n], "  "); len(line) <= width {
			return line
		}
	}
	return ""
}

// timeLeft is so many seconds in their two greatest units.
func timeLeft(seconds float64) string {
	switch s := int64(seconds + 0.5); {
	case s < 60:
		return fmt.Sprintf("%ds", s)
	case s < 3600:
		return fmt.Sprintf("%dm%02ds", s/60, s%60)
	case s < 100*3600:
		return fmt.Sprintf("%dh%02dm", s/3600, s/60%60)
	default:
		return fmt.Sprintf("%d days", s/86400)
	}
}

// short is a rate with three digits: 950, 1.23M.
func short(n float64) string {
	for _, unit := range []string{"", "k", "M"} {
		if n < 999.5 {
			return digits3(n) + unit
		}
		n /= 1000
	}
	return digits3(n) + "G"
}

// size is bytes with three digits, counted by 1024 as --memory does.
func size(bytes int64) string {
	n := float64(bytes)
	for _, unit := range []string{" B", " KB", " MB", " GB"} {
		if n < 1023.5 {
			return digits3(n) + unit
		}
		n /= 1024
	}
	return digits3(n) + " TB"
}

func digits3(n float64) string {
	switch {
	case n >= 99.95 || n == float64(int64(n)):
		return fmt.Sprintf("%.0f", n)
	case n >= 9.995:
		return fmt.Sprintf("%.1f", n)
	}
	return fmt.Sprintf("%.2f", n)
}
