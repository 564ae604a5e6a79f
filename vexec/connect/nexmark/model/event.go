package model

// FieldType says how an event holds a field.
type FieldType uint8

// The types of fields.
const (
	Number FieldType = iota // Event.Nums
	Time                    // Event.Nums: milliseconds after the start
	Text                    // Event.Texts
	OneOf                   // Event.Nums: a position in Model.Choices
)

// Field is a field of an event.
type Field struct {
	Name string
	Type FieldType
}

// The fields of the kinds, in the suite's order. Their positions are Event's.
var fields = [Kinds][]Field{
	{{"id", Number}, {"name", OneOf}, {"emailAddress", Text}, {"creditCard", Text}, {"city", OneOf}, {"state", OneOf}, {"dateTime", Time}, {"extra", Text}},
	{{"id", Number}, {"itemName", Text}, {"description", Text}, {"initialBid", Number}, {"reserve", Number}, {"dateTime", Time}, {"expires", Time},
		{"seller", Number}, {"category", Number}, {"extra", Text}},
	{{"auction", Number}, {"bidder", Number}, {"price", Number}, {"channel", OneOf}, {"url", OneOf}, {"dateTime", Time}, {"extra", Text}},
}

// Fields returns the fields of a kind, which must not be changed.
func Fields(k Kind) []Field { return fields[k] }

// maxFields is the most fields of a kind.
const maxFields = 10

// Want is a set of fields of one kind: bit i for field i.
type Want uint32

// All is every field.
const All = ^Want(0)

func (w Want) has(i int) bool { return w>>i&1 != 0 }

// Event is one event. Only fields that were wanted have a meaning.
type Event struct {
	Kind  Kind
	Nums  [maxFields]uint64
	Texts [maxFields][]byte // valid until the maker's next event
}

// Maker makes one event after the other. It is used by one goroutine.
type Maker struct {
	m   *Model
	at  place
	buf []byte
}

// NewMaker returns a maker of the model's events.
func NewMaker(m *Model) *Maker { return &Maker{m: m} }

// Seek sets the number of the next event.
func (k *Maker) Seek(n uint64) { k.at = k.m.placeOf(n) }

// Kind is the kind of the next event.
func (k *Maker) Kind() Kind { return k.m.kindAt(k.at.offset) }

// Skip leaves the next event out.
func (k *Maker) Skip() {
	k.at.n++
	if k.at.offset++; k.at.offset == k.m.epoch {
		k.at.epoch, k.at.offset = k.at.epoch+1, 0
	}
}

// Next makes the wanted fields of the next event.
func (k *Maker) Next(e *Event, want Want) {
	e.Kind = k.Kind()
	k.buf = k.buf[:0]
	r := eventRNG(k.m.Seed, k.at.n)
	switch e.Kind {
	case Person:
		k.person(e, &r, want)
	case Auction:
		k.auction(e, &r, want)
	case Bid:
		k.bid(e, &r, want)
	}
	k.Skip()
}

func (k *Maker) bid(e *Event, r *rng, want Want) {
	m, p := k.m, k.at
	if want.has(5) {
		e.Nums[5] = m.Millis(p.n)
	}
	if want&^(1<<5) == 0 {
		return
	}
	auction := m.lastAuction(p) / hotBlock * hotBlock
	if r.below(m.HotAuctions) == 0 {
		auction = m.someAuction(r, p)
	}
	e.Nums[0] = firstAuctionID + auction
	bidder := m.lastPerson(p)/hotBlock*hotBlock + 1 // the second of the block: the first is the hot seller
	if r.below(m.HotBidders) == 0 {
		bidder = m.somePerson(r, p)
	}
	e.Nums[1] = firstPersonID + bidder
	if want.has(2) {
		e.Nums[2] = price(r)
	} else {
		r.skip(1)
	}
	if want&(1<<3|1<<4|1<<6) == 0 {
		return
	}
	channel := r.below(uint64(len(hotChannels)))
	if r.below(hotChannelRatio) == 0 {
		channel = uint64(len(hotChannels)) + r.below(ordinaryChannels)
	}
	e.Nums[3], e.Nums[4] = channel, channel
	if want.has(6) {
		k.buf = r.extra(k.buf, 4*8, m.BidSize)
		e.Texts[6] = k.buf
	}
}

// What the texts of an event take as JSON beside themselves: the suite's size of an
// event, which the filler adds to.
const (
	auctionFrame = len(`,"itemName":"","description":""`)
	personFrame  = len(`,"name":"","emailAddress":"","creditCard":"","city":"","state":""`)
)

