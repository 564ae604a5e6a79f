package model

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"
)

func newModel(t *testing.T, change func(c *Config)) *Model {
	t.Helper()
	c := Default()
	if change != nil {
		change(&c)
	}
	m, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// The shares that queries depend on: hot auctions, bidders and channels.
func TestBidsFollowTheModel(t *testing.T) {
	m := newModel(t, nil)
	k := NewMaker(m)
	k.Seek(0)
	var e Event
	var bids, hotAuction, hotBidder, hotChannel, filler int
	for n := range uint64(200_000) {
		k.Next(&e, All)
		if e.Kind != m.KindOf(n) {
			t.Fatalf("event %d is a %s", n, e.Kind)
		}
		if e.Kind != Bid {
			continue
		}
		p := m.placeOf(n)
		bids++
		hotAuction += count(e.Nums[0] == firstAuctionID+m.lastAuction(p)/hotBlock*hotBlock)
		hotBidder += count(e.Nums[1] == firstPersonID+m.lastPerson(p)/hotBlock*hotBlock+1)
		hotChannel += count(e.Nums[3] < 4)
		filler += len(e.Texts[6])
		if e.Nums[2] < 100 || e.Nums[2] > 100_000_000 {
			t.Errorf("price %d is out of range", e.Nums[2])
		}
		if e.Nums[0] > firstAuctionID+m.lastAuction(p)+auctionLead || e.Nums[1] > firstPersonID+m.lastPerson(p)+personLead {
			t.Fatalf("event %d: bid of %d for %d, which are too far ahead", n, e.Nums[1], e.Nums[0])
		}
		if e.Nums[5] != n/10 {
			t.Fatalf("event %d is at %d ms", n, e.Nums[5])
		}
	}
	share := func(what string, part int, want float64) {
		t.Helper()
		if got := float64(part) / float64(bids); got < want-0.02 || got > want+0.02 {
			t.Errorf("%s: %.3f of the bids, want about %.2f", what, got, want)
		}
	}
	share("hot auction", hotAuction, 0.50)
	share("hot bidder", hotBidder, 0.75)
	share("hot channel", hotChannel, 0.50)
	if avg := filler / bids; avg < 66 || avg > 70 {
		t.Errorf("the filler has %d bytes on average, want 68", avg)
	}
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// configs are configurations of all forms.
var configs = []func(c *Config){
	nil,
	func(c *Config) { c.Persons, c.Auctions, c.Bids = 0, 0, 1 },
	func(c *Config) { c.Persons, c.Auctions, c.Bids = 5, 0, 0 },
	func(c *Config) { c.Persons, c.Auctions, c.Bids = 0, 2, 3 },
	func(c *Config) { c.Persons, c.Auctions, c.Bids = 3, 1, 0 },
	func(c *Config) { c.FirstRate, c.NextRate, c.Period = 100, 7000, 900 },
	func(c *Config) { c.PersonSize, c.AuctionSize, c.BidSize = 0, 1000, 10 },
}

// A field has the same value whichever others are wanted, and wherever the maker
// was before.
func TestFieldsDoNotDependOnOthers(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for i, change := range configs {
		m := newModel(t, change)
		whole, part := NewMaker(m), NewMaker(m)
		whole.Seek(0)
		for n := range uint64(3000) {
			var a, b Event
			whole.Next(&a, All)
			want := Want(r.Uint32())
			if n%3 == 0 {
				want = 1 << (n / 3 % maxFields)
			}
			part.Seek(n)
			part.Next(&b, want)
			if a.Kind != b.Kind {
				t.Fatalf("config %d, event %d: %s and %s", i, n, a.Kind, b.Kind)
			}
			for f, d := range Fields(a.Kind) {
				if want.has(f) && (d.Type != Text && a.Nums[f] != b.Nums[f] || d.Type == Text && !bytes.Equal(a.Texts[f], b.Texts[f])) {
					t.Fatalf("config %d, event %d, want %b: %s is %v %q, alone %v %q", i, n, want, d.Name, a.Nums[f], a.Texts[f], b.Nums[f], b.Texts[f])
				}
			}
		}
	}
}

// Times never fall, also where the rate changes, and a period has the events of both
// rates.
func TestTimes(t *testing.T) {
	for _, change := range configs {
		m := newModel(t, change)
		last := uint64(0)
		for n := range uint64(20_000) {
			ms := m.Millis(n)
			if ms < last {
				t.Fatalf("event %d goes back from %d to %d", n, last, ms)
			}
			last = ms
		}
	}
	m := newModel(t, func(c *Config) { c.FirstRate, c.NextRate, c.Period = 100, 1000, 2000 })
	for n, want := range map[uint64]uint64{0: 0, 99: 990, 100: 1000, 101: 1001, 1099: 1999, 1100: 2000, 1101: 2010} {
		if got := m.Millis(n); got != want {
			t.Errorf("event %d at %d, want %d", n, got, want)
		}
	}
	if got := newModel(t, nil).Millis(1 << 62); got != 1<<62/10 {
		t.Errorf("a late event at %d", got)
	}
}

func TestLast(t *testing.T) {
	for _, change := range configs {
		m := newModel(t, change)
		for k := range Kinds {
			for from := range uint64(60) {
				for to := from; to < 130; to += 7 {
					want, found := uint64(0), false
					for n := from; n < to; n++ {
						if m.KindOf(n) == k {
							want, found = n, true
						}
					}
					if got, ok := m.Last(k, from, to); ok != found || ok && got != want {
						t.Fatalf("last %s in %d to %d: %d %v, want %d %v", k, from, to, got, ok, want, found)
					}
				}
			}
		}
	}
}

func TestBadConfig(t *testing.T) {
	for i, change := range []func(c *Config){
		func(c *Config) { c.Persons, c.Auctions, c.Bids = 0, 0, 0 },
		func(c *Config) { c.Bids = 1 << 40 },
		func(c *Config) { c.HotSellers = 0 },
		func(c *Config) { c.NextRate = 0 },
		func(c *Config) { c.FirstRate, c.Period = 1, 2 },
		func(c *Config) { c.Period = 0 },
	} {
		c := Default()
		change(&c)
		if _, err := New(c); err == nil {
			t.Errorf("configuration %d is taken", i)
		}
	}
}

func TestOtherSeedOtherData(t *testing.T) {
	var a, b Event
	x, y := NewMaker(newModel(t, nil)), NewMaker(newModel(t, func(c *Config) { c.Seed = 2 }))
	x.Seek(10)
	y.Seek(10)
	x.Next(&a, All)
	y.Next(&b, All)
	if a.Nums[2] == b.Nums[2] || bytes.Equal(a.Texts[6], b.Texts[6]) {
		t.Error("seeds 1 and 2 make the same bid")
	}
}

// The quick way to a price gives the exact one's.
func TestPrice(t *testing.T) {
	r := eventRNG(5, 5)
	for range 300_000 {
		at := r
		want := exactPrice(at.unit())
		if got := price(&r); got != want {
			t.Fatalf("%d, want %d", got, want)
		}
	}
	for _, u := range []float64{0, 1 - 1.0/(1<<53), 0.5, 1.0 / 1024, 1023.0 / 1024} {
		if d := quickPrice(u) - math.Pow(10, u*6)*100; d > doubt/50 || d < -doubt/50 {
			t.Errorf("%v is wrong by %v", u, d)
		}
	}
}

func BenchmarkMaker(b *testing.B) {
	m, _ := New(Default())
	for name, want := range map[string]Want{"all": All, "auction": 1, "auctionPrice": 1 | 4, "withoutExtra": 0x3F} {
		b.Run(name, func(b *testing.B) {
			k := NewMaker(m)
			k.Seek(0)
			var e Event
			for b.Loop() {
				k.Next(&e, want)
			}
		})
	}
}
