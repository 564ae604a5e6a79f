package vexec_test

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// nearSide is rows of a side by task, in the order of time.
type nearSide struct {
	keys, times [][]int64
}

func randomSide(r *rand.Rand, tasks, rows int, kinds, step int64) nearSide {
	s := nearSide{make([][]int64, tasks), make([][]int64, tasks)}
	for i := range tasks {
		at := r.Int64N(step) - 50*step
		for range rows {
			at += r.Int64N(step)
			s.keys[i], s.times[i] = append(s.keys[i], r.Int64N(kinds)), append(s.times[i], at)
		}
	}
	return s
}

// has reports whether a row at time t has a partner.
func (s *nearSide) has(key, t, lo, hi int64) bool {
	for i := range s.keys {
		for n, k := range s.keys[i] {
			if d := s.times[i][n] - t; k == key && d >= lo && d <= hi {
				return true
			}
		}
	}
	return false
}

// add adds rows from to to of a task, and says that it has read up to the next one.
func (s *nearSide) add(k *vexec.NearKeys, task, from, to int) {
	b := columns(to-from, longs(s.keys[task][from:to]...))
	hashes := make([]uint64, b.Rows)
	vexec.HashRows(b, []int{0}, hashes)
	rows := make([]int32, b.Rows)
	for i := range rows {
		rows[i] = int32(i)
	}
	k.Add(rows, hashes, s.times[task][from:to])
	wm := ir.MaxMicros
	if to < len(s.times[task]) {
		wm = ir.Micros(s.times[task][to])
	}
	k.Passed(task, wm)
}

func sieve(f *vexec.KeyFilter, keys, times []int64) []int32 {
	s := vexec.NewKeySieve([]*vexec.KeyFilter{f})
	s.Begin()
	ts := vexec.NewVec(ir.TTimestamp, len(times))
	copy(ts.Int64s(), times)
	return s.Rows(0, []vexec.Vec{longs(keys...), ts}, len(keys), nil, make([]int32, len(keys)))
}

// TestNearKeysKeepPartners: whatever has been read of the side, no row with a partner is left
// out, of those without one none before the side has come so far, and nearly all then.
func TestNearKeysKeepPartners(t *testing.T) {
	gone, alone := 0, 0
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 5))
		step := []int64{3, 1_000_000, 90_000_000}[r.IntN(3)]
		lo := (r.Int64N(40) - 25) * step
		hi := lo + r.Int64N(40)*step
		tasks := 1 + r.IntN(3)
		side := randomSide(r, tasks, 200, 60, step)
		k := vexec.NewNearKeys(tasks, lo, hi, vexec.NewBudget(1<<30).Account("keys"))
		f := k.Filter([]int{0}, 1)
		read := make([]int, tasks)
		for {
			var keys, times []int64
			for range 64 {
				keys, times = append(keys, r.Int64N(90)), append(times, (r.Int64N(260)-80)*step)
			}
			least := int64(1 << 62)
			for i, n := range read {
				if n == 0 {
					least = -1 << 62
				} else if n < 200 {
					least = min(least, side.times[i][n])
				}
			}
			kept := sieve(f, keys, times)
			for i := range keys {
				has, out := side.has(keys[i], times[i], lo, hi), !slices.Contains(kept, int32(i))
				switch {
				case out && has:
					t.Fatalf("seed %d: a row with a partner is left out", seed)
				case out && times[i]+hi >= least:
					t.Fatalf("seed %d: a row is left out before the side has come to its end", seed)
				case !has && times[i]+hi < least:
					alone++
				}
				if out {
					gone++
				}
			}
			task := r.IntN(tasks)
			if !slices.ContainsFunc(read, func(n int) bool { return n < 200 }) {
				break
			}
			to := min(200, read[task]+1+r.IntN(80))
			if read[task] < to {
				side.add(k, task, read[task], to)
				read[task] = to
			}
		}
	}
	if gone < alone*7/10 || gone == 0 {
		t.Errorf("%d rows are left out of %d that have no partner", gone, alone)
	}
}

