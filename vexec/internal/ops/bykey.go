package ops

import (
	"errors"
	"strings"
	"sync/atomic"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/agg"
	"github.com/helios-stream/helios/vexec/internal/keycache"
)

// Asker asks a table for rows by key. The runtime has one for each ir.ByKeyOp, for all its
// tasks: it knows how many requests may be under way, how often they are tried, and when the
// run ends.
type Asker interface {
	// Ask blocks until all keys have been answered, each by one of the answers. down is of the
	// batch whose keys these are some of. ErrNotAsked: the run is to stop, and the rows that
	// need the keys are left; any other error ends the run.
	Ask(keys *vexec.Batch, down *Down) ([]KeyAnswers, error)
	// Portion is the least number of keys that it is worth asking for together.
	Portion() int
	// Left counts rows that are not worked on, as the run is to stop.
	Left(rows int)
	// Fails reports whether a key that cannot be answered ends the run.
	Fails() bool
	// Looked counts keys of a batch: those in the cache, and those that were asked for.
	Looked(hits, misses int)
}

// Down counts the requests for keys of one batch that failed one after the other, with all their
// tries.
type Down struct{ atomic.Int64 }

// ErrNotAsked is returned by Asker.Ask where keys are not asked for any more.
var ErrNotAsked = errors.New("the run is to stop")

// KeyAnswers is what the keys First .. First+Keys-1 of those asked got.
type KeyAnswers struct {
	First, Keys int
	Rows        *vexec.Batch // of Build, all of them live; not written any more
	Err         error        // why they cannot be answered; nil: they are
}

// ByKey is ir.ByKeyOp: it joins rows with those that a table gives for their keys.
//
// For each batch the different keys are found, looked for in the cache, and those that are not
// there asked for, a portion at a time (bykeyportion.go). What comes of it is a small table of
// the batch's keys, with which the rows are joined as Lookup joins them with one that was read
// before. All rows of a batch with one key see one answer.
type ByKey struct {
	*Lookup
	by    *ir.ByKeyOp
	ask   Asker
	cache *keycache.Cache
	clock vexec.Clock
	mem   *vexec.Account

	groups agg.Grouper // of the batch's keys
	schema *ir.Schema  // of them
	view   vexec.Batch // the batch's key columns
	known  []int32     // rows without NULL in their key
	firsts []int32     // by group: the first row with its key
	batch  vexec.Batch // the groups' keys
	keys   keycache.Keys
	found  []keycache.Found // by group
	missed []int32          // groups that have to be asked for
	down   Down
	size   int         // of a portion, in keys
	part   []int32     // the portion of missed that is asked for
	asked  vexec.Batch // their keys
	rows   []int32     // of the batch that are joined with it
	failed []error     // by group
	table  byKeyTable
	fates  []vexec.RowFate
	rest   []int32
}

// NewByKey returns the operator over rows of the schema in.
func NewByKey(o *ir.ByKeyOp, in *ir.Schema, ask Asker, cache *keycache.Cache) (vexec.Operator, error) {
	l, err := newLookup(&ir.LookupOp{LoadName: o.Table.Name, Type: o.Type, In: o.In, Build: o.Build, Keys: o.Keys, With: o.With, Cond: o.Cond, Cols: o.Cols, Out: o.Out}, in)
	if err != nil {
		return nil, err
	}
	return &ByKey{Lookup: l, by: o, ask: ask, cache: cache, schema: o.Build.Select(o.With)}, nil
}

// Open implements vexec.Operator.
func (k *ByKey) Open(oc *vexec.OpContext) error {
	k.clock, k.mem = oc.Clock, oc.Memory
	var types []*ir.Type
	for _, c := range k.schema.Cols {
		types = append(types, c.Type)
	}
	var err error
	if k.groups, err = agg.NewGrouper(types, oc.Memory); err != nil {
		return err
	}
	k.view = vexec.Batch{Schema: k.schema, Cols: k.Lookup.keys, Part: -1}
	k.table.by = k
	return k.Lookup.Open(oc)
}

// Close implements vexec.Operator.
func (k *ByKey) Close() error {
	if k.groups != nil {
		k.groups.Release()
		k.groups = nil
	}
	return k.Lookup.Close()
}

// Push implements vexec.Operator. It blocks while keys are asked for.
func (k *ByKey) Push(_ int, b *vexec.Batch, out vexec.Emitter) error {
	if b.Live() == 0 {
		return nil
	}
	if err := k.group(b); err != nil {
		return err
	}
	now := k.clock.Now()
	k.look(now)
	if err := k.table.begin(); err != nil {
		return err
	}
	return k.portions(b, out)
}

