package expr

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// userFn is a function of one's own.
func userFn(f *ir.Function) (strict, error) {
	impl, ok := f.User.Impl.(vexec.ScalarFunc)
	if !ok {
		return nil, fmt.Errorf("there is nothing that computes %s", f.Signature())
	}
	kernel := impl.Kernel()
	var now *call // the one that is under way
	own := &vexec.ScalarCall{
		SetNull: func(row int) { now.setNull(row) },
		Fail:    func(row int, reason string) { now.fail(int32(row), reason) },
	}
	return func(c *call) {
		now = c
		own.Args, own.Out, own.N, own.Rows = c.args, c.out, c.n, c.live
		kernel.Eval(own)
		now, own.Args, own.Out, own.Rows = nil, nil, nil, nil
	}, nil
}
