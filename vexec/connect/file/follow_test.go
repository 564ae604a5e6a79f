package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// testClock is processing time that a test moves.
type testClock struct{ now ir.Micros }

func (c *testClock) Now() ir.Micros { return c.now }

// following reads a table that is followed as a run does: it asks for splits, claims
// from all that it has, and may be killed and go on from its last checkpoint.
type following struct {
	t     testing.TB
	table *ir.Table
	src   *follower
	scan  *vexec.Scan
	open  map[string]*followed1
	order []string
	saved []vexec.SavedSplit // of the checkpoint
	kept  []string           // rows of the checkpoint
	rows  []string           // since then as well
	bad   []vexec.BadRow

	memory []byte // of the checkpoint
}

type followed1 struct {
	r  vexec.SplitReader
	d  vexec.Decoder
	at vexec.Position
}

func newFollowing(t *testing.T, table *ir.Table) *following {
	f := &following{t: t, table: table}
	table.Options["follow"], table.Options["follow.interval"] = "true", "1us"
	f.start()
	t.Cleanup(f.close)
	return f
}

func (f *following) start() {
	f.t.Helper()
	src, err := connector{limits: limits{unit: 64, record: 1000}}.Source(f.table)
	if err != nil {
		f.t.Fatal(err)
	}
	f.src = src.(*follower)
	f.src.grace, f.src.copy, f.src.pause = 0, time.Hour, 0
	s := f.table.Physical()
	f.scan = &vexec.Scan{Table: f.table, Schema: s, TimeCol: -1, Clock: &testClock{}}
	for i := range s.Cols {
		f.scan.Cols = append(f.scan.Cols, i)
	}
	f.open, f.order = map[string]*followed1{}, nil
	for _, s := range f.saved {
		f.open[s.ID] = &followed1{at: s.Position}
		f.order = append(f.order, s.ID)
	}
	f.rows = slices.Clone(f.kept)
	if err := f.src.Resume(context.Background(), f.saved, f.memory); err != nil {
		f.t.Fatal(err)
	}
}

func (f *following) close() {
	for _, o := range f.open {
		if o.r != nil {
			_ = o.r.Close()
			o.r = nil
		}
	}
	for _, t := range f.src.tails {
		if t.file != nil {
			_ = t.file.Close()
		}
	}
}

// kill loses all but the checkpoint.
func (f *following) kill() {
	f.close()
	f.start()
}

func (f *following) checkpoint() {
	f.saved = nil
	for _, id := range f.order {
		o := f.open[id]
		if o.r != nil {
			o.at = slices.Clone(o.r.Position())
		}
		f.saved = append(f.saved, vexec.SavedSplit{ID: id, Position: o.at})
	}
	f.memory = f.src.Memory()
	f.kept = slices.Clone(f.rows)
}

// poll reads all there is; so often that what is decided at a second look is.
func (f *following) poll() {
	f.t.Helper()
	for range 4 {
		f.step(1 << 30)
		time.Sleep(2 * time.Microsecond) // 'follow.interval'
	}
}

// step asks for splits once and claims at most so many units of each.
func (f *following) step(units int) {
	f.t.Helper()
	ctx := context.Background()
	splits, err := f.src.Splits(ctx)
	if err != nil {
		f.t.Fatal(err)
	}
	for _, s := range splits {
		if f.open[s.ID] == nil {
			f.open[s.ID] = &followed1{at: s.From}
			f.order = append(f.order, s.ID)
		}
	}
	for _, id := range slices.Clone(f.order) {
		o := f.open[id]
		if o.r == nil {
			if o.r, err = f.src.Open(ctx, f.scan, vexec.Split{ID: id}, o.at); err != nil {
				f.t.Fatal(err)
			}
		}
		for n := 0; n < units; n++ {
			u, err := o.r.Claim(ctx)
			if errors.Is(err, vexec.ErrNothingYet) {
				break
			}
			if err == io.EOF {
				if err := o.r.Close(); err != nil {
					f.t.Fatal(err)
				}
				delete(f.open, id)
				f.order = slices.DeleteFunc(f.order, func(o string) bool { return o == id })
				break
			}
			if err != nil {
				f.t.Fatal(err)
			}
			if o.d == nil {
				if o.d, err = o.r.NewDecoder(); err != nil {
					f.t.Fatal(err)
				}
			}
			out := &outcome{}
			if err := readUnit(o.d, u, usual, out); err != nil {
				f.t.Fatal(err)
			}
			f.rows, f.bad = append(f.rows, out.rows...), append(f.bad, out.bad...)
		}
	}
}

