// Package webhook is the connector of rows that are posted to a URL: TYPE Webhook.
package webhook

import (
	"context"
	"fmt"
	nethttp "net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/request"
)

// connector knows how to wait; tests have it wait in another way.
type connector struct {
	sleep func(ctx context.Context, d time.Duration) error
	tick  func(d time.Duration) (ticks <-chan time.Time, stop func())
	// lastTries is how long a body is tried once the run is to stop.
	lastTries time.Duration
}

// New returns the connector of TYPE Webhook.
func New() vexec.Connector {
	return &connector{
		sleep: func(ctx context.Context, d time.Duration) error {
			t := time.NewTimer(d)
			defer t.Stop()
			select {
			case <-t.C:
				return nil
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		},
		tick: func(d time.Duration) (<-chan time.Time, func()) {
			t := time.NewTicker(d)
			return t.C, t.Stop
		},
		lastTries: lastTries,
	}
}

// Spec describes the connector.
func (*connector) Spec() *ir.ConnectorSpec {
	return &ir.ConnectorSpec{
		Name:    "webhook",
		Summary: "Rows that are posted to a URL in batches, as NDJSON or a JSON array, again and again until they are taken.",
		Sink:    true,
		Options: options(),
		Examples: []string{
			"CREATE MAPPING alerts (sensor VARCHAR, ts TIMESTAMP(3), value DOUBLE) TYPE Webhook OPTIONS ('url'='https://alerts.example.org/in', 'batch.rows'='100')",
		},
	}
}

func options() []ir.OptionSpec {
	return []ir.OptionSpec{
		{Name: "url", Type: ir.OptionString, Required: true, Secret: true, Example: "https://alerts.example.org/in", Doc: "Where the rows are posted to. Redirects are not followed."},
		{Name: "token", Type: ir.OptionString, Secret: true, Doc: "What is sent as Authorization: Bearer."},
		{Name: "headers", Type: ir.OptionString, Secret: true, Example: "X-Team: sensors; X-Key: abc", Doc: "Other headers, between semicolons."},
		{Name: "format", Type: ir.OptionEnum, Values: []string{"ndjson", "json"}, Default: "ndjson", Example: "json", Doc: "What a body is: a line for each row, or one JSON array of them."},
		{Name: "batch.rows", Type: ir.OptionInt, Default: "1000", Doc: "The most rows of one request."},
		{Name: "batch.bytes", Type: ir.OptionBytes, Default: "1MB", Doc: "About the most bytes of one request."},
		{Name: "batch.interval", Type: ir.OptionDuration, Default: "1s", Doc: "How long a row may wait for others. In a run with checkpoints rows are posted once a checkpoint holds them."},
		{Name: "timeout", Type: ir.OptionDuration, Default: "30s", Doc: "How long a request may take, answer included."},
		{Name: "retries", Type: ir.OptionInt, Default: "10", Doc: "How often a request is sent again after no answer, 408, 409, 425, 429 or 5xx; then the run fails. Other answers but 2xx fail it at once."},
		{Name: "retry.delay", Type: ir.OptionDuration, Default: "500ms", Doc: "How long to wait before the first time; then twice as long each time, up to 'retry.max-delay', unless the answer has Retry-After."},
		{Name: "retry.max-delay", Type: ir.OptionDuration, Default: "30s", Doc: "The longest wait between two tries."},
	}
}

// settings are a table's options, parsed.
type settings struct {
	name     string
	url      *url.URL
	header   nethttp.Header
	secrets  request.Secrets // what no message shows of the header and the URL
	array    bool
	rows     int
	bytes    int64
	interval time.Duration
	timeout  time.Duration
	retries  int
	delay    time.Duration
	maxDelay time.Duration
}

func settingsOf(t *ir.Table) (*settings, error) {
	s := &settings{name: t.Name, array: t.Options["format"] == "json"}
	var err error
	bad := func(option, reason string) {
		if err == nil {
			err = &ir.OptionError{Option: option, Reason: reason}
		}
	}
	number := func(name string, least, most int) int {
		n, nerr := strconv.Atoi(value(t, name))
		if nerr != nil || n < least || n > most {
			bad(name, fmt.Sprintf("is a number from %d to %d; '%s' is not", least, most, value(t, name)))
		}
		return n
	}
	span := func(name string) time.Duration {
		d, ok := ir.OptionSpan(value(t, name))
		if !ok || d <= 0 || d > 24*time.Hour {
			bad(name, fmt.Sprintf("is a span of time such as 5s, up to a day; '%s' is not", value(t, name)))
		}
		return d
	}
	s.rows, s.retries = number("batch.rows", 1, 1_000_000), number("retries", 0, 1000)
	s.interval, s.timeout, s.delay, s.maxDelay = span("batch.interval"), span("timeout"), span("retry.delay"), span("retry.max-delay")
	var ok bool
	if s.bytes, ok = ir.OptionSize(value(t, "batch.bytes")); !ok || s.bytes < 1 || s.bytes > 1<<30 {
		bad("batch.bytes", "is a number of bytes from 1 to 1 GB")
	}
	if err != nil {
		return nil, err
	}
	return s, s.target(t)
}

// value is an option's value or its default.
func value(t *ir.Table, name string) string {
	if v, ok := t.Options[name]; ok {
		return v
	}
	for _, o := range options() {
		if o.Name == name {
			return o.Default
		}
	}
	return ""
}

// target reads the URL and the headers. Their values stand in no message.
func (s *settings) target(t *ir.Table) error {
	u, err := url.Parse(t.Options["url"])
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return &ir.OptionError{Option: "url", Reason: "is no URL that begins with https:// or http://"}
	}
	s.url = u
	if s.header, err = request.Headers(t); err != nil {
		return err
	}
	if (len(s.header) > 0 || u.User != nil) && request.Open(u) {
		return &ir.OptionError{Option: "url", Reason: "would send the token and headers in the clear: use https://"}
	}
	s.secrets = request.SecretsOf(s.header, u)
	s.header.Set("Content-Type", map[bool]string{false: "application/x-ndjson", true: "application/json"}[s.array])
	return nil
}

// Check refuses options that make no sense.
func (*connector) Check(t *ir.Table, _ bool) error {
	_, err := settingsOf(t)
	return err
}

// Infer fails: rows are only posted.
func (*connector) Infer(context.Context, *ir.Table) ([]ir.Column, error) {
	return nil, fmt.Errorf("rows that are posted have the columns that you give them")
}

// Bounded is true.
func (*connector) Bounded(*ir.Table) bool { return true }

// Source fails: rows are only posted.
func (*connector) Source(t *ir.Table) (vexec.Source, error) {
	return nil, fmt.Errorf("%s: TYPE Webhook posts rows; to take rows from clients use TYPE Http", t.Name)
}

// Sink returns a sink that posts rows.
func (c *connector) Sink(t *ir.Table) (vexec.Sink, error) {
	s, err := settingsOf(t)
	if err != nil {
		return nil, err
	}
	return &sink{c: c, set: s, client: newClient(s)}, nil
}
