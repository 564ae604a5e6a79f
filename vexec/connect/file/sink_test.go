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
	"github.com/helios-stream/helios/vexec/connect/format/arrowipc"
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
	how       how
	saved     uint64
	token     []byte
	left      int // steps until the crash; < 0: none
	clock     clock
	tick      ir.Micros // that the clock goes on with each row
	wrap      func(outputFile) outputFile
}

// how is what a run does beside the plain protocol.
type how string

const (
	plain how = "plain"
	lag   how = "lag"   // commit an epoch only after the next one was prepared
	early how = "early" // show rows before their epoch
)

// delivery is what a run of the job asks for.
func (j *job) delivery() ir.Delivery {
	if j.how == early {
		return ir.AtLeastOnce
	}
	return ir.ExactlyOnce
}

// clock is processing time that a test moves.
type clock struct{ now ir.Micros }

func (c *clock) Now() ir.Micros { return c.now }

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
	s.(*sink).crash, s.(*sink).wrap = j.step, j.wrap
	defer func() {
		if err != nil {
			_ = s.Close()
		}
	}()
	ctx := context.Background()
	if err := s.Open(ctx, &vexec.SinkContext{Schema: j.table.Physical(), Run: j.run, Unbounded: j.unbounded, Epoch: j.saved, Token: j.token, Clock: &j.clock, Delivery: j.delivery()}); err != nil {
		return false, err
	}
	type prepared struct {
		epoch uint64
		token []byte
	}
	var waiting []prepared
	for e := j.saved + 1; e <= uint64(len(j.epochs)); e++ {
		for _, r := range j.epochs[e-1] {
			j.clock.now += j.tick
			j.step()
			if err := s.Write(ctx, vtest.Batch(j.table.Physical(), r)); err != nil {
				return false, err
			}
			if j.how == early && j.saved > 0 {
				if err := s.(vexec.Shower).Show(ctx, e); err != nil {
					return false, err
				}
				j.step()
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
		for len(waiting) > 1 || len(waiting) > 0 && (j.how != lag || final) {
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
	if strings.HasSuffix(path, ".parquet") || strings.HasSuffix(path, ".arrow") {
		return binaryRows(t, path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func binaryRows(t *testing.T, path string) string {
	t.Helper()
	ctx := context.Background()
	open := parquet.Open
	if strings.HasSuffix(path, ".arrow") {
		open = arrowipc.Open
	}
	sr, err := open(path, &vexec.Scan{Schema: sinkSchema, Cols: []int{0, 1}, TimeCol: -1}, vexec.Split{}, nil)
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
	csvParts   = part1 + "r1-000001-0000.csv:\nk,s\n1,a\n2,\n" + part1 + "r1-000003-0000.csv:\nk,s\n3,\"q\"\"uo,te\"\n,\"\"\n5,e\n" + part1 + "r1-000004-0000.csv:\nk,s\n6,f\n"
	part1      = "part-19700101T000000-"
)

// TestCrashAtEveryStep kills the sink between any two steps, starts it again from
// the last checkpoint, kills it once more, and compares what readers find with an
// undisturbed run's.
func TestCrashAtEveryStep(t *testing.T) {
	f := func(name string, unbounded bool, before, want string, options ...string) {
		t.Helper()
		for _, h := range []how{plain, lag, early} {
			if h == early && !unbounded {
				continue // a bounded run's file is whole at its end
			}
			crashEverywhere(t, name, unbounded, h, before, want, options...)
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
	f("o.arrow", false, "", parquetAll)
	f("dir/", false, "", csvParts, "format", "csv", "roll.interval", "0s")
	f("dir/", true, "", csvParts, "format", "csv", "roll.interval", "0s")
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

func crashEverywhere(t *testing.T, name string, unbounded bool, h how, before, want string, options ...string) {
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
			j := &job{table: sinkTable(path, options...), unbounded: unbounded, epochs: epochs, run: "r1", how: h}
			for i, left := range []int{first, second, -1} {
				j.left = left
				done, err := j.attempt()
				if err != nil {
					t.Fatalf("%s unbounded=%v %s %v, crashes at %d and %d: %v", name, unbounded, h, options, first, second, err)
				}
				ended = ended || done && i == 0 // the run has fewer steps than that
				if done {
					break
				}
			}
			if got := content(t, path); got != want {
				t.Fatalf("%s unbounded=%v %s %v, crashes at %d and %d:\n%s\nwant\n%s", name, unbounded, h, options, first, second, got, want)
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

// start opens a sink, or gives the error of whichever step refuses.
func start(table *ir.Table, sc *vexec.SinkContext) (vexec.Sink, error) {
	s, err := newSink(table)
	if err != nil {
		return nil, err
	}
	if sc.Schema == nil {
		sc.Schema = sinkSchema
	}
	if sc.Run == "" {
		sc.Run = "r2"
	}
	if sc.Clock == nil {
		sc.Clock = &clock{}
	}
	return s, s.Open(context.Background(), sc)
}

// run writes rows as one run of one epoch.
func run(t *testing.T, table *ir.Table, id string, rows ...vtest.Row) error {
	t.Helper()
	ctx := context.Background()
	s, err := start(table, &vexec.SinkContext{Run: id})
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.Write(ctx, vtest.Batch(sinkSchema, rows...)); err != nil {
		return err
	}
	tok, err := s.Prepare(ctx, 1, true)
	if err != nil {
		return err
	}
	return s.Commit(ctx, 1, tok)
}

func TestModes(t *testing.T) {
	dir := quickDir(t)
	f := func(name, want, wantErr string, options ...string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if strings.HasSuffix(name, "/") {
			path += "/"
		}
		err := run(t, sinkTable(path, options...), "r"+strings.TrimLeft(filepath.Base(t.TempDir()), "0"), vtest.Row{7, "x"})
		if wantErr == "" && err != nil || wantErr != "" && (err == nil || !strings.Contains(err.Error(), wantErr)) {
			t.Errorf("%s %v: %v, want %s", name, options, err, wantErr)
		}
		if got := content(t, filepath.Join(dir, name)); !strings.Contains(name, "/") && got != want {
			t.Errorf("%s %v: %q, want %q", name, options, got, want)
		}
		if l := leftovers(filepath.Join(dir, "x")); len(l) > 0 {
			t.Errorf("%s: left over %v", name, l)
		}
	}
	f("a.csv", "k,s\n7,x\n", "", "write.mode", "fail")
	f("a.csv", "k,s\n7,x\n", "already there; 'write.mode'='replace' or 'append'", "write.mode", "fail")
	f("a.csv", "k,s\n7,x\n", "")
	f("a.csv", "k,s\n7,x\n7,x\n", "", "write.mode", "append")
	f("a.csv", "k,s\n7,x\n", "", "write.mode", "replace")
	f("a.csv", "k,s\n7,x\n", "another header", "write.mode", "append", "csv.field-delimiter", ";")
	f("b.csv", "7;x\n", "", "csv.header", "false", "csv.field-delimiter", ";")
	f("b.csv", "7;x\n7;x\n", "", "csv.header", "false", "csv.field-delimiter", ";", "write.mode", "append")
	f("c.parquet", "7 \"x\"\n", "", "parquet.compression", "none")
	f("c.parquet", "7 \"x\"\n7 \"x\"\n", "", "write.mode", "append")
	f("c.parquet", "7 \"x\"\n", "")
	f("d/", "", "")
	f("d/", "", "'write.mode'='append' to keep such files or 'replace' to remove them")
	f("d/", "", "", "write.mode", "append")
	if n, _ := filepath.Glob(filepath.Join(dir, "d", "part-*-000001-0000.ndjson")); len(n) != 2 {
		t.Errorf("appended to a folder: %v", n)
	}
	f("d/", "", "", "write.mode", "replace")
	if n, _ := filepath.Glob(filepath.Join(dir, "d", "part-*-000001-0000.ndjson")); len(n) != 1 {
		t.Errorf("replaced a folder: %v", n)
	}
	f("new/deep/e.ndjson", "", "")
}

func TestRefusals(t *testing.T) {
	dir := quickDir(t)
	file := filepath.Join(dir, "plain")
	if err := os.WriteFile(file, []byte("no line end"), 0o644); err != nil {
		t.Fatal(err)
	}
	f := func(table *ir.Table, sc *vexec.SinkContext, want ...string) {
		t.Helper()
		_, err := start(table, sc)
		for _, w := range want {
			if err == nil || !strings.Contains(err.Error(), w) || strings.Contains(err.Error(), ".heliosc") {
				t.Errorf("%v: %v, want %s", table.Options, err, w)
			}
		}
	}
	none := &vexec.SinkContext{}
	f(sinkTable(file), none, "does not say what to write", "'format'")
	f(sinkTable(dir+"/a.csv.lz4"), none, "lz4 cannot be written")
	f(sinkTable(dir+"/a.csv.gz", "compression", "zstd"), none, "'compression'='zstd' does not fit the ending")
	f(sinkTable(dir+"/a.csv", "compression", "zstd"), none, "write to "+dir+"/a.csv.zst")
	f(sinkTable(dir+"/a/", "format", "parquet", "compression", "zstd"), none, "compressed inside")
	f(sinkTable(dir+"/a.parquet.gz"), none, "compressed inside")
	f(sinkTable(dir+"/a.csv", "roll.rows", "5"), none, "'roll.rows' is for folders", "'a/'")
	f(sinkTable(dir+"/a/", "roll.rows", "0"), none, "'roll.rows'='0' must be more than nothing")
	f(sinkTable(dir+"/a/", "roll.interval", "soon"), none, "'roll.interval'='soon'")
	f(sinkTable(dir+"/*.csv"), none, "pattern")
	f(sinkTable(dir+"/a.csv", "write.mode", "maybe"), none, "'write.mode'='maybe'")
	f(sinkTable(file+"/x.csv"), none, "cannot write "+file+"/x.csv", "not a directory")
	f(sinkTable(file+"/", "format", "csv"), none, "neither a file nor a folder")
	f(sinkTable("/dev/null", "format", "csv"), none, "neither a file nor a folder")
	f(sinkTable(file, "format", "ndjson", "write.mode", "append"), none, "last line has no end")
	f(sinkTable(dir+"/a.parquet"), &vexec.SinkContext{Unbounded: true}, "'path'='a/'")
	f(sinkTable(dir+"/a.csv"), &vexec.SinkContext{Schema: vtest.Schema("k", ir.TBigInt)}, "1 columns, the mapping declares 2")
	f(sinkTable(dir+"/a.csv"), &vexec.SinkContext{Epoch: 1, Token: []byte("?")}, "damaged")
	f(sinkTable(dir+"/a.csv"), &vexec.SinkContext{Epoch: 1, Token: []byte(`{"Version":9}`)}, "version 9")
	nested := sinkTable(dir + "/n.parquet")
	nested.Cols[0].Type = &ir.Type{Kind: ir.Array, Elem: ir.TInterval}
	f(nested, none, "column k", "INTERVAL")
	f(sinkTable(dir+"/b.parquet", "parquet.bloom-filter-columns", "k, kk"), none, "kk, which is no column", "k, ")
	parts := func(path string, cols ...string) *ir.Table {
		t := sinkTable(path, "format", "csv")
		t.Partition = cols
		return t
	}
	f(parts(dir+"/p.csv", "k"), none, "PARTITIONED BY", "'p/'")
	f(parts(dir+"/p/", "k", "s"), none, "names all columns")
	f(parts(dir+"/p/", "k", "k"), none, "names k twice")
	odd := parts(dir+"/p/", "k")
	odd.Cols[0].Type = ir.TDouble
	f(odd, none, "DOUBLE are no names for folders")

	s, err := start(sinkTable(dir+"/ok.csv"), none)
	if err != nil {
		t.Fatal(err)
	}
	b := vtest.Batch(sinkSchema, vtest.Row{1, "a"})
	b.Kind = []vexec.RowKind{vexec.UpdateAfter}
	if err := s.Write(context.Background(), b); err == nil || !strings.Contains(err.Error(), "+U") {
		t.Errorf("a change: %v", err)
	}
	s.Close()
	if l := leftovers(filepath.Join(dir, "x")); len(l) > 0 {
		t.Errorf("left over: %v", l)
	}
}

// TestMeddling changes what a checkpoint relies on, between the crash and the restart.
func TestMeddling(t *testing.T) {
	f := func(name string, unbounded bool, meddle func(path string), want string) {
		t.Helper()
		path := filepath.Join(quickDir(t), name)
		j := &job{table: sinkTable(path), unbounded: unbounded, epochs: epochs, run: "r1", left: 9}
		if done, err := j.attempt(); done || err != nil || j.saved == 0 {
			t.Fatal(done, err, j.saved)
		}
		meddle(path)
		j.left = -1
		if _, err := j.attempt(); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
	aside := func(path string) string {
		return filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".heliosc", "r1", "1.seg")
	}
	f("o.csv", false, func(p string) { _ = os.Remove(aside(p)) }, "is missing")
	f("o.parquet", false, func(p string) { _ = os.Truncate(aside(p), 10) }, "changed by someone else")
	f("o.csv", true, func(p string) { _ = os.Truncate(p, 3) }, "changed by someone else")
	f("o.csv", true, func(p string) { _ = os.Remove(p) }, "changed by someone else")
}

// TestRewindToAnOlderCheckpoint opens sinks with an epoch before the last one that
// was committed: the newest checkpoint was damaged.
func TestRewindToAnOlderCheckpoint(t *testing.T) {
	f := func(name string, unbounded bool, want string, options ...string) {
		t.Helper()
		path := filepath.Join(quickDir(t), name)
		if strings.HasSuffix(name, "/") {
			path += "/"
		}
		ctx := context.Background()
		table := sinkTable(path, options...)
		s, err := start(table, &vexec.SinkContext{Run: "r1", Unbounded: unbounded})
		if err != nil {
			t.Fatal(err)
		}
		var first []byte
		for e := uint64(1); e <= 2; e++ {
			if err := s.Write(ctx, vtest.Batch(sinkSchema, vtest.Row{int(e), "x"})); err != nil {
				t.Fatal(err)
			}
			tok, err := s.Prepare(ctx, e, false)
			if err == nil {
				err = s.Commit(ctx, e, tok)
			}
			if err != nil {
				t.Fatal(err)
			}
			if e == 1 {
				first = tok
			}
		}
		s, err = start(table, &vexec.SinkContext{Run: "r1", Unbounded: unbounded, Epoch: 1, Token: first})
		if err != nil {
			t.Fatal(err)
		}
		_ = s.Write(ctx, vtest.Batch(sinkSchema, vtest.Row{3, "y"}))
		tok, err := s.Prepare(ctx, 2, true)
		if err == nil {
			err = s.Commit(ctx, 2, tok)
		}
		if got := content(t, path); err != nil || got != want {
			t.Errorf("%s unbounded=%v: %v\n%s", name, unbounded, err, got)
		}
	}
	f("o.csv", false, "k,s\n1,x\n3,y\n")
	f("o.csv", true, "k,s\n1,x\n3,y\n")
	f("o.parquet", false, "1 \"x\"\n3 \"y\"\n")
	f("o.arrow", false, "1 \"x\"\n3 \"y\"\n")
	f("d/", true, part1+"r1-000001-0000.csv:\nk,s\n1,x\n"+part1+"r1-000002-0000.csv:\nk,s\n3,y\n", "format", "csv", "roll.interval", "0s")
}

// TestNoRowsAtAll: a file appears, whole and empty; a folder stays empty.
func TestNoRowsAtAll(t *testing.T) {
	for name, want := range map[string]string{"o.csv": "k,s\n", "o.ndjson": "", "o.parquet": "", "o.arrow": "", "d/": ""} {
		for _, unbounded := range []bool{false, true} {
			if unbounded && (name == "o.parquet" || name == "o.arrow") {
				continue
			}
			path := filepath.Join(quickDir(t), name)
			if strings.HasSuffix(name, "/") {
				path += "/"
			}
			j := &job{table: sinkTable(path, "format", map[string]string{"o.csv": "csv", "o.parquet": "parquet", "o.arrow": "arrow"}[name]), unbounded: unbounded,
				epochs: [][]vtest.Row{{}, {}}, run: "r1", left: -1}
			if _, err := j.attempt(); err != nil {
				t.Fatal(err)
			}
			if got := content(t, path); got != want || len(leftovers(path)) > 0 {
				t.Errorf("%s unbounded=%v: %q, left over %v", name, unbounded, got, leftovers(path))
			}
		}
	}
}

// TestARunThatFailed leaves the old file and nothing else.
func TestARunThatFailed(t *testing.T) {
	path := filepath.Join(quickDir(t), "o.parquet")
	if err := run(t, sinkTable(path), "r1", vtest.Row{1, "old"}); err != nil {
		t.Fatal(err)
	}
	budget := vexec.NewBudget(0)
	mem := budget.Account("sink")
	s, err := start(sinkTable(path), &vexec.SinkContext{Memory: mem})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Write(context.Background(), vtest.Batch(sinkSchema, vtest.Row{2, "new"})); err != nil {
		t.Fatal(err)
	}
	if mem.Used() == 0 {
		t.Error("buffered rows are not accounted")
	}
	s.Close()
	s.Close()
	if got := content(t, path); got != "1 \"old\"\n" || len(leftovers(path)) > 0 || mem.Used() != 0 {
		t.Errorf("%s, left over %v, %d bytes", got, leftovers(path), mem.Used())
	}
}
