package rest

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// template is a URL with holes for the values of columns.
type template struct {
	texts   []string // around the holes: one more than those
	holes   []hole
	columns []string // each once, in the order of the holes
	base    *url.URL // without what stands behind the host
	sample  *url.URL // with something in its holes
}

type hole struct {
	column int // of columns
	query  bool
}

func badURL(format string, args ...any) error {
	return &ir.OptionError{Option: "url", Reason: fmt.Sprintf(format, args...)}
}

// parseTemplate reads a URL. The error is an *ir.OptionError that does not show it.
func parseTemplate(text string) (*template, error) {
	t := &template{}
	rest, query := text, false
	for {
		before, behind, found := strings.Cut(rest, "{")
		if strings.Contains(before, "}") {
			return nil, badURL("has a } without a {; columns stand in braces, as in /users/{id}")
		}
		query = query || strings.Contains(before, "?")
		t.texts = append(t.texts, before)
		if !found {
			break
		}
		name, after, closed := strings.Cut(behind, "}")
		if !closed || name == "" || strings.Contains(name, "{") {
			return nil, badURL("has a { without the name of a column and a }, as in /users/{id}")
		}
		at := slices.Index(t.columns, name)
		if at < 0 {
			at = len(t.columns)
			t.columns = append(t.columns, name)
		}
		t.holes = append(t.holes, hole{at, query})
		rest = after
	}
	return t, t.check()
}

// check parses the URL with something in its holes.
func (t *template) check() error {
	u, err := url.Parse(strings.Join(t.texts, "x"))
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return badURL("is no URL that begins with https:// or http://")
	case len(t.columns) == 0:
		return badURL("names no column: write those of the key in braces, as in /users/{id}")
	case !strings.HasPrefix(t.texts[0], u.Scheme+"://"+u.Host+"/") && !strings.HasPrefix(t.texts[0], u.Scheme+"://"+u.Host+"?"):
		if u.User != nil {
			return badURL("holds a user and a password: put them into 'headers' or 'token'")
		}
		return badURL("has a column in its host; columns stand in the path or behind the question mark")
	case u.Fragment != "" || strings.Contains(strings.Join(t.texts, ""), "#"):
		return badURL("has a #, and what stands behind that is never sent")
	}
	t.sample, t.base = u, &url.URL{Scheme: u.Scheme, Host: u.Host}
	return nil
}

// place is what messages call the service: what stands behind the host may hold secrets.
func (t *template) place() string { return t.base.String() }

// fill is the URL of a key, whose values are the first row of keys.
func (t *template) fill(keys *vexec.Batch) (string, error) {
	row := keys.Values(0)
	var b strings.Builder
	b.WriteString(t.texts[0])
	for i, h := range t.holes {
		text := ir.FormatValue(row[h.column], keys.Schema.Cols[h.column].Type)
		switch {
		case h.query:
			b.WriteString(url.QueryEscape(text))
		case text == "":
			return "", fmt.Errorf("`%s` is an empty text, and cannot stand in the path of a URL", t.columns[h.column])
		case text == "." || text == "..": // as they stand they would lead elsewhere
			b.WriteString(strings.ReplaceAll(text, ".", "%2E"))
		default:
			b.WriteString(url.PathEscape(text))
		}
		b.WriteString(t.texts[i+1])
	}
	return b.String(), nil
}
