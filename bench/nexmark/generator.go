package nexmark

import (
	"strconv"

	"github.com/helios-stream/helios/vexec/connect/nexmark/model"
)

// Kind is the kind of an event.
type Kind = model.Kind

// The kinds.
const (
	Person  = model.Person
	Auction = model.Auction
	Bid     = model.Bid
)

// Generator makes events as lines of JSON. It is immutable and safe for use by
// many goroutines.
type Generator struct {
	model *model.Model
	keys  [model.Kinds][]string // what stands before each field
}

// New returns the generator of a seed.
func New(seed uint64) *Generator {
	c := model.Default()
	c.Seed = seed
	m, err := model.New(c)
	if err != nil {
		panic(err) // the default configuration is a sound one
	}
	g := &Generator{model: m}
	for k := range g.keys {
		lead := `{"`
		for _, f := range model.Fields(Kind(k)) {
			key := lead + f.Name + `":`
			if f.Type != model.Number {
				key += `"`
			}
			g.keys[k], lead = append(g.keys[k], key), `,"`
		}
	}
	return g
}

// Lines makes lines of JSON, one event after the other. It is used by one goroutine.
type Lines struct {
	g     *Generator
	maker *model.Maker
	event model.Event
	clock clock
}

// Lines returns a maker of the lines from event n on.
func (g *Generator) Lines(n uint64) *Lines {
	l := &Lines{g: g, maker: model.NewMaker(g.model)}
	l.maker.Seek(n)
	return l
}

// Append appends the next event as one line to what there is of its kind in dst,
// and returns its kind.
func (l *Lines) Append(dst *[model.Kinds][]byte) Kind {
	e := &l.event
	l.maker.Next(e, model.All)
	out, fields := dst[e.Kind], model.Fields(e.Kind)
	for i, key := range l.g.keys[e.Kind] {
		out = append(out, key...)
		switch fields[i].Type {
		case model.Number:
			out = strconv.AppendUint(out, e.Nums[i], 10)
			continue
		case model.Time:
			out = l.clock.append(out, e.Nums[i])
		case model.Text:
			out = append(out, e.Texts[i]...)
		case model.OneOf:
			out = append(out, l.g.model.Choices(e.Kind, i)[e.Nums[i]]...)
		}
		out = append(out, '"')
	}
	dst[e.Kind] = append(out, "}\n"...)
	return e.Kind
}
