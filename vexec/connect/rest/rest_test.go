package rest

import (
	"context"
	"fmt"
	nethttp "net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"strings"
	"sync"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// usersTable is a table that is asked by its first column.
func usersTable(target string) *ir.Table {
	t := &ir.Table{Name: "users", Connector: "rest", Options: map[string]string{"url": target}}
	for _, c := range []ir.Column{{Name: "id", Type: ir.TVarchar}, {Name: "name", Type: ir.TVarchar}, {Name: "n", Type: ir.TBigInt}} {
		t.Cols = append(t.Cols, ir.TableColumn{Column: c})
	}
	return t
}

// opened is a lookup of the columns.
func opened(t testing.TB, table *ir.Table, cols []int, keys ...int) vexec.Lookup {
	t.Helper()
	l, err := New().(vexec.Looker).Lookup(table)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Open(context.Background(), &vexec.LookupContext{Table: table, Cols: cols, Schema: table.Physical().Select(cols), Keys: keys}); err != nil {
		t.Fatal(err)
	}
	return l
}

// keyBatch is one key.
func keyBatch(key string) *vexec.Batch {
	b := &vexec.Batch{Part: -1}
	b.Reset(&ir.Schema{Cols: []ir.Column{{Name: "id", Type: ir.TVarchar}}})
	b.Rows = 1
	b.Cols[0].Reset(ir.TVarchar, 1)
	b.Cols[0].SetBytes(0, []byte(key))
	return b
}

// Several goroutines ask at once, and none sees what another got.
func TestFindAtOnce(t *testing.T) {
	s := httptest.NewServer(nethttp.HandlerFunc(func(w nethttp.ResponseWriter, r *nethttp.Request) {
		key := path.Base(r.URL.Path)
		fmt.Fprintf(w, `[{"name": "the long name of %s", "n": %d}, {"name": "%s"}]`, key, len(key), key)
	}))
	defer s.Close()
	for _, cols := range [][]int{{0, 1, 2}, {2, 0, 1}, {0}} {
		key := 0
		for i, c := range cols {
			if c == 0 {
				key = i
			}
		}
		l := opened(t, usersTable(s.URL+"/u/{id}"), cols, key)
		var wg sync.WaitGroup
		for task := range 8 {
			wg.Go(func() {
				for i := range 20 {
					id := strings.Repeat("x", 1+(task*7+i)%30)
					out := &vexec.Batch{}
					out.Reset(usersTable("").Physical().Select(cols))
					if err := l.Find(context.Background(), keyBatch(id), out); err != nil {
						t.Error(err)
						return
					}
					if out.Rows != 2 {
						t.Errorf("%d rows", out.Rows)
					}
					for r, want := range [][]ir.Value{{id, "the long name of " + id, int64(len(id))}, {id, id, nil}} {
						got := out.Values(r)
						for i, c := range cols {
							if got[i] != want[c] {
								t.Errorf("row %d: %v, want %v", r, got, want)
							}
						}
					}
				}
			})
		}
		wg.Wait()
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
}

// FuzzAnswer: an answer is rows or an error in words, whatever it holds, and so is the next one.
func FuzzAnswer(f *testing.F) {
	for _, text := range []string{"", "null", "[]", `{"name":"a","n":1}`, "[{\"n\":1},\n{\"n\":null}]", `{"data":{"items":[{"name":"x"}]}}`, `{"name":`, `[{"n":"x"}]`, "[[]]", `"x"`, "{\"name\":\"a\u2028b\"}", `{"n":1e400}`, `{"data":[]}`, "\xff", `[{}]`} {
		f.Add([]byte(text), "data.items")
		f.Add([]byte(text), "")
	}
	l := opened(f, usersTable("http://127.0.0.1:1/{id}"), []int{0, 1, 2}, 0).(*lookup)
	f.Fuzz(func(t *testing.T, body []byte, at string) {
		a, err := l.answer()
		if err != nil {
			t.Fatal(err)
		}
		defer l.pool.Put(a)
		var names []string
		if at != "" {
			names = strings.Split(at, ".")
		}
		if err := a.read(body, names); err == nil && a.rows != a.batch.Rows {
			t.Errorf("%q has %d rows, of which there are %d", body, a.rows, a.batch.Rows)
		}
		if err := a.read([]byte(`{"name":"a text of more than twelve bytes","n":7}`), nil); err != nil || a.rows != 1 || a.batch.Values(0)[1] != int64(7) {
			t.Errorf("behind %q: %v", body, err)
		}
	})
}

// FuzzTemplate: no value of a key leads to another host or out of its place in the path.
func FuzzTemplate(f *testing.F) {
	for _, key := range []string{"42", "a/b", "..", ".", "?x=1", "#", "%2e%2e", "@evil.example", "\\", "ü", "\x00", " ", "{id}", "//evil.example/"} {
		f.Add(key)
	}
	tpl, err := parseTemplate("https://api.example.org/a/{id}/b?q={id}&r=1")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, key string) {
		text, err := tpl.fill(keyBatch(key))
		if err != nil {
			if key != "" {
				t.Errorf("%q: %v", key, err)
			}
			return
		}
		u, err := url.Parse(text)
		if err != nil {
			t.Fatalf("%q makes %q: %v", key, text, err)
		}
		if u.Host != "api.example.org" || u.User != nil || u.Path != "/a/"+key+"/b" || strings.Count(u.EscapedPath(), "/") != 3 || u.Query().Get("q") != key || u.Query().Get("r") != "1" {
			t.Errorf("%q leads to %q", key, text)
		}
		if segment := strings.Split(u.EscapedPath(), "/")[2]; segment == "." || segment == ".." {
			t.Errorf("%q stands in the path as it is", key)
		}
	})
}
