// Package rest is the connector of rows that a web service gives for a key: TYPE Rest. Joins
// ask it, with a GET for each key.
package rest

import (
	"context"
	"fmt"
	nethttp "net/http"
	"strings"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/ndjson"
	"github.com/helios-stream/helios/vexec/connect/request"
)

type connector struct{}

// New returns the connector of TYPE Rest.
func New() vexec.Connector { return connector{} }

// Spec describes the connector.
func (connector) Spec() *ir.ConnectorSpec {
	return &ir.ConnectorSpec{
		Name:    "rest",
		Aliases: []string{"rest-lookup"},
		Summary: "Rows that a web service gives as JSON for a key, for joins: a GET for each key, whose answer is kept in a cache.",
		Source:  true,
		ByKey:   true,
		Options: append(options(), vexec.LookupOptions()...),
		Examples: []string{
			"CREATE MAPPING users (id BIGINT, name VARCHAR, plan VARCHAR)\nTYPE Rest OPTIONS ('url'='https://api.example.org/users/{id}', 'lookup.cache.ttl'='10 min')",
		},
	}
}

func options() []ir.OptionSpec {
	return []ir.OptionSpec{
		{Name: "url", Type: ir.OptionString, Required: true, Example: "https://api.example.org/{country}/users?id={id}",
			Doc: "What is asked for, with the columns of the key in braces, in its path or behind the question mark. Their values are escaped. The columns have the values that were asked for, whatever the answer says."},
		{Name: "token", Type: ir.OptionString, Secret: true, Doc: "What is sent as Authorization: Bearer."},
		{Name: "headers", Type: ir.OptionString, Secret: true, Example: "X-Team: sensors; X-Key: abc", Doc: "Other headers, between semicolons."},
		{Name: "answer.path", Type: ir.OptionString, Example: "data.items",
			Doc: "Where the rows stand in the answer: the names of objects in one another, between dots. By default the answer itself is an object, a row, or an array of them. No row is 404, 410, 204, an empty body, null or an empty array."},
		{Name: "max.answer", Type: ir.OptionBytes, Default: "1MB", Doc: "The largest answer; a larger one is none."},
	}
}

// maxAnswer is the most that 'max.answer' may be.
const maxAnswer = 1 << 30

// settings are a table's options, parsed.
type settings struct {
	url    *template
	header nethttp.Header
	path   []string // of the answer
	most   int64    // bytes of it
	// secrets are values of header as messages may quote them.
	secrets request.Secrets
	times   vexec.LookupTimes
}

func settingsOf(t *ir.Table) (*settings, error) {
	s := &settings{most: 1 << 20}
	var err error
	if s.times, err = vexec.LookupTimesOf(t); err != nil {
		return nil, err
	}
	if text, given := t.Options["max.answer"]; given {
		n, ok := ir.OptionSize(text)
		if !ok || n < 1 || n > maxAnswer {
			return nil, &ir.OptionError{Option: "max.answer", Reason: fmt.Sprintf("is a number of bytes from 1 to 1 GB; '%s' is not", text)}
		}
		s.most = n
	}
	if path := t.Options["answer.path"]; path != "" {
		s.path = strings.Split(path, ".")
	}
	if s.url, err = parseTemplate(t.Options["url"]); err != nil {
		return nil, err
	}
	return s, s.headers(t)
}

// headers reads the headers. Their values stand in no message.
func (s *settings) headers(t *ir.Table) error {
	var err error
	if s.header, err = request.Headers(t); err != nil {
		return err
	}
	if len(s.header) > 0 && request.Open(s.url.base) {
		return &ir.OptionError{Option: "url", Reason: "would send the token and headers in the clear: use https://"}
	}
	s.secrets = request.SecretsOf(s.header, s.url.sample)
	if s.header.Get("Accept") == "" {
		s.header.Set("Accept", "application/json")
	}
	return nil
}

// Check refuses options that make no sense and columns that JSON cannot hold.
func (connector) Check(t *ir.Table, _ bool) error {
	s, err := settingsOf(t)
	if err != nil {
		return err
	}
	for _, c := range t.Physical().Cols {
		if err := ndjson.Check(&c); err != nil {
			return err
		}
	}
	return vexec.CheckLookupKey(t, s.url.columns)
}

// Infer fails: nothing is known before something is asked for.
func (connector) Infer(context.Context, *ir.Table) ([]ir.Column, error) {
	return nil, fmt.Errorf("what the answers hold is said by the columns")
}

// Bounded is false: there may be other rows whenever it is asked.
func (connector) Bounded(*ir.Table) bool { return false }

// Source fails: rows are found by key alone.
func (connector) Source(t *ir.Table) (vexec.Source, error) {
	return nil, fmt.Errorf("%s: a web service is asked by key, and cannot be read", t.Name)
}

// Sink fails: rows are only asked for.
func (connector) Sink(t *ir.Table) (vexec.Sink, error) {
	return nil, fmt.Errorf("%s: TYPE Rest asks for rows; to post rows use TYPE Webhook", t.Name)
}

// LookupKey is the columns of the URL.
func (connector) LookupKey(t *ir.Table) []string {
	u, err := parseTemplate(t.Options["url"])
	if err != nil {
		return nil // Check has refused it
	}
	return u.columns
}

// Lookup returns what asks the service.
func (connector) Lookup(t *ir.Table) (vexec.Lookup, error) {
	s, err := settingsOf(t)
	if err != nil {
		return nil, err
	}
	return &lookup{set: s, client: newClient(s)}, nil
}