// group finds the different keys of the live rows, and sets ids.
func (k *ByKey) group(b *vexec.Batch) error {
	sel := b.Sel
	k.ids = grow(k.ids, b.Rows)
	for i, c := range k.by.Keys {
		v := b.Cols[c]
		k.Lookup.keys[i] = v
		if v.MayBeNull() {
			sel = k.withKey(&v, b, sel)
		}
	}
	k.groups.Reset()
	if err := k.groups.Intern(k.Lookup.keys, sel, b.Rows, k.ids); err != nil {
		return err
	}
	n := k.groups.Groups()
	k.firsts = k.firsts[:0]
	for i := 0; len(k.firsts) < n; i++ {
		r := int32(i)
		if sel != nil {
			r = sel[i]
		}
		if k.ids[r] == uint32(len(k.firsts)) {
			k.firsts = append(k.firsts, r)
		}
	}
	k.batch.Reset(k.schema)
	k.batch.Part = -1
	k.view.Rows = b.Rows
	if n > 0 {
		vexec.AppendRows(&k.batch, &k.view, k.firsts)
	}
	k.keys.Reset()
	for i := range n {
		k.keys.Buf = appendKey(k.keys.Buf, k.batch.Cols, i)
		k.keys.Ends = append(k.keys.Ends, len(k.keys.Buf))
	}
	return nil
}

// withKey leaves the rows of sel where v is not NULL; the others are in no group.
func (k *ByKey) withKey(v *vexec.Vec, b *vexec.Batch, sel []int32) []int32 {
	if sel == nil {
		k.known = grow(k.known, b.Rows)
		for i := range k.known {
			k.known[i] = int32(i)
		}
		sel = k.known
	}
	out := grow(k.known, b.Rows)[:0] // behind what is read, where sel is its own memory
	for _, r := range sel {
		if v.Null(int(r)) {
			k.ids[r] = agg.NoGroup
		} else {
			out = append(out, r)
		}
	}
	k.known = out
	return out
}

// appendKey adds row i of key columns, which are Flat and without NULL, as bytes.
func appendKey(to []byte, cols []vexec.Vec, i int) []byte {
	for c := range cols {
		v := &cols[c]
		switch w := v.Type.Kind.Width(); {
		case v.Type.Kind.IsText():
			s := v.Bytes(i)
			n := len(s)
			to = append(to, byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
			to = append(to, s...)
		case v.Type.Kind == ir.Boolean:
			bit := byte(0)
			if v.Bool(i) {
				bit = 1
			}
			to = append(to, bit)
		default:
			to = append(to, v.Data[i*w:(i+1)*w]...)
		}
	}
	return to
}

// look finds the answers that are in the cache, and the groups that have to be asked for.
func (k *ByKey) look(now ir.Micros) {
	n := len(k.firsts)
	k.found, k.failed = grow(k.found, n), grow(k.failed, n)
	clear(k.failed)
	k.cache.Find(&k.keys, now, k.found)
	k.missed = k.missed[:0]
	for g := range k.found {
		if !k.found[g].Hit {
			k.missed = append(k.missed, int32(g))
		}
	}
	k.ask.Looked(n-len(k.missed), 0)
}

// maxKeyText is the most bytes of a key in a message.
const maxKeyText = 200

// keyText is the key of a group for people: id = 42, name = 'x'.
func (k *ByKey) keyText(g int) string {
	parts := make([]string, len(k.schema.Cols))
	for i, v := range k.batch.Values(g) {
		c := &ir.Const{V: v, T: k.schema.Cols[i].Type}
		parts[i] = k.schema.Cols[i].Name + " = " + c.String()
	}
	text := strings.Join(parts, ", ")
	if len(text) > maxKeyText {
		text = strings.ToValidUTF8(text[:maxKeyText], "") + "..."
	}
	return text
}

// refuse rejects the rows whose keys cannot be answered.
func (k *ByKey) refuse(b *vexec.Batch, out vexec.Emitter) error {
	some := false
	for _, err := range k.failed {
		some = some || err != nil
	}
	if !some {
		return nil
	}
	k.fates = k.fates[:0]
	k.rest = grow(k.rest, b.Rows)[:0]
	for i := range b.Live() {
		r := int32(b.Row(i))
		if g := k.ids[r]; g != agg.NoGroup && k.failed[g] != nil {
			k.fates = append(k.fates, vexec.RowFate{Row: r, Why: vexec.FateError, Reason: k.failed[g].Error()})
		} else {
			k.rest = append(k.rest, r)
		}
	}
	if err := out.Reject(b, k.fates); err != nil {
		return err
	}
	b.Sel = k.rest
	return nil
}
