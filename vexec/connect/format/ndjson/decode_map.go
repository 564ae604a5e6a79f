package ndjson

import (
	"bytes"
	"strings"

	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec/connect/format/parse"
)

// entries writes the object at p into row i of a MAP. Where a key comes twice, the
// object is read again without the entries that later ones replace: what they have
// written may be nested, and cannot be taken out of the middle of a column.
func (r *reader) entries(f *field, p, i, depth int) (to int, bad *fault) {
	to, bad, replaced := r.entriesBut(f, p, i, depth, nil)
	if len(replaced) > 0 && to >= 0 {
		to, bad, _ = r.entriesBut(f, p, i, depth, replaced)
	}
	return to, bad
}

// entriesBut leaves out the entries at the places in skip, and returns those whose
// keys came again.
func (r *reader) entriesBut(f *field, p, i, depth int, skip map[int]bool) (to int, bad *fault, replaced map[int]bool) {
	if depth > maxDepth {
		return r.fail(p, tooDeep), nil, nil
	}
	c := f.col
	n := int(c.Offs[i])
	clear(f.keys)
	noKey := false
	p = r.space(p + 1)
	for at := 0; r.buf[p] != '}' || at > 0; at++ {
		key, to := r.key(p)
		if to < 0 {
			return -1, nil, nil
		}
		var why *fault
		if skip[at] {
			to = r.value(to, depth).to
		} else {
			before, badKey := r.putKey(f, key, n, int(c.Offs[i]))
			if before >= 0 && skip == nil {
				if replaced == nil {
					replaced = map[int]bool{}
				}
				replaced[before] = true
			}
			to, why = r.element(f.elem, to, n, depth)
			if badKey != nil { // of no later one's making, and the MAP's fault as a whole
				why, noKey = badKey, true
			}
			n++
		}
		if to < 0 {
			return -1, nil, nil
		}
		if why != nil && bad == nil {
			bad = why.below(keyStep(r.buf[key.from+1 : key.to-1]))
		}
		if p = r.space(to); r.buf[p] == '}' {
			break
		}
		if r.buf[p] != ',' {
			return r.missing(p, "a comma or } is missing behind a value"), nil, nil
		}
		p = r.space(p + 1)
	}
	c.Offs[i+1] = int32(n)
	if noKey {
		replaced = nil
	}
	return p + 1, bad, replaced
}

// fewKeys are compared one by one; more of them are looked up.
const fewKeys = 16

// putKey writes the key of the entry n of a MAP whose first one is from, and says
// which earlier one, counted from the first, has the same; -1: none.
func (r *reader) putKey(f *field, key token, n, from int) (before int, bad *fault) {
	c := f.key.col
	c.Grow(n + 1)
	if why := r.store(c, n, key); why != parse.OK {
		return -1, r.fault(why, f.key, key)
	}
	mine := r.keyText(c, n)
	if n-from < fewKeys {
		for j := n - 1; j >= from; j-- {
			if bytes.Equal(r.keyText(c, j), mine) {
				return j - from, nil
			}
		}
		return -1, nil
	}
	return r.lookKey(f, mine, n, from), nil
}

func (r *reader) lookKey(f *field, mine []byte, n, from int) int {
	if f.keys == nil {
		f.keys = map[string]int32{}
	}
	if len(f.keys) == 0 {
		for j := from; j < n; j++ {
			f.keys[string(r.keyText(f.key.col, j))] = int32(j - from)
		}
	}
	before, twice := f.keys[string(mine)]
	f.keys[string(mine)] = int32(n - from)
	if !twice {
		return -1
	}
	return int(before)
}

// keyText is the key in row j of a column of keys, as bytes that differ where keys do.
func (r *reader) keyText(c *parse.Column, j int) []byte {
	if c.Views != nil {
		return kernels.Bytes(&c.Views[j], [][]byte{r.buf, r.side.Buf})
	}
	return c.Raw(j)
}

// keyStep is a key as a step of a path.
func keyStep(key []byte) string {
	if len(key) > 40 {
		return `["` + strings.ToValidUTF8(string(key[:40]), "") + `..."]`
	}
	return `["` + string(key) + `"]`
}
