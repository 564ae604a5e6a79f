package ir

// MaxSpan bounds sizes of windows and lags of watermarks, in microseconds, so that
// event times and spans can be added: a million days.
const MaxSpan = 1_000_000 * 86_400_000_000

// Bounds of a window's cost.
const (
	maxWindowsPerRow  = 100_000
	maxPanesPerWindow = 1_000_000
)

// Keyed reports whether the windows depend on the rows of a key, not on each row alone.
func (w Window) Keyed() bool { return w.Kind == Session || w.Kind == CountRows }

// TakesZone reports whether the windows can be those of a clock in a time zone: they are of
// whole days. Shorter ones are counted in UTC.
func (w Window) TakesZone() bool {
	return !w.Keyed() && w.Size%day == 0
}

const day = 86_400_000_000

// PerRow is how many windows a row is in at most.
func (w Window) PerRow() int64 { return (w.Size + w.Slide - 1) / w.Slide }

// Panes is how many panes a window is made of: what a row and a window share at least.
func (w Window) Panes() int64 { return w.Size / gcd(w.Size, w.Slide) }

// Period is the time after which the starts of windows repeat: offsets count up to it.
func (w Window) Period() int64 {
	if w.Kind == Cumulate {
		return w.Size
	}
	return w.Slide
}

// Affordable reports whether rows are in so few windows of so few panes that they can
// be computed. Size and Slide are greater than 0.
func (w Window) Affordable() bool {
	if w.Keyed() {
		return w.Panes() <= maxPanesPerWindow
	}
	return w.Size/w.Slide <= maxWindowsPerRow && w.Panes() <= maxPanesPerWindow
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
