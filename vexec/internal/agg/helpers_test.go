package agg

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// vecOf makes a Flat vector of values; nil is NULL.
func vecOf(t *ir.Type, vals ...ir.Value) vexec.Vec {
	v := vexec.NewVec(t, len(vals))
	for i, x := range vals {
		switch x := x.(type) {
		case nil:
			v.SetNull(i, len(vals))
		case bool:
			if x {
				vexec.SetBit(v.Data, i)
			}
		case int64:
			putWord(&v, i, uint64(x))
		case float64:
			if t.Kind == ir.Real {
				v.Float32s()[i] = float32(x)
			} else {
				v.Float64s()[i] = x
			}
		case ir.Dec:
			v.Decs()[i] = x
		case string:
			v.Views()[i] = kernels.MakeView([]byte(x), int32(len(v.Bufs)), 0)
			v.Bufs = append(v.Bufs, []byte(x))
		default:
			panic(fmt.Sprintf("no vector of %T", x))
		}
	}
	return v
}

// dictOf is vecOf with a dictionary, one entry a distinct value, and one that no row has.
func dictOf(t *ir.Type, vals ...ir.Value) vexec.Vec {
	codes := map[ir.Value]int32{}
	entries := []ir.Value{nil}
	if t.Kind.IsText() {
		entries = []ir.Value{"an entry that no row has"}
	}
	for _, x := range vals {
		if _, ok := codes[x]; !ok && x != nil {
			codes[x] = int32(len(entries))
			entries = append(entries, x)
		}
	}
	d := vecOf(t, entries...)
	v := vexec.Vec{Type: t, Enc: vexec.Dict, Dict: &d, Data: vexec.AlignedBytes(4 * len(vals))}
	for i, x := range vals {
		if x == nil {
			v.SetNull(i, len(vals))
			v.Codes()[i] = -7 // means nothing
			continue
		}
		v.Codes()[i] = codes[x]
	}
	return v
}

// valuesOf gives random values of a type, few of them, with NULLs.
func valuesOf(r *rand.Rand, t *ir.Type, n, distinct int) []ir.Value {
	out := make([]ir.Value, n)
	for i := range out {
		k := r.IntN(distinct + 1)
		if k == 0 || t.Kind == ir.Null {
			continue
		}
		switch t.Kind {
		case ir.Boolean:
			out[i] = k%2 == 0
		case ir.TinyInt:
			out[i] = int64(int8(k))
		case ir.Real, ir.Double:
			out[i] = []float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, math.Copysign(0, -1), float64(k) / 4, -float64(k)}[k%7]
		case ir.Decimal:
			out[i] = ir.Dec{Lo: uint64(k), Hi: int64(k%3) - 1}
		case ir.Varchar:
			out[i] = strings.Repeat("s", k%3*8) + fmt.Sprint(k)
		default:
			out[i] = int64(k - distinct/2)
		}
	}
	return out
}

func someRows(r *rand.Rand, n int) []int32 {
	if r.IntN(3) == 0 {
		return nil
	}
	sel := []int32{}
	for i := range n {
		if r.IntN(3) > 0 {
			sel = append(sel, int32(i))
		}
	}
	return sel
}

func ids(n int) []uint32 {
	out := make([]uint32, n)
	for i := range out {
		out[i] = uint32(i)
	}
	return out
}

// show prints a value so that equal keys print alike.
func show(x ir.Value) string {
	if f, ok := x.(float64); ok && f == 0 {
		return "0"
	}
	return fmt.Sprintf("%T %v", x, x)
}

var keyTypes = []*ir.Type{ir.TBoolean, ir.TTinyInt, ir.TSmallInt, ir.TInteger, ir.TBigInt, ir.TReal, ir.TDouble,
	ir.TDecimal(38, 2), ir.TVarchar, ir.TDate, ir.TTimestamp, ir.TInterval}

// randomVec is a vector of random values in a random encoding.
func randomVec(r *rand.Rand, t *ir.Type, n, distinct int) vexec.Vec {
	vals := valuesOf(r, t, n, distinct)
	switch r.IntN(4) {
	case 0:
		if t.Kind != ir.Boolean {
			return dictOf(t, vals...)
		}
	case 1:
		v := vecOf(t, vals[0])
		v.Enc = vexec.Const
		return v
	}
	return vecOf(t, vals...)
}

func rng(t testing.TB) *rand.Rand {
	t.Helper()
	return rand.New(rand.NewPCG(1, uint64(bytes.Count([]byte(t.Name()), []byte("/")))+7))
}

// cpuTime is the processor time of the process, in nanoseconds: what counts on a
// shared machine.
func cpuTime() int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}

// inputOf gives one column to all calls that take a value; all rows pass.
func inputOf(calls []ir.AggCall, v *vexec.Vec) *Input {
	in := &Input{Args: make([][]*vexec.Vec, len(calls)), Pass: make([][]int32, len(calls))}
	for i := range calls {
		if len(calls[i].Args) > 0 {
			in.Args[i] = []*vexec.Vec{v}
		}
	}
	return in
}