// TestNearKeysKeepAll: of very many keys none is lost, whenever it is asked for.
func TestNearKeysKeepAll(t *testing.T) {
	for _, rows := range []int{1, 31, 40_000} {
		budget := vexec.NewBudget(1 << 30)
		k := vexec.NewNearKeys(1, -1_000_000_000, 500_000_000, budget.Account("keys"))
		side := randomSide(rand.New(rand.NewPCG(8, uint64(rows))), 1, rows, 1<<40, 100_000)
		for from := 0; from < rows; from += 700 {
			to := min(from+700, rows)
			side.add(k, 0, from, to)
			if kept := sieve(k.Filter([]int{0}, 1), side.keys[0][:to], side.times[0][:to]); len(kept) != to {
				t.Fatalf("%d of %d rows are kept", len(kept), to)
			}
		}
		if rows > 1000 && budget.Used() > 4*int64(rows) {
			t.Errorf("%d bytes for %d keys that are all there", budget.Used(), rows)
		}
		others := randomSide(rand.New(rand.NewPCG(9, 9)), 1, 4000, 1<<40, 100_000)
		if kept := sieve(k.Filter([]int{0}, 1), others.keys[0], others.times[0]); rows > 1000 && len(kept) > 400 {
			t.Errorf("%d of 4000 rows without a partner are kept", len(kept))
		}
		k.Close()
		if budget.Used() != 0 {
			t.Errorf("%d bytes are left", budget.Used())
		}
	}
}

// TestNearKeysAreFreed: memory follows what the join keeps, and is all given back.
func TestNearKeysAreFreed(t *testing.T) {
	const minute = 60_000_000
	budget := vexec.NewBudget(1 << 30)
	k := vexec.NewNearKeys(2, -minute, 0, budget.Account("keys"))
	r := rand.New(rand.NewPCG(1, 1))
	side := randomSide(r, 2, 200_000, 1<<40, 60_000)
	var early int64
	for from := 0; from < 200_000; from += 10_000 {
		for task := range 2 {
			side.add(k, task, from, from+10_000)
			k.Freed(task, side.times[task][from]-minute)
		}
		if from == 30_000 {
			early = budget.Used()
		}
	}
	if now := budget.Used(); early == 0 || now > 2*early {
		t.Errorf("%d bytes are used, %d early", now, early)
	}
	k.Freed(0, 1<<60)
	k.Freed(1, 1<<60)
	if budget.Used() != 0 {
		t.Errorf("%d bytes are used of nothing", budget.Used())
	}
}

// TestNearKeysWithoutMemory: where there is none, or rows are spread over all times, nothing is
// left out any more, and nothing is held.
func TestNearKeysWithoutMemory(t *testing.T) {
	for name, c := range map[string]struct {
		limit int64
		step  int64
		rows  int
	}{"memory": {20_000, 1_000, 100_000}, "spread": {1 << 40, 9_000_000, 400_000}} {
		budget := vexec.NewBudget(c.limit)
		k := vexec.NewNearKeys(1, 0, 0, budget.Account("keys"))
		side := randomSide(rand.New(rand.NewPCG(3, 3)), 1, c.rows, 1<<40, c.step)
		side.add(k, 0, 0, c.rows)
		if kept := sieve(k.Filter([]int{0}, 1), []int64{-1, -2}, side.times[0][:2]); len(kept) != 2 || budget.Used() != 0 {
			t.Errorf("%s: %d of 2 rows are kept, %d bytes are used", name, len(kept), budget.Used())
		}
	}
}

// TestNearKeysAtOnce has tasks add, free and ask at the same time, for the race detector.
func TestNearKeysAtOnce(t *testing.T) {
	const second = 1_000_000
	k := vexec.NewNearKeys(2, -10*second, 0, vexec.NewBudget(1<<30).Account("keys"))
	side := randomSide(rand.New(rand.NewPCG(4, 4)), 2, 4000, 500, second)
	var wg sync.WaitGroup
	for task := range 2 {
		wg.Go(func() {
			for from := 0; from < 4000; from += 50 {
				side.add(k, task, from, from+50)
				k.Freed(task, side.times[task][from]-20*second)
			}
		})
		wg.Go(func() {
			f := k.Filter([]int{0}, 1)
			for from := 0; from < 4000; from += 50 {
				if kept := sieve(f, side.keys[task][from:from+50], side.times[task][from:from+50]); len(kept) > 50 {
					t.Error("more rows than there are")
				}
			}
		})
	}
	wg.Wait()
}