func (k *Maker) auction(e *Event, r *rng, want Want) {
	m, p := k.m, k.at
	seller := m.lastPerson(p) / hotBlock * hotBlock
	if r.below(m.HotSellers) == 0 {
		seller = m.somePerson(r, p)
	}
	now := m.Millis(p.n)
	first := r.priceIf(want.has(3) || want.has(4))
	e.Nums[0] = firstAuctionID + m.lastAuction(p)
	size := k.word(e, r, want, 1, 20, ' ')
	size += k.word(e, r, want, 2, 100, ' ')
	e.Nums[3], e.Nums[4] = first, first+r.priceIf(want.has(4))
	e.Nums[5] = now
	// An auction lasts up to twice as long as it takes for all that are in flight to be made.
	horizon := m.Millis(p.n+inFlightAuctions*m.epoch/m.Auctions) - now
	e.Nums[6] = now + 1 + r.below(max(horizon*2, 1))
	e.Nums[7] = firstPersonID + seller
	e.Nums[8] = firstCategoryID + r.below(categories)
	if want.has(9) {
		e.Texts[9] = k.text(func(dst []byte) []byte { return r.extra(dst, auctionFrame+size+7*8, m.AuctionSize) })
	}
}

// priceIf is a price where it is wanted; else its draw is skipped.
func (r *rng) priceIf(want bool) uint64 {
	if want {
		return price(r)
	}
	r.skip(1)
	return 0
}

// word makes or skips a word and returns its length.
func (k *Maker) word(e *Event, r *rng, want Want, field, most int, special byte) int {
	if !want.has(field) {
		return r.skipWord(most)
	}
	e.Texts[field] = k.text(func(dst []byte) []byte { return r.word(dst, most, special) })
	return len(e.Texts[field])
}

// text makes a text behind those of the event so far.
func (k *Maker) text(make func(dst []byte) []byte) []byte {
	from := len(k.buf)
	k.buf = make(k.buf)
	return k.buf[from:len(k.buf):len(k.buf)]
}

var (
	states     = []string{"AZ", "CA", "ID", "OR", "WA", "WY"}
	cities     = []string{"Phoenix", "Los Angeles", "San Francisco", "Boise", "Portland", "Bend", "Redmond", "Seattle", "Kent", "Cheyenne"}
	firstNames = []string{"Peter", "Paul", "Luke", "John", "Saul", "Vicky", "Kate", "Julie", "Sarah", "Deiter", "Walter"}
	lastNames  = []string{"Shultz", "Abrams", "Spencer", "White", "Bartels", "Walton", "Smith", "Jones", "Noris"}
	names      = func() (out []string) {
		for _, f := range firstNames {
			for _, l := range lastNames {
				out = append(out, f+" "+l)
			}
		}
		return out
	}()
)

func (k *Maker) person(e *Event, r *rng, want Want) {
	m, p := k.m, k.at
	e.Nums[0] = firstPersonID + m.lastPerson(p)
	e.Nums[6] = m.Millis(p.n)
	first := r.below(uint64(len(firstNames)))
	e.Nums[1] = first*uint64(len(lastNames)) + r.below(uint64(len(lastNames)))
	size := len(names[e.Nums[1]])
	size += k.email(e, r, want)
	size += k.creditCard(e, r, want)
	e.Nums[4] = r.below(uint64(len(cities)))
	e.Nums[5] = r.below(uint64(len(states)))
	if want.has(7) {
		size += len(cities[e.Nums[4]]) + len(states[e.Nums[5]])
		e.Texts[7] = k.text(func(dst []byte) []byte { return r.extra(dst, personFrame+size+8, m.PersonSize) })
	}
}

// email makes or skips an address and returns its length.
func (k *Maker) email(e *Event, r *rng, want Want) int {
	if !want.has(2) {
		return r.skipWord(7) + len("@") + r.skipWord(5) + len(".com")
	}
	e.Texts[2] = k.text(func(dst []byte) []byte {
		dst = append(r.word(dst, 7, 'x'), '@')
		return append(r.word(dst, 5, 'x'), ".com"...)
	})
	return len(e.Texts[2])
}

// creditCard makes or skips four groups of digits and returns their length.
func (k *Maker) creditCard(e *Event, r *rng, want Want) int {
	if !want.has(3) {
		r.skip(4)
		return len("0000 0000 0000 0000")
	}
	e.Texts[3] = k.text(func(dst []byte) []byte {
		for i := range 4 {
			if i > 0 {
				dst = append(dst, ' ')
			}
			v := r.below(10_000)
			dst = append(dst, '0'+byte(v/1000), '0'+byte(v/100%10), '0'+byte(v/10%10), '0'+byte(v%10))
		}
		return dst
	})
	return len(e.Texts[3])
}

// Choices returns the texts that a OneOf field of a kind is one of. They must not
// be changed.
func (m *Model) Choices(k Kind, field int) []string {
	switch fields[k][field].Name {
	case "name":
		return names
	case "city":
		return cities
	case "state":
		return states
	case "channel":
		return m.channels
	}
	return m.urls
}
