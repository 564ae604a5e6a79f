package file

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/helios-stream/helios/vexec"
)

// manyLogs is a folder of logs that is followed: n of them, all read to their ends.
type manyLogs struct {
	*following
	dir string
	n   int
}

func newManyLogs(t testing.TB, n int) *manyLogs {
	m := &manyLogs{dir: t.TempDir(), n: n}
	table := logTable(m.dir, "*.log*")
	m.following = &following{t: t, table: table}
	table.Options["follow"], table.Options["follow.interval"] = "true", "1us"
	for i := range n {
		appendTo(t, m.path(i), line(i)+line(n+i))
	}
	m.start()
	t.Cleanup(m.close)
	m.poll()
	if len(m.rows) != 2*n {
		t.Fatalf("%d rows of %d", len(m.rows), 2*n)
	}
	return m
}

func (m *manyLogs) path(i int) string { return filepath.Join(m.dir, fmt.Sprintf("app-%d.log", i)) }

// rotate moves so many of the logs, and begins them anew.
func (m *manyLogs) rotate(n int) {
	for i := range n {
		move(m.t, m.path(i), m.path(i)+".1")
		appendTo(m.t, m.path(i), line(2*m.n+i))
	}
}

// Of a thousand logs half are rotated, and the process is killed. Every row comes once.
func TestFollowManyLogs(t *testing.T) {
	const n = 1000
	m := newManyLogs(t, n)
	m.checkpoint()
	m.rotate(n / 2)
	m.close()
	m.start()
	m.look(t)
	m.src.grace = 0
	m.poll()
	if len(m.rows) != 2*n+n/2 {
		t.Fatalf("%d rows", len(m.rows))
	}
	if len(m.src.tails) != n || len(m.src.past.marks) != n/2 {
		t.Errorf("%d logs are read and %d have ended", len(m.src.tails), len(m.src.past.marks))
	}
	m.look(t)
	m.checkpoint()
	m.kill()
	m.poll()
	if len(m.rows) != 2*n+n/2 {
		t.Errorf("after a kill: %d rows", len(m.rows))
	}
}

func (m *manyLogs) look(t testing.TB) {
	if err := m.src.look(time.Now()); err != nil {
		t.Fatal(err)
	}
}

// Two thousand logs, half of them just rotated.
func BenchmarkFollow(b *testing.B) {
	m := newManyLogs(b, 1000)
	m.rotate(1000)
	m.src.grace = time.Hour
	m.poll()
	b.Run("look", func(b *testing.B) {
		for b.Loop() {
			m.look(b)
		}
	})
	b.Run("claims", func(b *testing.B) { // all splits are asked, and have nothing
		for b.Loop() {
			m.step(1)
		}
	})
	m.checkpoint()
	b.Run("resume", func(b *testing.B) {
		for b.Loop() {
			src, err := New().Source(m.table)
			if err == nil {
				err = src.(vexec.Growing).Resume(context.Background(), m.saved, m.memory)
			}
			if err != nil {
				b.Fatal(err)
			}
			if err := src.(*follower).look(time.Now()); err != nil {
				b.Fatal(err)
			}
			for _, t := range src.(*follower).tails {
				t.file.Close()
			}
		}
	})
}

// A log that was moved has been quiet before a kill, too: a process that is killed all
// the time lets it go in the end.
func TestFollowQuietOverKills(t *testing.T) {
	dir := t.TempDir()
	log := filepath.Join(dir, "app.log")
	appendTo(t, log, line(1))
	f := newFollowing(t, logTable(dir, "*.log*"))
	f.src.grace = time.Hour
	f.want("before", 1)
	move(t, log, log+".1")
	f.want("moved", 1)
	f.checkpoint()
	f.kill()
	f.src.grace = time.Hour
	f.want("killed", 1)
	moved := f.src.tails[0]
	if !moved.moved || moved.mark.Quiet == 0 {
		t.Fatalf("%+v", moved)
	}
	moved.mark.Quiet, moved.raw = time.Now().Add(-2*time.Hour).UnixMilli(), nil
	f.checkpoint()
	f.kill()
	f.src.grace = time.Hour
	f.want("killed again", 1)
	if len(f.src.tails) != 0 || len(f.src.past.marks) != 1 {
		t.Errorf("%d logs are read after two hours", len(f.src.tails))
	}
	appendTo(t, log+".1", line(2))
	f.want("its rest", 1, 2)
}

// A copy that stands beside its log when the process is killed is none of its own.
func TestFollowCopyOverKill(t *testing.T) {
	dir := t.TempDir()
	log := filepath.Join(dir, "app.log")
	appendTo(t, log, line(1)+line(2))
	f := newFollowing(t, logTable(dir, "app.log*"))
	f.want("before", 1, 2)
	f.checkpoint()
	write(t, log+".1", line(1)+line(2))
	f.want("copied", 1, 2)
	f.kill()
	f.want("killed", 1, 2)
	if err := os.Truncate(log, 0); err != nil {
		t.Fatal(err)
	}
	f.want("truncated", 1, 2)
	appendTo(t, log, line(3))
	f.want("anew", 1, 2, 3)
}

// Logs whose files are gone are forgotten once many others have ended; those whose
// files are there never are.
func TestFollowForgets(t *testing.T) {
	dir := t.TempDir()
	stays := filepath.Join(dir, "stays.log")
	appendTo(t, stays, line(1))
	f := newFollowing(t, logTable(dir, "*.log"))
	f.want("before", 1)
	move(t, stays, filepath.Join(dir, "stayed.log"))
	f.want("moved", 1)
	for i := range maxGone + 50 {
		m := mark{Name: "gone", At: 10}
		m.seal([]byte(line(i))[:10], nil)
		f.src.past.add(m)
	}
	f.want("many others", 1)
	if got := len(f.src.past.marks); got != maxGone+1 {
		t.Errorf("%d logs are remembered", got)
	}
	f.checkpoint()
	f.kill()
	f.want("after a kill", 1)
	if got := len(f.src.past.heads); got != 2 {
		t.Errorf("%d lengths", got)
	}
}

// A log that was rotated away while nobody looked ends like one that was seen moving.
func TestFollowMissedEnds(t *testing.T) {
	dir := t.TempDir()
	log := filepath.Join(dir, "app.log")
	appendTo(t, log, line(1))
	f := newFollowing(t, logTable(dir, "app.log"))
	f.want("before", 1)
	f.checkpoint()
	f.close()
	move(t, log, log+".2")
	appendTo(t, log+".1", line(2))
	appendTo(t, log, line(3))
	f.start()
	f.want("after two rotations", 1, 2, 3)
	if len(f.src.tails) != 1 || f.src.tails[0].name != "app.log" {
		t.Errorf("%d logs are read", len(f.src.tails))
	}
}
