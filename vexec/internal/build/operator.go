package build

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/ops"
)

// Operator makes the operator that a plan names, over rows of the schema in.
func Operator(op ir.PhysOp, in *ir.Schema) (vexec.Operator, error) {
	switch x := op.(type) {
	case *ir.FilterOp:
		return ops.NewFilter(x, in)
	case *ir.ProjectOp:
		return ops.NewProject(x, in)
	case *ir.WindowTVFOp:
		return ops.NewWindowTVF(x, in)
	case *ir.WatermarkOp:
		return ops.NewWatermark(x, in), nil
	case *ir.LateOp:
		return ops.NewLateRows(x, in)
	case *ir.LimitOp:
		return ops.NewLimit(x), nil
	case *ir.OverOp:
		return ops.NewOver(x)
	case *ir.SortOp:
		return ops.NewSort(x, in), nil
	case *ir.WindowAggOp:
		return ops.NewWindowAgg(x, in)
	case *ir.CoarsenOp:
		return ops.NewCoarsen(x, in)
	case *ir.RankPartialOp:
		return ops.NewRankPartial(x, in)
	case *ir.RankOp:
		return ops.NewRank(x, in)
	case *ir.GroupAggOp:
		return ops.NewGroupAgg(x, in)
	case *ir.ProcTimeOp:
		return ops.NewProcTime(x, in), nil
	case *ir.ExpandOp:
		return ops.NewExpand(x, in), nil
	case *ir.UnnestOp:
		return ops.NewUnnest(x, in), nil
	case *ir.RepeatOp:
		return ops.NewRepeat(x), nil
	case *ir.ChangelogOp:
		return ops.NewChangelog(x), nil
	case *ir.JoinOp:
		return ops.NewJoin(x)
	case *ir.TemporalOp:
		return ops.NewTemporal(x)
	case *ir.AttachedAggOp:
		return ops.NewAttachedAgg(x, in)
	}
	return nil, fmt.Errorf("no operator is built for %T", op)
}