func (f *following) want(what string, ids ...int) {
	f.t.Helper()
	f.poll()
	var want []string
	for _, id := range ids {
		want = append(want, fmt.Sprintf("%d|n%d", id, id))
	}
	got := slices.Clone(f.rows)
	slices.Sort(got)
	slices.Sort(want)
	check(f.t, what, got, want)
}

func line(id int) string { return fmt.Sprintf(`{"id":%d,"name":"n%d"}`, id, id) + "\n" }

func appendTo(t testing.TB, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func move(t testing.TB, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

func logTable(dir, path string) *ir.Table {
	t := tableOf(dir, path, idName...)
	t.Options["format"] = "json"
	return t
}

func TestFollowGrows(t *testing.T) {
	dir := t.TempDir()
	log := filepath.Join(dir, "app.log")
	f := newFollowing(t, logTable(dir, "app.log"))
	f.want("no file yet")
	appendTo(t, log, "")
	f.want("an empty one")
	appendTo(t, log, line(1)+`{"id":2,`)
	f.want("a line and a half", 1)
	appendTo(t, log, `"name":"n2"}`)
	f.want("no line end yet", 1)
	appendTo(t, log, "\n"+line(3))
	f.want("whole", 1, 2, 3)
	f.checkpoint()
	appendTo(t, log, line(4))
	f.want("more", 1, 2, 3, 4)
	f.kill()
	f.want("after a kill", 1, 2, 3, 4)
	appendTo(t, log, "{bad}\n"+strings.Repeat("x", 3000))
	f.poll()
	appendTo(t, log, strings.Repeat("x", 3000)+"\n"+line(5))
	f.want("behind bad lines", 1, 2, 3, 4, 5)
	if len(f.bad) != 2 || f.bad[0].Line != 5 || f.bad[1].Line != 6 || f.bad[0].Split != "app.log" {
		t.Errorf("%+v", f.bad)
	}
}

// Renamed and made anew: the usual way of logrotate.
func TestFollowRenamed(t *testing.T) {
	for _, path := range []string{"app.log", "app.log*", "."} {
		for _, down := range []bool{false, true} {
			t.Run(fmt.Sprint(path, down), func(t *testing.T) {
				dir := t.TempDir()
				log := filepath.Join(dir, "app.log")
				appendTo(t, log, line(1)+line(2))
				f := newFollowing(t, logTable(dir, path))
				f.want("before", 1, 2)
				f.checkpoint()
				appendTo(t, log, line(3))
				if !down {
					f.want("more", 1, 2, 3)
				} else {
					f.close()
				}
				move(t, log, log+".1")
				appendTo(t, log+".1", line(4)) // the writer has not noticed yet
				appendTo(t, log, line(5))
				if down {
					f.start()
				}
				f.want("rotated", 1, 2, 3, 4, 5)
				f.checkpoint()
				move(t, log+".1", log+".2")
				move(t, log, log+".1")
				appendTo(t, log, line(6))
				f.want("twice", 1, 2, 3, 4, 5, 6)
				f.kill()
				f.want("twice, and killed", 1, 2, 3, 4, 5, 6)
				f.checkpoint()
				if err := os.Remove(log + ".2"); err != nil {
					t.Fatal(err)
				}
				appendTo(t, log, line(7))
				f.want("the oldest is gone", 1, 2, 3, 4, 5, 6, 7)
				f.kill()
				f.want("and killed", 1, 2, 3, 4, 5, 6, 7)
			})
		}
	}
}

// Copied and truncated: for writers that keep the file open.
func TestFollowCopyTruncate(t *testing.T) {
	for _, path := range []string{"app.log", "app.log*"} {
		for _, down := range []bool{false, true} {
			t.Run(fmt.Sprint(path, down), func(t *testing.T) {
				dir := t.TempDir()
				log := filepath.Join(dir, "app.log")
				appendTo(t, log, line(1)+line(2))
				f := newFollowing(t, logTable(dir, path))
				f.want("before", 1, 2)
				f.checkpoint()
				appendTo(t, log, line(3)+`{"id":4`)
				if down {
					f.close()
				}
				whole, err := os.ReadFile(log)
				if err != nil {
					t.Fatal(err)
				}
				if !down {
					write(t, log+".1", string(whole[:len(whole)-9])) // while it is copied
					f.want("half a copy", 1, 2, 3)
				}
				write(t, log+".1", string(whole))
				if !down {
					f.want("a copy", 1, 2, 3)
				}
				if err := os.Truncate(log, 0); err != nil {
					t.Fatal(err)
				}
				if down {
					appendTo(t, log, line(5))
					f.start()
				} else {
					f.want("truncated", 1, 2, 3)
					appendTo(t, log, line(5))
				}
				f.want("anew", 1, 2, 3, 5)
				if len(f.bad) != 1 || !strings.HasPrefix(string(f.bad[0].Raw), `{"id":4`) {
					t.Errorf("the record that was cut in half: %+v", f.bad)
				}
				f.checkpoint()
				appendTo(t, log, line(6))
				f.want("more", 1, 2, 3, 5, 6)
				f.kill()
				f.want("killed", 1, 2, 3, 5, 6)
			})
		}
	}
}

func TestFollowTruncatedWithoutCopy(t *testing.T) {
	dir := t.TempDir()
	log := filepath.Join(dir, "app.log")
	appendTo(t, log, line(1)+line(2))
	f := newFollowing(t, logTable(dir, "app.log"))
	f.want("before", 1, 2)
	write(t, log, line(7)+line(8)+line(9)) // longer than what was read
	f.want("another content", 1, 2, 7, 8, 9)
	if got := f.order; !slices.Equal(got, []string{"app.log#2"}) {
		t.Error(got)
	}
}

// Files that begin alike, and one that is the other so far, are told apart.
func TestFollowTwins(t *testing.T) {
	dir := t.TempDir()
	appendTo(t, filepath.Join(dir, "a.ndjson"), line(1)+line(2))
	appendTo(t, filepath.Join(dir, "b.ndjson"), line(1)+line(2)) // both were there before
	f := newFollowing(t, logTable(dir, "*.ndjson"))
	f.want("twins", 1, 1, 2, 2)
	appendTo(t, filepath.Join(dir, "c.ndjson"), line(1))
	f.want("it may be a copy", 1, 1, 2, 2)
	appendTo(t, filepath.Join(dir, "c.ndjson"), line(3))
	f.want("it is none", 1, 1, 2, 2, 1, 3)
	appendTo(t, filepath.Join(dir, "d.ndjson"), line(1))
	f.src.copy = 0
	f.want("nobody truncates", 1, 1, 2, 2, 1, 3, 1)
	appendTo(t, filepath.Join(dir, "e.ndjson.gz"), "not for us")
	f.want("packed ones are left alone", 1, 1, 2, 2, 1, 3, 1)
}

func TestFollowCSV(t *testing.T) {
	dir := t.TempDir()
	log := filepath.Join(dir, "a.csv")
	f := newFollowing(t, tableOf(dir, "a.csv", idName...))
	appendTo(t, log, "\xEF\xBB\xBFna")
	f.want("half a header")
	appendTo(t, log, "me,id\nn1,1\n")
	f.want("a row", 1)
	f.checkpoint()
	appendTo(t, log, "n2,2\n")
	f.kill()
	f.want("killed", 1, 2)
	move(t, log, log+".1")
	appendTo(t, log, "id,name\n3,n3\n")
	f.want("other columns", 1, 2, 3)
}

func TestFollowRefuses(t *testing.T) {
	dir := t.TempDir()
	f := func(want, path string, options ...string) {
		t.Helper()
		table := tableOf(dir, path, idName...)
		table.Options["follow"] = "true"
		for i := 0; i < len(options); i += 2 {
			table.Options[options[i]] = options[i+1]
		}
		src, err := New().Source(table)
		if err == nil {
			_, err = src.Splits(context.Background())
		}
		if err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), dir, "DIR"), want) {
			t.Errorf("%s %v: %v, want %s", path, options, err, want)
		}
	}
	f("only text can be followed, not parquet files", "a.parquet")
	f("compressed files cannot be followed", "a.ndjson", "compression", "gzip")
	f("standard input cannot be followed", "-", "format", "json")
	f("'follow.interval'='0s' is no span of time above zero", "a.ndjson", "follow.interval", "0s")
	f("there is no file DIR/none/a.ndjson", "none/a.ndjson")

	log := filepath.Join(dir, "a.ndjson")
	appendTo(t, log, line(1))
	g := newFollowing(t, logTable(dir, "a.ndjson"))
	g.want("before", 1)
	g.checkpoint()
	g.close()
	write(t, log, line(2)+line(3))
	src, _ := New().Source(g.table)
	err := src.(vexec.Growing).Resume(context.Background(), g.saved, g.memory)
	if err == nil || !strings.Contains(err.Error(), "a.ndjson was read up to byte 21 when the checkpoint was taken") {
		t.Error(err)
	}
}

