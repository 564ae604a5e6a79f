package nexmark

import "math"

// The proportions of the event kinds in every Epoch events, persons first.
const (
	PersonsPerEpoch  = 1
	AuctionsPerEpoch = 3
	BidsPerEpoch     = 46
	Epoch            = PersonsPerEpoch + AuctionsPerEpoch + BidsPerEpoch
)

// EventsPerSecond is the rate in event time.
const EventsPerSecond = 10_000

// The model's constants, as in the Flink Nexmark suite.
const (
	firstPersonID   = 1000
	firstAuctionID  = 1000
	firstCategoryID = 10
	categories      = 5

	activePeople     = 1000 // the last persons, of whom ordinary bidders and sellers are taken
	inFlightAuctions = 100  // the last auctions, to which ordinary bids go
	personLead       = 10   // how far ids may run ahead of what exists
	auctionLead      = 10

	hotAuctionRatio = 2 // 1 in 2 bids goes to an ordinary auction
	hotBidderRatio  = 4 // 1 in 4 bids comes from an ordinary bidder
	hotSellerRatio  = 4
	hotBlock        = 100 // one auction, bidder or seller of each hotBlock is the hot one for a time

	hotChannelRatio  = 2 // 1 in 2 bids comes through an ordinary channel
	ordinaryChannels = 10_000

	personBytes  = 200 // the average sizes that the filler aims at
	auctionBytes = 500
	bidBytes     = 100
)

// Kind is the kind of an event.
type Kind uint8

// The kinds.
const (
	Person Kind = iota
	Auction
	Bid
)

// KindOf returns the kind of event number n, counted from 0.
func KindOf(n uint64) Kind {
	switch offset := n % Epoch; {
	case offset < PersonsPerEpoch:
		return Person
	case offset < PersonsPerEpoch+AuctionsPerEpoch:
		return Auction
	}
	return Bid
}

// lastPerson returns the number, from 0, of the last person made up to event n.
func lastPerson(n uint64) uint64 { return n / Epoch }

// lastAuction returns the number, from 0, of the last auction made up to event n;
// auction 0 where there is none yet.
func lastAuction(n uint64) uint64 {
	epoch, offset := n/Epoch, n%Epoch
	switch {
	case offset < PersonsPerEpoch && epoch == 0:
		return 0
	case offset < PersonsPerEpoch:
		return epoch*AuctionsPerEpoch - 1
	case offset < PersonsPerEpoch+AuctionsPerEpoch:
		return epoch*AuctionsPerEpoch + offset - PersonsPerEpoch
	}
	return epoch*AuctionsPerEpoch + AuctionsPerEpoch - 1
}

// somePerson returns one of the active persons, or one that soon will be.
func somePerson(r *rng, n uint64) uint64 {
	people := lastPerson(n) + 1
	active := min(people, activePeople)
	return people - active + r.below(active+personLead)
}

// someAuction returns one of the auctions in flight, or one that soon will be.
func someAuction(r *rng, n uint64) uint64 {
	last := lastAuction(n)
	first := last - min(last, inFlightAuctions)
	return first + r.below(last-first+1+auctionLead)
}

// price returns a price in cents, spread evenly over the orders of magnitude from
// one to a million.
func price(r *rng) uint64 {
	return uint64(math.Round(math.Pow(10, r.unit()*6) * 100))
}

// millis returns the event time of event n in milliseconds after the start.
func millis(n uint64) uint64 { return n * 1000 / EventsPerSecond }
