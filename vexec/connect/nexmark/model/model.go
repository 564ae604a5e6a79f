package model

import (
	"fmt"
	"math"
	"math/bits"
	"strconv"
)

// Config is what the Flink suite lets its users set.
type Config struct {
	Seed                    uint64
	Persons, Auctions, Bids uint64 // of so many events together, in this order
	FirstRate, NextRate     uint64 // events per second of event time: they take turns, each for half a period
	Period                  uint64 // in milliseconds
	HotAuctions             uint64 // 1 in so many bids goes to an ordinary auction
	HotBidders              uint64 // 1 in so many bids comes from an ordinary bidder
	HotSellers              uint64 // 1 in so many auctions is an ordinary seller's
	PersonSize, AuctionSize int    // bytes of an event that the filler aims at
	BidSize                 int
}

// Default is the configuration of the suite.
func Default() Config {
	return Config{
		Seed: 1, Persons: 1, Auctions: 3, Bids: 46, FirstRate: 10_000, NextRate: 10_000, Period: 600_000,
		HotAuctions: 2, HotBidders: 4, HotSellers: 4, PersonSize: 200, AuctionSize: 500, BidSize: 100,
	}
}

// The model's constants, as in the Flink suite.
const (
	firstPersonID   = 1000
	firstAuctionID  = 1000
	firstCategoryID = 10
	categories      = 5

	activePeople     = 1000 // the last persons, of whom ordinary bidders and sellers are taken
	inFlightAuctions = 100  // the last auctions, to which ordinary bids go
	personLead       = 10   // how far ids may run ahead of what exists
	auctionLead      = 10

	hotBlock = 100 // one auction, bidder or seller of each hotBlock is the hot one for a time

	hotChannelRatio  = 2 // 1 in 2 bids comes through an ordinary channel
	ordinaryChannels = 10_000
)

// Kind is the kind of an event.
type Kind uint8

// The kinds; Kinds is how many there are.
const (
	Person Kind = iota
	Auction
	Bid
	Kinds
)

// String is the kind's name in lower case.
func (k Kind) String() string { return [...]string{"person", "auction", "bid"}[k] }

// Model makes events of a configuration. It is immutable and safe for use by many
// goroutines.
type Model struct {
	Config
	epoch     uint64 // events of all kinds together
	halfFirst uint64 // events of the half period at FirstRate
	halfNext  uint64
	cycle     uint64 // events of a period
	channels  []string
	urls      []string
}

var hotChannels = [...]string{"Google", "Facebook", "Baidu", "Apple"}

// maxShare keeps sums and products of the configuration far from overflow.
const maxShare = 1 << 30

// New checks a configuration and returns its model.
func New(c Config) (*Model, error) {
	m := &Model{Config: c, epoch: c.Persons + c.Auctions + c.Bids}
	switch {
	case c.Persons > maxShare || c.Auctions > maxShare || c.Bids > maxShare || m.epoch == 0:
		return nil, fmt.Errorf("the proportions of persons, auctions and bids must be whole numbers below %d, one of them above 0", maxShare)
	case c.HotAuctions == 0 || c.HotBidders == 0 || c.HotSellers == 0:
		return nil, fmt.Errorf("a hot ratio must be 1 or more")
	case c.FirstRate == 0 || c.NextRate == 0 || c.FirstRate > 1e12 || c.NextRate > 1e12:
		return nil, fmt.Errorf("a rate of events must be from 1 to 1e12 a second")
	case c.Period < 2 || c.Period > 1e9:
		return nil, fmt.Errorf("the period of the rates must be from 2 ms to 11 days")
	}
	m.halfFirst, m.halfNext = c.FirstRate*(c.Period/2)/1000, c.NextRate*(c.Period/2)/1000
	m.cycle = m.halfFirst + m.halfNext
	if c.FirstRate != c.NextRate && (m.halfFirst == 0 || m.halfNext == 0) {
		return nil, fmt.Errorf("the period of the rates is too short for an event in each half")
	}
	m.makeChannels()
	return m, nil
}

