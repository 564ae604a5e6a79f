package arrowipc

import (
	"errors"
	"fmt"
	"sync"
)

// dictionaries are those that hold for a record batch, by their ids. It is not
// changed: a stream's next dictionary makes another one.
type dictionaries map[int64]*dictionary

// dictionary is the values that codes stand for, read when they are first asked for.
type dictionary struct {
	msg    *message
	values *field
	before *dictionary // of a delta: what its values come behind

	once sync.Once
	part *array
	err  error
}

// maxDeltas is how many messages may make one dictionary.
const maxDeltas = 1 << 16

// with returns d with the dictionary of a message.
func (d dictionaries) with(f *file, m *message) (dictionaries, error) {
	id, delta := m.header.i64(0), m.header.u8(2, 0) != 0
	values := f.schema.dicts[id]
	if m.header.f.bad || values == nil {
		return nil, errors.New("the Arrow file is damaged: it has a dictionary of no column")
	}
	next := &dictionary{msg: m, values: values}
	if delta {
		next.before = d[id]
	}
	out := make(dictionaries, len(d)+1)
	for k, v := range d {
		out[k] = v
	}
	out[id] = next
	return out, nil
}

// parts returns the values: those of a first message and of deltas behind it.
func (d *dictionary) parts(f *file) (out []*array, err error) {
	for x := d; x != nil; x = x.before {
		x.once.Do(func() { x.part, x.err = x.load(f) })
		if x.err != nil {
			return nil, x.err
		}
		if out = append(out, x.part); len(out) > maxDeltas {
			return nil, fmt.Errorf("column %s: its dictionary has more than %d parts", d.values.path, maxDeltas)
		}
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out, nil
}

// load reads one message's values, into memory of their own.
func (d *dictionary) load(f *file) (_ *array, err error) {
	defer f.Guard(&err)
	l := &loader{file: f}
	defer l.close()
	if err := l.begin(d.msg.header.table(1), d.msg, nil); err != nil {
		return nil, err
	}
	return l.take(d.values, true)
}
