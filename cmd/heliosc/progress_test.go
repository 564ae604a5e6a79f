package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/helios-stream/helios"
)

func TestProgressText(t *testing.T) {
	f := func(width int, want string, steps ...helios.Progress) {
		t.Helper()
		var s speed
		for i, p := range steps {
			s.add(time.Duration(i)*time.Second, p)
		}
		if got := s.text(steps[len(steps)-1], width); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	half := []helios.Progress{{Rows: 0, Total: 4 << 30}, {Rows: 2_500_000, Bytes: 1 << 30, Total: 4 << 30}}
	f(200, "2,500,000 rows  2.50M rows/s  25%  3s left  1 GB of 4 GB", half...)
	f(52, "2,500,000 rows  2.50M rows/s  25%  3s left", half...)
	f(20, "2,500,000 rows", half...)
	f(5, "", half...)
	f(80, "1 row  0 rows/s", helios.Progress{Rows: 1})
	f(80, "10 rows  0 rows/s  100%  12 B of 10 B", helios.Progress{Rows: 10, Bytes: 12, Total: 10})
	at := time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)
	f(80, "1,500 rows  467 rows/s  event time 2024-01-02 03:04:05",
		helios.Progress{}, helios.Progress{Rows: 100}, helios.Progress{Rows: 500}, helios.Progress{Rows: 1000}, helios.Progress{Rows: 1500, Unbounded: true, Time: at})
}

func TestTimeLeft(t *testing.T) {
	for seconds, want := range map[float64]string{0.2: "0s", 59.4: "59s", 59.6: "1m00s", 3599: "59m59s", 7260: "2h01m", 1e6: "11 days"} {
		if got := timeLeft(seconds); got != want {
			t.Errorf("%v: %s, want %s", seconds, got, want)
		}
	}
}

// What is written on the line's terminal never stands on the line, and nothing is left
// of it at the end.
func TestProgressLine(t *testing.T) {
	var tty bytes.Buffer
	p := &progressLine{w: &tty, width: func() int { return 80 }}
	out := p.under(&tty)
	write := func(text string) {
		if _, err := out.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	write("a\n")
	p.draw(time.Second, helios.Progress{Rows: 1})
	write("b\n")
	write("c\n")
	p.draw(2*time.Second, helios.Progress{Rows: 2})
	p.draw(3*time.Second, helios.Progress{Rows: 3})
	p.end()
	p.draw(4*time.Second, helios.Progress{Rows: 4})
	write("d\n")
	const erased = "\r\x1b[K"
	got := tty.String()
	want := "a\n\r1 row  0 rows/s\x1b[K" + erased + "b\nc\n" + "\r2 rows  1 rows/s\x1b[K\r3 rows  1 rows/s\x1b[K" + erased + "d\n"
	if got != want {
		t.Errorf("%q\nwant %q", got, want)
	}
	if strings.Contains(got, "4 rows") {
		t.Error("the line is drawn after its end")
	}
}

// A terminal that does not know its width, like that of script(1), has the usual one.
func TestTerminalWithoutWidth(t *testing.T) {
	tty, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil || !isTerminal(tty) {
		t.Skip("there are no pseudo terminals:", err)
	}
	defer tty.Close()
	if w := terminalWidth(tty); w != usualWidth {
		t.Errorf("%d columns", w)
	}
}