// TestFollowRandom writes, rotates in both ways, takes checkpoints and kills, in
// random order: each row comes once, and rows of one log in their order.
func TestFollowRandom(t *testing.T) {
	for seed := range uint64(25) {
		r := rand.New(rand.NewPCG(seed, 77))
		dir := t.TempDir()
		log := filepath.Join(dir, "app.log")
		f := newFollowing(t, logTable(dir, []string{"app.log", "app.log*"}[seed%2]))
		ids := []int{0}
		appendTo(t, log, line(0))
		f.poll()
		f.checkpoint()
		down := false
		for range 120 {
			switch k := r.IntN(20); {
			case k < 10:
				n := len(ids)
				text := line(n)
				if cut := r.IntN(len(text)); r.IntN(3) == 0 && !down {
					appendTo(t, log, text[:cut])
					f.step(1)
					text = text[cut:]
				}
				appendTo(t, log, text)
				ids = append(ids, n)
			case k < 14 && !down:
				f.step(1 + r.IntN(3))
			case k == 14 && !down:
				f.checkpoint()
			case k == 15 && !down:
				f.close()
				down = true
			case k == 16 && down:
				f.start()
				down = false
			case k == 17 || k == 18:
				if !down { // who does not look between two of them misses one
					f.step(1)
				}
				if !rotate(t, r, log) {
					continue
				}
				if k == 17 || len(ids) == 0 {
					move(t, log, log+".1")
					continue
				}
				whole, err := os.ReadFile(log)
				if err != nil {
					t.Fatal(err)
				}
				if !down {
					f.step(1)
				}
				write(t, log+".1", string(whole))
				if !down {
					f.step(1)
				}
				if err := os.Truncate(log, 0); err != nil {
					t.Fatal(err)
				}
				if !down {
					f.poll() // a second truncation before anybody looks is seen by nobody
				}
			}
		}
		if down {
			f.start()
		}
		f.want(fmt.Sprintf("seed %d", seed), ids...)
		f.checkpoint()
		f.kill()
		f.want(fmt.Sprintf("seed %d, killed", seed), ids...)
		if len(f.bad) > 0 {
			t.Fatalf("seed %d: %+v", seed, f.bad)
		}
	}
}

// rotate makes room for app.log.1, and keeps what is there.
func rotate(t *testing.T, r *rand.Rand, log string) bool {
	if info, err := os.Stat(log); err != nil || info.Size() == 0 {
		return false
	}
	for n := 40; n >= 1; n-- {
		if _, err := os.Stat(fmt.Sprint(log, ".", n)); err == nil {
			move(t, fmt.Sprint(log, ".", n), fmt.Sprint(log, ".", n+1))
		}
	}
	return true
}
