package compiler

import (
	"context"
	"strconv"

	"github.com/helios-stream/helios/ir"
)

// learnSizes has the connectors tell how large the tables are that joins read, unless the
// tables say so themselves. No other plan depends on it, so that no other table is asked.
func learnSizes(ctx context.Context, l *ir.Logical, env *Env) {
	asked := map[*ir.Table]bool{}
	var walk func(n ir.Node, joined bool)
	walk = func(n ir.Node, joined bool) {
		if s, ok := n.(*ir.Scan); ok && joined && !asked[s.Table] {
			asked[s.Table] = true
			learnSize(ctx, s, env)
		}
		_, isJoin := n.(*ir.Join)
		for _, in := range n.Inputs() {
			walk(in, joined || isJoin)
		}
	}
	for _, s := range l.Sinks {
		walk(s, false)
	}
}

func learnSize(ctx context.Context, s *ir.Scan, env *Env) {
	t := s.Table
	if t.Rows > 0 {
		return
	}
	if env.Size != nil && s.P.Bounded {
		t.Rows, t.Distinct = env.Size(ctx, t)
	}
	if n, err := strconv.ParseInt(t.Options[ir.OptionRows], 10, 64); err == nil && n > 0 {
		t.Rows = n
	}
}
