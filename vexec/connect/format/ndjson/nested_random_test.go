package ndjson

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
)

// TestNestedDifferential compares random nested lines, good ones and damaged ones.
func TestNestedDifferential(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for i := range 900 {
		text := randomDeep(r)
		sameAsReference(t, []asked{deep, narrow, overlap}[i%3], text, i%2 == 0)
	}
}

func randomDeep(r *rand.Rand) string {
	var b strings.Builder
	for range 1 + r.IntN(12) {
		var line bytes.Buffer
		randomObject(r, &line, deep.schema.Cols[0:], 4)
		if r.IntN(8) == 0 {
			const damage = "\"\\{}[]:,\x00\xff 0eE-.un"
			line.Bytes()[r.IntN(line.Len())] = damage[r.IntN(len(damage))]
		}
		b.Write(line.Bytes())
		b.WriteString([]string{"\n", "\n", "\n", "\r\n", "\n\n"}[r.IntN(5)])
	}
	return b.String()
}

func randomObject(r *rand.Rand, b *bytes.Buffer, cols []ir.Column, wrong int) {
	order := r.Perm(len(cols))
	if r.IntN(3) > 0 {
		slices.Sort(order)
	}
	if r.IntN(4) == 0 {
		order = order[:r.IntN(len(order)+1)]
	}
	if r.IntN(12) == 0 && len(order) > 0 {
		order = append(order, order[r.IntN(len(order))])
	}
	b.WriteByte('{')
	for i, at := range order {
		if i > 0 {
			b.WriteString([]string{",", ",", ", "}[r.IntN(3)])
		}
		fmt.Fprintf(b, "%q:", cols[at].Name)
		randomOf(r, b, cols[at].Type, wrong)
	}
	if r.IntN(6) == 0 {
		if len(order) > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"extra":` + randomValue(r, "x", 0))
	}
	b.WriteByte('}')
}

func randomOf(r *rand.Rand, b *bytes.Buffer, t *ir.Type, wrong int) {
	if r.IntN(60) == 0 {
		b.WriteString([]string{`{}`, `[]`, `"x"`, `1`, `true`, `[{}]`, `{"id":1}`}[r.IntN(7)])
		return
	}
	if r.IntN(12) == 0 {
		b.WriteString("null")
		return
	}
	switch t.Kind {
	case ir.Row:
		var cols []ir.Column
		for _, f := range t.Fields {
			cols = append(cols, ir.Column{Name: f.Name, Type: f.Type})
		}
		randomObject(r, b, cols, wrong)
	case ir.Array:
		b.WriteByte('[')
		for i := range r.IntN(4) {
			if i > 0 {
				b.WriteByte(',')
			}
			randomOf(r, b, t.Elem, wrong)
		}
		b.WriteByte(']')
	case ir.Map:
		b.WriteByte('{')
		for i := range r.IntN(4) {
			if i > 0 {
				b.WriteByte(',')
			}
			key := []string{"x", "y", `a key that is not inline`, `\u0078`}[r.IntN(4)]
			if t.Key.Kind != ir.Varchar {
				key = fmt.Sprint(r.IntN(3))
			}
			fmt.Fprintf(b, `"%s":`, key)
			randomOf(r, b, t.Elem, wrong)
		}
		b.WriteByte('}')
	case ir.BigInt, ir.Integer:
		fmt.Fprint(b, r.IntN(100000)-500)
	case ir.Double:
		fmt.Fprint(b, r.Float64())
	default:
		b.WriteString(randomValue(r, "name", 3))
	}
}

// FuzzNested: like FuzzNDJSON, for nested columns and for fields below objects.
func FuzzNested(f *testing.F) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 8 {
		f.Add(randomDeep(r), false)
	}
	f.Add(`{"user":{"id":1,"name":"a","address":{"zip":"1","no":2},"tags":["a"]},"id":1}`+"\n"+`{"user":null,"id":2}`+"\n"+`{"id":3,"user":{}}`, true)
	f.Add(`{"m":{"x":1,"x":2},"mm":{"a":[{"1":"x"}]},"list":[{"a":1,"b":[1.5,null]}],"raw":{"a":[1]}}`, false)
	f.Fuzz(func(t *testing.T, text string, nullBad bool) {
		sameAsReference(t, []asked{deep, narrow, overlap}[len(text)%3], text, nullBad)
	})
}