func (m *Model) makeChannels() {
	r := eventRNG(m.Seed, ^uint64(0))
	for _, name := range hotChannels {
		m.channels, m.urls = append(m.channels, name), append(m.urls, baseURL(&r))
	}
	for i := range uint32(ordinaryChannels) {
		url := baseURL(&r)
		if r.below(10) > 0 {
			id := max(int32(bits.Reverse32(i)), -int32(bits.Reverse32(i)))
			url += "&channel_id=" + strconv.Itoa(int(id))
		}
		m.channels, m.urls = append(m.channels, "channel-"+strconv.Itoa(int(i))), append(m.urls, url)
	}
}

func baseURL(r *rng) string {
	url := []byte("https://www.nexmark.com/")
	for range 3 {
		url = append(r.word(url, 5, '_'), '/')
	}
	return string(url) + "item.htm?query=1"
}

// Epoch is how many events have the configured proportions.
func (m *Model) Epoch() uint64 { return m.epoch }

// KindOf returns the kind of event number n, counted from 0.
func (m *Model) KindOf(n uint64) Kind { return m.kindAt(n % m.epoch) }

func (m *Model) kindAt(offset uint64) Kind {
	switch {
	case offset < m.Persons:
		return Person
	case offset < m.Persons+m.Auctions:
		return Auction
	}
	return Bid
}

// Last returns the last event of a kind with a number in [from, to); ok is false
// where there is none.
func (m *Model) Last(k Kind, from, to uint64) (n uint64, ok bool) {
	lo := [Kinds]uint64{0, m.Persons, m.Persons + m.Auctions}[k]
	hi := [Kinds]uint64{m.Persons, m.Persons + m.Auctions, m.epoch}[k]
	if lo == hi || from >= to {
		return 0, false
	}
	epoch, offset := (to-1)/m.epoch, (to-1)%m.epoch
	switch {
	case offset >= hi:
		n = epoch*m.epoch + hi - 1
	case offset >= lo:
		n = to - 1
	case epoch == 0:
		return 0, false
	default:
		n = (epoch-1)*m.epoch + hi - 1
	}
	return n, n >= from
}

// place is where an event is among the others.
type place struct{ n, epoch, offset uint64 }

func (m *Model) placeOf(n uint64) place { return place{n, n / m.epoch, n % m.epoch} }

// lastPerson returns the number, from 0, of the last person made up to an event.
func (m *Model) lastPerson(p place) uint64 {
	if m.Persons == 0 {
		return 0
	}
	return p.epoch*m.Persons + min(p.offset, m.Persons-1)
}

// lastAuction returns the number, from 0, of the last auction made up to an event;
// auction 0 where there is none yet.
func (m *Model) lastAuction(p place) uint64 {
	switch {
	case m.Auctions == 0 || p.offset < m.Persons && p.epoch == 0:
		return 0
	case p.offset < m.Persons:
		return p.epoch*m.Auctions - 1
	}
	return p.epoch*m.Auctions + min(p.offset-m.Persons, m.Auctions-1)
}

// somePerson returns one of the active persons, or one that soon will be.
func (m *Model) somePerson(r *rng, p place) uint64 {
	people := m.lastPerson(p) + 1
	active := min(people, activePeople)
	return people - active + r.below(active+personLead)
}

// someAuction returns one of the auctions in flight, or one that soon will be.
func (m *Model) someAuction(r *rng, p place) uint64 {
	last := m.lastAuction(p)
	first := last - min(last, inFlightAuctions)
	return first + r.below(last-first+1+auctionLead)
}

// Millis returns the event time of event n in milliseconds after the start.
func (m *Model) Millis(n uint64) uint64 {
	if m.FirstRate == m.NextRate {
		return scaled(n, m.FirstRate)
	}
	period, at := n/m.cycle, n%m.cycle
	ms := period * (m.Period / 2 * 2)
	if at < m.halfFirst {
		return ms + scaled(at, m.FirstRate)
	}
	return ms + m.Period/2 + scaled(at-m.halfFirst, m.NextRate)
}

// scaled is n*1000/rate, in 128 bits where it has to be.
func scaled(n, rate uint64) uint64 {
	if n < math.MaxUint64/1000 {
		return n * 1000 / rate
	}
	hi, lo := bits.Mul64(n, 1000)
	if hi >= rate {
		return math.MaxInt64
	}
	q, _ := bits.Div64(hi, lo, rate)
	return q
}
