package file

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/parquet"
	"github.com/helios-stream/helios/vexec/connect/format/text"
	"github.com/helios-stream/helios/vexec/vtest"
)

var sinkSchema = vtest.Schema("k", ir.TBigInt, "s", ir.TVarchar)

func sinkTable(path string, options ...string) *ir.Table {
	t := &ir.Table{Name: "out", Connector: "file", Options: map[string]string{"path": path}}
	for _, c := range sinkSchema.Cols {
		t.Cols = append(t.Cols, ir.TableColumn{Column: c})
	}
	for i := 0; i < len(options); i += 2 {
		t.Options[options[i]] = options[i+1]
	}
	return t
}

// epochs are the rows of a run, by epoch; the last epoch is the final one.
var epochs = [][]vtest.Row{
	{{1, "a"}, {2, nil}},
	{},
	{{3, `q"uo,te`}, {nil, ""}, {5, "e"}},
	{{6, "f"}},
}

// job drives a sink through the protocol as the coordinator does.
type job struct {
	table     *ir.Table
	unbounded bool
	epochs    [][]vtest.Row
	run       string
	lag       bool // commit an epoch only after the next one was prepared
	saved     uint64
	token     []byte
	left      int // steps until the crash; < 0: none
}

type crashed struct{}

func (j *job) step() {
	if j.left == 0 {
		panic(crashed{})
	}
	j.left--
}

// attempt runs from the last checkpoint to the end, or to the crash.
func (j *job) attempt() (done bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			if _, ok := p.(crashed); !ok {
				panic(p)
			}
			done = false
		}
	}()
	s, err := newSink(j.table)
	if err != nil {
		return false, err
	}
	s.(*sink).crash = j.step
	ctx := context.Background()
	if err := s.Open(ctx, &vexec.SinkContext{Schema: sinkSchema, Run: j.run, Unbounded: j.unbounded, Epoch: j.saved, Token: j.token}); err != nil {
		return false, err
	}
	type prepared struct {
		epoch uint64
		token []byte
	}
	var waiting []prepared
	for e := j.saved + 1; e <= uint64(len(j.epochs)); e++ {
		for _, r := range j.epochs[e-1] {
			j.step()
			if err := s.Write(ctx, vtest.Batch(sinkSchema, r)); err != nil {
				return false, err
			}
		}
		j.step()
		final := e == uint64(len(j.epochs))
		token, err := s.Prepare(ctx, e, final)
		if err != nil {
			return false, err
		}
		j.step()
		j.saved, j.token = e, token // the manifest is complete
		j.step()
		waiting = append(waiting, prepared{e, token})
		for len(waiting) > 1 || len(waiting) > 0 && (!j.lag || final) {
			if err := s.Commit(ctx, waiting[0].epoch, waiting[0].token); err != nil {
				return false, err
			}
			waiting = waiting[1:]
			j.step()
		}
	}
	return true, s.Close()
}

