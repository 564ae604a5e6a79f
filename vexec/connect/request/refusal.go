package request

import (
	nethttp "net/http"
	"strconv"
	"strings"
	"time"
)

// MaxSaid is the most of a refusal that is worth reading, in bytes.
const MaxSaid = 4 << 10

// Said is what a service says of a refusal, as the end of a message.
func Said(text []byte) string {
	const most = 200
	clean := strings.TrimSpace(strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7F || c == '\uFFFD' {
			return ' '
		}
		return c
	}, string(text)))
	if r := []rune(clean); len(r) > most {
		clean = string(r[:most]) + "..."
	}
	if clean == "" {
		return ""
	}
	return ": " + clean
}

// RetryAfter reads the header Retry-After: seconds or a date; 0: neither.
func RetryAfter(h nethttp.Header) time.Duration {
	v := h.Get("Retry-After")
	if s, err := strconv.Atoi(strings.TrimSpace(v)); err == nil && s > 0 {
		return time.Duration(min(s, 1e6)) * time.Second
	}
	if at, err := nethttp.ParseTime(v); err == nil {
		return max(time.Until(at), 0)
	}
	return 0
}
