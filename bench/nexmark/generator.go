package nexmark

import (
	"math/bits"
	"strconv"
)

// Generator makes events as lines of JSON. It is immutable and safe for use by
// many goroutines.
type Generator struct {
	seed     uint64
	channels []channel // the hot ones first
}

// channel is where bids come from: its name, and its url as a JSON text.
type channel struct{ name, url string }

var hotChannels = [...]string{"Google", "Facebook", "Baidu", "Apple"}

var (
	states     = [...]string{"AZ", "CA", "ID", "OR", "WA", "WY"}
	cities     = [...]string{"Phoenix", "Los Angeles", "San Francisco", "Boise", "Portland", "Bend", "Redmond", "Seattle", "Kent", "Cheyenne"}
	firstNames = [...]string{"Peter", "Paul", "Luke", "John", "Saul", "Vicky", "Kate", "Julie", "Sarah", "Deiter", "Walter"}
	lastNames  = [...]string{"Shultz", "Abrams", "Spencer", "White", "Bartels", "Walton", "Smith", "Jones", "Noris"}
)

// New returns the generator of a seed.
func New(seed uint64) *Generator {
	g := &Generator{seed: seed}
	r := eventRNG(seed, ^uint64(0))
	for _, name := range hotChannels {
		g.channels = append(g.channels, channel{name, baseURL(&r)})
	}
	for i := range uint32(ordinaryChannels) {
		url := baseURL(&r)
		if r.below(10) > 0 {
			id := max(int32(bits.Reverse32(i)), -int32(bits.Reverse32(i)))
			url += "&channel_id=" + strconv.Itoa(int(id))
		}
		g.channels = append(g.channels, channel{"channel-" + strconv.Itoa(int(i)), url})
	}
	return g
}

func baseURL(r *rng) string {
	url := []byte("https://www.nexmark.com/")
	for range 3 {
		url = append(r.word(url, 5, '_'), '/')
	}
	return string(url) + "item.htm?query=1"
}

// Append appends event n as one line and returns its kind.
func (g *Generator) Append(dst []byte, n uint64, clock *Clock) ([]byte, Kind) {
	kind := KindOf(n)
	r := eventRNG(g.seed, n)
	switch kind {
	case Person:
		dst = g.person(dst, &r, n, clock)
	case Auction:
		dst = g.auction(dst, &r, n, clock)
	case Bid:
		dst = g.bid(dst, &r, n, clock)
	}
	return dst, kind
}

func (g *Generator) bid(dst []byte, r *rng, n uint64, clock *Clock) []byte {
	auction := lastAuction(n) / hotBlock * hotBlock
	if r.below(hotAuctionRatio) == 0 {
		auction = someAuction(r, n)
	}
	bidder := lastPerson(n)/hotBlock*hotBlock + 1 // the second of the block: the first is the hot seller
	if r.below(hotBidderRatio) == 0 {
		bidder = somePerson(r, n)
	}
	amount := price(r)
	ch := &g.channels[r.below(uint64(len(hotChannels)))]
	if r.below(hotChannelRatio) == 0 {
		ch = &g.channels[len(hotChannels)+int(r.below(ordinaryChannels))]
	}
	dst = number(dst, `{"auction":`, firstAuctionID+auction)
	dst = number(dst, `,"bidder":`, firstPersonID+bidder)
	dst = number(dst, `,"price":`, amount)
	dst = text(dst, `,"channel":"`, ch.name)
	dst = text(dst, `,"url":"`, ch.url)
	dst = clock.field(dst, `,"dateTime":"`, millis(n))
	dst = append(dst, `,"extra":"`...)
	dst = r.extra(dst, 4*8, bidBytes)
	return append(dst, "\"}\n"...)
}

func (g *Generator) auction(dst []byte, r *rng, n uint64, clock *Clock) []byte {
	seller := lastPerson(n) / hotBlock * hotBlock
	if r.below(hotSellerRatio) == 0 {
		seller = somePerson(r, n)
	}
	first := price(r)
	now := millis(n)
	// An auction lasts up to twice as long as it takes for all that are in flight to be made.
	horizon := millis(n+inFlightAuctions*Epoch/AuctionsPerEpoch) - now
	dst = number(dst, `{"id":`, firstAuctionID+lastAuction(n))
	start := len(dst)
	dst = append(dst, `,"itemName":"`...)
	dst = append(r.word(dst, 20, ' '), '"')
	dst = append(dst, `,"description":"`...)
	dst = append(r.word(dst, 100, ' '), '"')
	size := len(dst) - start
	dst = number(dst, `,"initialBid":`, first)
	dst = number(dst, `,"reserve":`, first+price(r))
	dst = clock.field(dst, `,"dateTime":"`, now)
	dst = clock.field(dst, `,"expires":"`, now+1+r.below(max(horizon*2, 1)))
	dst = number(dst, `,"seller":`, firstPersonID+seller)
	dst = number(dst, `,"category":`, firstCategoryID+r.below(categories))
	dst = append(dst, `,"extra":"`...)
	dst = r.extra(dst, size+7*8, auctionBytes)
	return append(dst, "\"}\n"...)
}

func (g *Generator) person(dst []byte, r *rng, n uint64, clock *Clock) []byte {
	dst = number(dst, `{"id":`, firstPersonID+lastPerson(n))
	start := len(dst)
	dst = text(dst, `,"name":"`, pick(r, firstNames[:])+" "+pick(r, lastNames[:]))
	dst = append(dst, `,"emailAddress":"`...)
	dst = append(r.word(dst, 7, 'x'), '@')
	dst = append(r.word(dst, 5, 'x'), `.com","creditCard":"`...)
	for i := range 4 {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = digits(dst, r.below(10_000), 4)
	}
	dst = text(dst, `","city":"`, pick(r, cities[:]))
	dst = text(dst, `,"state":"`, pick(r, states[:]))
	size := len(dst) - start
	dst = clock.field(dst, `,"dateTime":"`, millis(n))
	dst = append(dst, `,"extra":"`...)
	dst = r.extra(dst, size+8, personBytes)
	return append(dst, "\"}\n"...)
}

func pick(r *rng, from []string) string { return from[r.below(uint64(len(from)))] }

func number(dst []byte, before string, v uint64) []byte {
	return strconv.AppendUint(append(dst, before...), v, 10)
}

func text(dst []byte, before, s string) []byte {
	return append(append(append(dst, before...), s...), '"')
}
