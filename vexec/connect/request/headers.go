// Package request is what connectors that send HTTP requests have in common: the headers of their
// options, which no message shows, and what a service says when it refuses.
package request

import (
	"net"
	nethttp "net/http"
	"net/url"
	"strings"

	"github.com/helios-stream/helios/ir"
)

// Headers reads the options 'headers' (Name: value, between semicolons) and 'token' (sent as
// Authorization: Bearer). Its errors do not show their values.
func Headers(t *ir.Table) (nethttp.Header, error) {
	header := nethttp.Header{}
	for _, h := range strings.Split(t.Options["headers"], ";") {
		if strings.TrimSpace(h) == "" {
			continue
		}
		k, v, ok := strings.Cut(h, ":")
		k, v = strings.TrimSpace(k), strings.TrimSpace(v)
		if !ok || !isToken(k) || strings.ContainsFunc(v, func(c rune) bool { return c < ' ' || c == 0x7F }) {
			return nil, &ir.OptionError{Option: "headers", Reason: "are Name: value, between semicolons; one of the headers given is not"}
		}
		header.Add(k, v)
	}
	token := t.Options["token"]
	if strings.ContainsFunc(token, func(c rune) bool { return c <= ' ' || c == 0x7F }) {
		return nil, &ir.OptionError{Option: "token", Reason: "holds a space or a control character"}
	}
	if token != "" {
		header.Set("Authorization", "Bearer "+token)
	}
	return header, nil
}

// isToken reports whether a header may be called so.
func isToken(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(c rune) bool {
		return c <= ' ' || c >= 0x7F || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, c)
	})
}

// Open reports whether others can read what is sent to a URL: by http to another machine.
func Open(u *url.URL) bool {
	host := u.Hostname()
	ip := net.ParseIP(host)
	return u.Scheme == "http" && host != "localhost" && (ip == nil || !ip.IsLoopback())
}
