package bind

import (
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// clashes refuses a query that writes to what it reads, or writes one place through
// two mappings: the rows of one would replace those of the other.
func (b *binder) clashes() {
	if b.env.Clash == nil {
		return
	}
	var read, written []*ir.Table
	for _, s := range b.out.Logical.Sinks {
		read = scanned(s.Input, read)
	}
	for _, s := range b.out.Logical.Sinks {
		if s.Table == nil {
			continue
		}
		for _, t := range read {
			if b.env.Clash(s.Table, t, false) {
				b.err(diag.Clash, b.writer(s.Table), "write to another place, and move it over when the run has ended",
					"the query writes to `%s` and reads the same place", s.Table.Name)
				b.relate(b.declared(s.Table), "`%s` is created here", s.Table.Name)
				if t != s.Table {
					b.relate(b.declared(t), "`%s`, which is read, is created here", t.Name)
				}
				break
			}
		}
		for _, t := range written {
			if b.env.Clash(s.Table, t, true) {
				b.err(diag.Clash, b.writer(s.Table), "give each its own place, or INSERT twice into one of the mappings",
					"`%s` and `%s` are written to the same place", t.Name, s.Table.Name)
				b.relate(b.declared(t), "`%s` is created here", t.Name)
				b.relate(b.declared(s.Table), "`%s` is created here", s.Table.Name)
			}
		}
		written = append(written, s.Table)
	}
}

// writer is where the first INSERT names its table, else where the table is created: it
// takes dead letters or late rows.
func (b *binder) writer(t *ir.Table) diag.Span {
	if at, ok := b.inserts[t]; ok {
		return at
	}
	return b.declared(t)
}

// scanned appends the tables that are read below n.
func scanned(n ir.Node, to []*ir.Table) []*ir.Table {
	if s, ok := n.(*ir.Scan); ok {
		to = append(to, s.Table)
	}
	for _, in := range n.Inputs() {
		to = scanned(in, to)
	}
	return to
}
