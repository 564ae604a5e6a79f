package helios_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/helios-stream/helios"
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/run"
)

// lookupRun is a query over rows (n, k) and what became of it.
type lookupRun struct {
	dir  string
	rows []string // of the SELECT, as JSON, sorted
	bad  []string // reasons of dead letters, sorted
	run.LookupStats
	err error
}

// lookUp runs a query over rows with the keys, 0 is NULL; mapping has further options of e.
func lookUp(t *testing.T, keys []int, options, text string, o helios.Options) *lookupRun {
	t.Helper()
	r := &lookupRun{dir: t.TempDir()}
	var in strings.Builder
	for i, k := range keys {
		if k == 0 {
			fmt.Fprintf(&in, "{\"n\":%d}\n", i)
		} else {
			fmt.Fprintf(&in, "{\"n\":%d,\"k\":%d}\n", i, k)
		}
	}
	if err := os.WriteFile(filepath.Join(r.dir, "e.ndjson"), []byte(in.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	text = "CREATE MAPPING e (n BIGINT, k BIGINT) TYPE File OPTIONS ('path'='e.ndjson'" + options + ");\n" + text
	o.OutputFile, o.DeadLetters = filepath.Join(r.dir, "out.ndjson"), filepath.Join(r.dir, "bad.ndjson")
	q, err := helios.Compile(context.Background(), []helios.File{{Name: "q.sql", Text: text, Dir: r.dir}}, o)
	if err != nil {
		t.Fatal(err)
	}
	s, err := q.Run(context.Background())
	r.err = err
	if err != nil {
		return r
	}
	if err := s.Run.Balanced(); err != nil {
		t.Error(err)
	}
	r.rows = linesOf(t, o.OutputFile)
	for _, l := range linesOf(t, o.DeadLetters) {
		var letter struct{ Reason string }
		if err := json.Unmarshal([]byte(l), &letter); err != nil {
			t.Fatal(err)
		}
		r.bad = append(r.bad, letter.Reason)
	}
	slices.Sort(r.bad)
	for _, st := range s.Run.Stages {
		for _, op := range st.Ops {
			if op.Lookup != nil {
				r.LookupStats = *op.Lookup
			}
		}
	}
	return r
}

func linesOf(t *testing.T, name string) []string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	slices.Sort(lines)
	if len(text) == 0 {
		return nil
	}
	return lines
}

func wantLines(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s: got\n  %s\nwant\n  %s", what, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// namesOf is a function that knows names of even keys, two of those that four divides.
func namesOf(calls *[][]ir.Value, mu *sync.Mutex) helios.LookupFunc {
	return func(_ context.Context, keys [][]ir.Value) (rows [][]ir.Value, _ error) {
		mu.Lock()
		defer mu.Unlock()
		for _, k := range keys {
			*calls = append(*calls, k)
			id := k[0].(int64)
			if id%2 == 0 {
				rows = append(rows, []ir.Value{id, fmt.Sprintf("a name that is long enough %d", id)})
			}
			if id%4 == 0 {
				rows = append(rows, []ir.Value{id, nil}, []ir.Value{id + 1000, "of another key"})
			}
		}
		return rows, nil
	}
}

// A function of the program is asked once for each key that the cache does not have, and what
// comes out does not depend on how the query is run.
func TestLookupByFunction(t *testing.T) {
	var keys []int
	for i := range 400 {
		keys = append(keys, i%25)
	}
	const query = "CREATE MAPPING names (id BIGINT, name VARCHAR, PRIMARY KEY (id) NOT ENFORCED) TYPE Function OPTIONS ('max.keys'='4', 'lookup.cache.rows'='%d');\n" +
		"SELECT e.n, e.k, names.name FROM e LEFT JOIN names ON names.id = e.k"
	var want []string
	for n, k := range keys {
		name, key := "null", strconv.Itoa(k)
		switch {
		case k == 0:
			key = "null"
		case k%2 == 0:
			name = fmt.Sprintf("%q", fmt.Sprintf("a name that is long enough %d", k))
		}
		want = append(want, fmt.Sprintf(`{"n":%d,"k":%s,"name":%s}`, n, key, name))
		if k > 0 && k%4 == 0 {
			want = append(want, fmt.Sprintf(`{"n":%d,"k":%d,"name":null}`, n, k))
		}
	}
	for _, cache := range []int{0, 1, 3, 1000} {
		for _, way := range []helios.Options{{Parallelism: 1}, {Parallelism: 4, BatchRows: 7}, {Parallelism: 2, BatchRows: 1}} {
			var mu sync.Mutex
			var calls [][]ir.Value
			way.Lookups = map[string]helios.LookupFunc{"names": namesOf(&calls, &mu)}
			r := lookUp(t, keys, "", fmt.Sprintf(query, cache), way)
			if r.err != nil {
				t.Fatal(r.err)
			}
			name := fmt.Sprintf("cache %d, %d tasks, batches of %d", cache, way.Parallelism, way.BatchRows)
			wantLines(t, name, r.rows, slices.Clone(want)...)
			if int64(len(calls)) != r.Misses || r.Rows > int64(cache) {
				t.Errorf("%s: %d calls, %+v", name, len(calls), r.LookupStats)
			}
			if cache == 1000 && (r.Misses != 24 || r.Evicted != 0) {
				t.Errorf("%s: of 24 keys %d were asked for, %+v", name, r.Misses, r.LookupStats)
			}
		}
	}
}

// What a function does wrong is said in words, and never ends the program.
func TestLookupByAWrongFunction(t *testing.T) {
	const query = "CREATE MAPPING names (id BIGINT, name VARCHAR, PRIMARY KEY (id) NOT ENFORCED) TYPE Function OPTIONS ('lookup.retry.delay'='1ms');\n" +
		"SELECT e.n, names.name FROM e JOIN names ON names.id = e.k"
	tries := 0
	for _, c := range []struct {
		f    helios.LookupFunc
		want string
	}{
		{func(context.Context, [][]ir.Value) ([][]ir.Value, error) { return nil, errors.New("no such place") }, "names cannot be looked up by id = 1: no such place"},
		{func(context.Context, [][]ir.Value) ([][]ir.Value, error) { return [][]ir.Value{{int64(1)}}, nil }, "a row of 1 values, and the mapping has 2 columns"},
		{func(context.Context, [][]ir.Value) ([][]ir.Value, error) { return [][]ir.Value{{int64(1), 1.5}}, nil }, "wrong row: column name: row 0: 1.5 (float64) is no VARCHAR"},
		{func(context.Context, [][]ir.Value) ([][]ir.Value, error) {
			tries++
			return nil, &helios.RetryError{Err: errors.New("busy")}
		}, "busy; given up after 4 tries"},
	} {
		r := lookUp(t, []int{1}, "", query, helios.Options{Lookups: map[string]helios.LookupFunc{"names": c.f}})
		if r.err != nil || len(r.bad) != 1 || !strings.Contains(r.bad[0], c.want) || r.Failed != 1 {
			t.Errorf("want %q: %v, %q", c.want, r.err, r.bad)
		}
	}
	if tries != 4 {
		t.Errorf("%d tries", tries)
	}
	r := lookUp(t, []int{1}, "", query, helios.Options{Lookups: map[string]helios.LookupFunc{"names": func(context.Context, [][]ir.Value) ([][]ir.Value, error) { panic("oops") }}})
	if r.err == nil || !strings.Contains(r.err.Error(), "names") || !strings.Contains(r.err.Error(), "oops") {
		t.Error(r.err)
	}
	r = lookUp(t, []int{1}, "", query, helios.Options{Lookups: map[string]helios.LookupFunc{"other": nil}})
	if r.err == nil || !strings.Contains(r.err.Error(), "no function of this name (Options.Lookups); there are: other") {
		t.Error(r.err)
	}
}

// service is a web service that answers by the last part of the path.
type service struct {
	*httptest.Server
	mu    sync.Mutex
	asked map[string]int // how often each path was asked for
	auth  map[string]bool
}

func newService(t *testing.T, answer func(key string, times int, w http.ResponseWriter, r *http.Request)) *service {
	s := &service{asked: map[string]int{}, auth: map[string]bool{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked[r.RequestURI]++
		times := s.asked[r.RequestURI]
		s.auth[r.Header.Get("Authorization")+r.Header.Get("X-Key")] = true
		s.mu.Unlock()
		answer(filepath.Base(r.URL.Path), times, w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *service) query(options, sql string) string {
	return "CREATE MAPPING u (id BIGINT, name VARCHAR, tags ARRAY<VARCHAR>) TYPE Rest OPTIONS ('url'='" + s.URL + "/u/{id}', 'token'='plantedSwordfish', 'lookup.retry.delay'='1ms'" + options + ");\n" + sql
}

// A web service is asked with a GET for each key: rows, several of them, none, and what it
// does wrong.
func TestLookupByWebService(t *testing.T) {
	s := newService(t, func(key string, times int, w http.ResponseWriter, r *http.Request) {
		switch key {
		case "1":
			fmt.Fprint(w, "{\n  \"id\": 77, \"name\": \"one\",\n \"tags\": [\"a\", \"b\"], \"more\": {\"x\": [1]}\n}\n")
		case "2":
			fmt.Fprint(w, "\xEF\xBB\xBF[{\"name\":\"two\"},\n{\"name\":\"a text of more than twelve bytes\",\"tags\":null}]")
		case "3":
			http.NotFound(w, r)
		case "4":
			w.WriteHeader(http.StatusNoContent)
		case "5":
			fmt.Fprint(w, "null")
		case "6":
			fmt.Fprint(w, "[]")
		case "7": // it comes back
			if times < 3 {
				http.Error(w, "busy", http.StatusServiceUnavailable)
				return
			}
			fmt.Fprint(w, `{"name":"seven"}`)
		case "8":
			http.Redirect(w, r, "/u/1", http.StatusFound)
		case "20":
			http.Error(w, "down, token was plantedSwordfish", http.StatusBadGateway)
		case "21":
			fmt.Fprint(w, `{"name":`)
		case "22":
			fmt.Fprint(w, `{"name":"x","tags":{"a":1}}`)
		case "23":
			fmt.Fprint(w, `[1, 2]`)
		case "24":
			fmt.Fprint(w, `{"name":"`+strings.Repeat("x", 5000)+`"}`)
		case "25":
			http.Error(w, "who are you?", http.StatusForbidden)
		case "26":
			http.Redirect(w, r, "http://elsewhere.invalid/u/1", http.StatusFound)
		case "27":
			http.Redirect(w, r, "/u/27", http.StatusFound)
		case "28": // it breaks off
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, `{"name":"x"`)
		case "29":
			<-r.Context().Done()
		}
	})
	keys := []int{1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 1, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 29}
	r := lookUp(t, keys, "", s.query(", 'max.answer'='4KB', 'lookup.timeout'='200ms', 'lookup.retries'='2'", "SELECT e.k, u.id, u.name, u.tags FROM e LEFT JOIN u ON u.id = e.k"), helios.Options{Parallelism: 2})
	if r.err != nil {
		t.Fatal(r.err)
	}
	one := `{"k":1,"id":1,"name":"one","tags":["a","b"]}`
	wantLines(t, "rows", r.rows, one, one, one,
		`{"k":2,"id":2,"name":"two","tags":null}`, `{"k":2,"id":2,"name":"a text of more than twelve bytes","tags":null}`,
		`{"k":3,"id":null,"name":null,"tags":null}`, `{"k":4,"id":null,"name":null,"tags":null}`, `{"k":5,"id":null,"name":null,"tags":null}`, `{"k":6,"id":null,"name":null,"tags":null}`,
		`{"k":7,"id":7,"name":"seven","tags":null}`, `{"k":8,"id":8,"name":"one","tags":["a","b"]}`, `{"k":null,"id":null,"name":null,"tags":null}`)
	for i, want := range []string{
		s.URL + " answers 502: down, token was ***; given up after 3 tries", "is no JSON", "does not fit: column tags", "is a number where a row should be", "more than 4096 bytes ('max.answer')",
		"answers 403: who are you?", "points to another host", "more than 5 times; given up after 3 tries", "broke off", "there was no answer within 200 ms ('lookup.timeout'); given up after 3 tries", "there was no answer",
	} {
		id := fmt.Sprintf("u cannot be looked up by id = %d: ", min(20+i, 29))
		if i >= len(r.bad) || !strings.HasPrefix(r.bad[i], id) || !strings.Contains(r.bad[i], want) || strings.Contains(r.bad[i], "plantedSwordfish") {
			t.Errorf("dead letter %d: want %s... %s\n%s", i, id, want, strings.Join(r.bad, "\n"))
		}
	}
	if r.Failed != 10 || !maps.Equal(s.auth, map[string]bool{"Bearer plantedSwordfish": true}) {
		t.Errorf("%+v, %v", r.LookupStats, s.auth)
	}
}

// Values are escaped where they stand in a URL: none leads to another place.
func TestLookupEscapesKeys(t *testing.T) {
	var mu sync.Mutex
	seen := map[string]bool{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		seen[r.RequestURI] = true
		mu.Unlock()
		fmt.Fprintf(w, `{"data":{"items":[{"got":%q}]}}`, r.URL.Query().Get("q"))
	}))
	defer s.Close()
	query := "CREATE MAPPING u (a VARCHAR, b VARCHAR, got VARCHAR) TYPE Rest OPTIONS ('url'='" + s.URL + "/x/{a}?q={b}&r={a}', 'answer.path'='data.items', 'headers'='X-Key: k');\n" +
		"SELECT v.a, u.got FROM e JOIN (VALUES (1, 'a/b', 'c&d=e'), (2, '..', 'ü %'), (3, '', 'x'), (4, '?#{b}', '+')) AS v(k, a, b) ON v.k = e.k JOIN u ON u.a = v.a AND u.b = v.b"
	r := lookUp(t, []int{1, 2, 3, 4}, "", query, helios.Options{})
	if r.err != nil {
		t.Fatal(r.err)
	}
	wantLines(t, "rows", r.rows, `{"a":"a/b","got":"c&d=e"}`, `{"a":"..","got":"ü %"}`, `{"a":"?#{b}","got":"+"}`)
	if len(r.bad) != 1 || !strings.Contains(r.bad[0], "`a` is an empty text") {
		t.Errorf("%q", r.bad)
	}
	wantLines(t, "paths", slices.Sorted(maps.Keys(seen)), "/x/a%2Fb?q=c%26d%3De&r=a%2Fb", "/x/%2E%2E?q=%C3%BC+%25&r=..", "/x/%3F%23%7Bb%7D?q=%2B&r=%3F%23%7Bb%7D")
}

// A service that is down is not asked for every key of a batch, and what becomes of the rows is as
// 'on.error' says of either mapping.
func TestLookupWhereNobodyAnswers(t *testing.T) {
	s := newService(t, func(_ string, _ int, w http.ResponseWriter, _ *http.Request) { http.Error(w, "down", 500) })
	var keys []int
	for i := range 500 {
		keys = append(keys, i+1)
	}
	const sql = "SELECT e.n, u.name FROM e JOIN u ON u.id = e.k"
	r := lookUp(t, keys, "", s.query("", sql), helios.Options{Parallelism: 1})
	if r.err != nil || len(r.rows) > 0 || len(r.bad) != 500 || r.Failed != 500 {
		t.Fatalf("%v, %d rows, %d dead letters", r.err, len(r.rows), len(r.bad))
	}
	if n := len(s.asked); n > 50 || !strings.Contains(strings.Join(r.bad, " "), "it is not asked, as the ") {
		t.Errorf("%d of 500 keys were asked for, of which all failed", n)
	}
	r = lookUp(t, keys, "", s.query(", 'on.error'='fail'", sql), helios.Options{})
	if r.err == nil || !strings.Contains(r.err.Error(), "u cannot be looked up by id = ") || !strings.Contains(r.err.Error(), "answers 500: down; given up after 4 tries ('on.error'='fail')") {
		t.Error(r.err)
	}
	r = lookUp(t, keys, ", 'on.error'='fail'", s.query("", sql), helios.Options{})
	if r.err == nil || !strings.Contains(r.err.Error(), "answers 500") || !strings.Contains(r.err.Error(), `in the row {"n":0,"k":1}`) {
		t.Error(r.err)
	}
	r = lookUp(t, keys, ", 'on.error'='drop'", s.query("", sql), helios.Options{})
	if r.err != nil || len(r.bad) > 0 || r.Failed != 500 {
		t.Errorf("%v, %d dead letters", r.err, len(r.bad))
	}
}

// A cancelled run ends at once, whoever does not answer.
func TestLookupCancelled(t *testing.T) {
	asked := make(chan struct{}, 100)
	s := newService(t, func(_ string, _ int, _ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		<-r.Context().Done()
	})
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "e.ndjson"), []byte("{\"k\":1}\n{\"k\":2}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text := "CREATE MAPPING e (k BIGINT) TYPE File OPTIONS ('path'='e.ndjson');\n" + s.query(", 'lookup.timeout'='1 h'", "SELECT u.name FROM e JOIN u ON u.id = e.k")
	q, err := helios.Compile(context.Background(), []helios.File{{Name: "q.sql", Text: text, Dir: dir}}, helios.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-asked
		cancel()
	}()
	if _, err := q.Run(ctx); !errors.Is(err, context.Canceled) { // which comes, though no answer does
		t.Error(err)
	}
}

// A URL that cannot be asked is refused where it stands.
func TestLookupBadURL(t *testing.T) {
	for url, want := range map[string]string{
		"ftp://x/{id}":                  "no URL that begins with https",
		"http://127.0.0.1/u":            "names no column",
		"http://{id}.example.org/":      "has a column in its host",
		"https://a:b@h/{id}":            "holds a user and a password",
		"https://h/{id}#x":              "has a #",
		"https://h/{id":                 "without the name of a column",
		"https://h/id}":                 "has a } without a {",
		"https://h/{nix}":               "looked up by `nix`, which is no column",
		"https://h/{tags}":              "which is ARRAY<VARCHAR>; a key is",
		"http://example.org/{id}":       "would send the token and headers in the clear",
		"https://h/{id}', 'token'='a b": "'token'",
	} {
		text := "CREATE MAPPING e (k BIGINT) TYPE Generator;\nCREATE MAPPING u (id BIGINT, tags ARRAY<VARCHAR>) TYPE Rest OPTIONS ('headers'='X-Key: hush', 'url'='" + url + "');\nSELECT u.id FROM e JOIN u ON u.id = e.k"
		_, err := helios.Compile(context.Background(), []helios.File{{Name: "q.sql", Text: text}}, helios.Options{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: want %q: %v", url, want, err)
		}
	}
}

// A plan that was written down asks the same table, by the same key.
func TestLookupFromAPlan(t *testing.T) {
	s := newService(t, func(key string, _ int, w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, `{"name":"n%s"}`, key) })
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "e.ndjson"), []byte("{\"k\":1}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text := "CREATE MAPPING e (k BIGINT) TYPE File OPTIONS ('path'='e.ndjson');\n" + s.query("", "SELECT u.name FROM e JOIN u ON u.id = e.k")
	q, err := helios.Compile(context.Background(), []helios.File{{Name: "q.sql", Text: text, Dir: dir}}, helios.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, stage := range []helios.Stage{helios.Logical, helios.Optimized, helios.Physical} {
		data, err := q.PlanJSON(stage, dir)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), "plantedSwordfish") {
			t.Error("the plan shows the token")
		}
		env := func(name string) (string, bool) { return "plantedSwordfish", name == "U_TOKEN" }
		again, err := helios.LoadPlan(filepath.Join(dir, "p.json"), data, helios.Options{LookupEnv: env, OutputFile: filepath.Join(dir, "out.ndjson")})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := again.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		wantLines(t, "rows", linesOf(t, filepath.Join(dir, "out.ndjson")), `{"name":"n1"}`)
	}
	if !maps.Equal(s.auth, map[string]bool{"Bearer plantedSwordfish": true}) {
		t.Errorf("%v", s.auth)
	}
}

// Flink's spelling of a lookup join, with its names of the options.
func TestLookupInFlinksSpelling(t *testing.T) {
	text := "CREATE TABLE o (k BIGINT, pt AS PROCTIME()) WITH ('connector'='generator');\n" +
		"CREATE TABLE u (id BIGINT, name STRING) WITH ('connector'='rest-lookup', 'url'='http://127.0.0.1:1/{id}', 'lookup.cache'='PARTIAL',\n" +
		"'lookup.partial-cache.max-rows'='10', 'lookup.partial-cache.expire-after-write'='1 min', 'lookup.partial-cache.cache-missing-key'='false', 'lookup.max-retries'='2');\n" +
		"SELECT o.k, u.name FROM o LEFT JOIN u FOR SYSTEM_TIME AS OF o.pt ON o.k = u.id"
	q, err := helios.Compile(context.Background(), []helios.File{{Name: "q.sql", Text: text}}, helios.Options{})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := q.Draw(helios.Physical, helios.DrawText, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(plan), "Join(by key) left with u on k = id") || !strings.Contains(string(plan), "a cache of answers of `u` for all tasks: at most 10 rows or 64 MB, about 56 bytes a row, each forgotten after 1 min") {
		t.Error(string(plan))
	}
}

// A Go function finds the rows that a join asks for.
func ExampleLookupFunc() {
	names := map[int64]string{1: "Ada", 2: "Grace"}
	find := func(_ context.Context, keys [][]ir.Value) (rows [][]ir.Value, err error) {
		for _, key := range keys {
			id := key[0].(int64)
			if name, ok := names[id]; ok {
				rows = append(rows, []ir.Value{id, name})
			}
		}
		return rows, nil
	}
	query := `
CREATE MAPPING users (id BIGINT, name VARCHAR, PRIMARY KEY (id) NOT ENFORCED) TYPE Function;
SELECT v.user_id, users.name FROM (VALUES (1), (3), (2)) AS v(user_id) LEFT JOIN users ON users.id = v.user_id;`
	q, err := helios.Compile(context.Background(), []helios.File{{Name: "users.sql", Text: query}}, helios.Options{Lookups: map[string]helios.LookupFunc{"users": find}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for row, err := range q.Rows(context.Background()) {
		fmt.Println(row, err)
	}
	// Output:
	// [1 Ada] <nil>
	// [3 <nil>] <nil>
	// [2 Grace] <nil>
}