// content is what a reader finds: the rows of a Parquet file, the bytes of others,
// of a folder part by part.
func content(t *testing.T, path string) string {
	t.Helper()
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "nothing"
	}
	if err != nil {
		t.Fatal(err)
	}
	if info.IsDir() {
		names, _ := filepath.Glob(filepath.Join(path, "*"))
		sort.Strings(names)
		out := ""
		for _, n := range names {
			if !strings.HasPrefix(filepath.Base(n), ".") {
				out += filepath.Base(n) + ":\n" + content(t, n)
			}
		}
		return out
	}
	if strings.HasSuffix(path, ".parquet") {
		return parquetRows(t, path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func parquetRows(t *testing.T, path string) string {
	t.Helper()
	ctx := context.Background()
	sr, err := parquet.Open(path, &vexec.Scan{Schema: sinkSchema, Cols: []int{0, 1}, TimeCol: -1}, vexec.Split{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer sr.Close()
	d, err := sr.NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var out []byte
	for {
		u, err := sr.Claim(ctx)
		if err == io.EOF {
			return string(out)
		}
		if _, err = d.Begin(ctx, u); err != nil {
			t.Fatal(err)
		}
		var b vexec.Batch
		for d.Next(&b, &vexec.BadRows{}) == nil {
			for i := 0; i < b.Rows; i++ {
				out = append(text.AppendJSON(out, &b.Cols[0], i), ' ')
				out = append(text.AppendJSON(out, &b.Cols[1], i), '\n')
			}
		}
	}
}

// leftovers are the hidden entries beside and in path.
func leftovers(path string) (out []string) {
	dir := filepath.Dir(filepath.Clean(path))
	_ = filepath.WalkDir(dir, func(p string, _ fs.DirEntry, _ error) error {
		if strings.HasPrefix(filepath.Base(p), ".") && p != dir {
			out = append(out, p)
		}
		return nil
	})
	return out
}

const (
	csvAll     = "k,s\n1,a\n2,\n3,\"q\"\"uo,te\"\n,\"\"\n5,e\n6,f\n"
	ndjsonAll  = `{"k":1,"s":"a"}` + "\n" + `{"k":2,"s":null}` + "\n" + `{"k":3,"s":"q\"uo,te"}` + "\n" + `{"k":null,"s":""}` + "\n" + `{"k":5,"s":"e"}` + "\n" + `{"k":6,"s":"f"}` + "\n"
	parquetAll = "1 \"a\"\n2 null\n3 \"q\\\"uo,te\"\nnull \"\"\n5 \"e\"\n6 \"f\"\n"
	csvParts   = "part-r1-1-0.csv:\nk,s\n1,a\n2,\npart-r1-3-0.csv:\nk,s\n3,\"q\"\"uo,te\"\n,\"\"\n5,e\npart-r1-4-0.csv:\nk,s\n6,f\n"
)

// TestCrashAtEveryStep kills the sink between any two steps, starts it again from
// the last checkpoint, kills it once more, and compares what readers find with an
// undisturbed run's.
func TestCrashAtEveryStep(t *testing.T) {
	f := func(name string, unbounded bool, before, want string, options ...string) {
		t.Helper()
		for _, lag := range []bool{false, true} {
			crashEverywhere(t, name, unbounded, lag, before, want, options...)
		}
	}
	f("o.csv", false, "", csvAll)
	f("o.csv", false, "old\n", csvAll)
	f("o.csv", false, "k,s\n0,z\n", "k,s\n0,z\n"+strings.TrimPrefix(csvAll, "k,s\n"), "write.mode", "append")
	f("o.csv", true, "", csvAll)
	f("o.csv", true, "a longer old content than any of the new ones, so that cutting it off is seen\n", csvAll)
	f("o.csv", true, "k,s\n0,z\n", "k,s\n0,z\n"+strings.TrimPrefix(csvAll, "k,s\n"), "write.mode", "append")
	f("o.ndjson", false, "", ndjsonAll)
	f("o.ndjson", true, "", ndjsonAll, "write.mode", "fail")
	f("o.parquet", false, "", parquetAll)
	f("dir/", false, "", csvParts, "format", "csv")
	f("dir/", true, "", csvParts, "format", "csv")
}

// quickDir is a temporary folder in memory where there is one: syncs cost nothing there.
func quickDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "heliosc")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func crashEverywhere(t *testing.T, name string, unbounded, lag bool, before, want string, options ...string) {
	t.Helper()
	for first := 0; ; first++ {
		ended := false
		for _, second := range []int{-1, 1, 4, 9} {
			path := filepath.Join(quickDir(t), name)
			if strings.HasSuffix(name, "/") {
				path += "/"
			}
			if before != "" {
				if err := os.WriteFile(path, []byte(before), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			j := &job{table: sinkTable(path, options...), unbounded: unbounded, epochs: epochs, run: "r1", lag: lag}
			for i, left := range []int{first, second, -1} {
				j.left = left
				done, err := j.attempt()
				if err != nil {
					t.Fatalf("%s unbounded=%v %v, crashes at %d and %d: %v", name, unbounded, options, first, second, err)
				}
				ended = ended || done && i == 0 // the run has fewer steps than that
				if done {
					break
				}
			}
			if got := content(t, path); got != want {
				t.Fatalf("%s unbounded=%v lag=%v %v, crashes at %d and %d:\n%s\nwant\n%s", name, unbounded, lag, options, first, second, got, want)
			}
			if l := leftovers(path); len(l) > 0 {
				t.Fatalf("%s unbounded=%v, crashes at %d and %d: left over %v", name, unbounded, first, second, l)
			}
			if ended {
				break
			}
		}
		if ended {
			return
		}
	}
}
