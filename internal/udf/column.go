package udf

import (
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// failure hears that a row has failed, and why.
type failure func(row int, reason string)

// column turns the rows of a column into values of type T and back. It keeps memory from
// batch to batch and is used by one goroutine.
type column[T any] interface {
	sqlType() *ir.Type
	// takesNull reports whether NULL is a value of T.
	takesNull() bool
	// read returns a slice of n values that has those of rows (nil: all), where v is not
	// NULL unless takesNull. It may be v's own memory, and is valid until the next read.
	read(v *vexec.Vec, n int, rows []int32, fail failure) []T
	// place returns a slice for the values of a Flat column of n rows, which store then
	// writes for rows (nil: all). It may be v's own memory.
	place(v *vexec.Vec, n int) []T
	store(v *vexec.Vec, n int, rows []int32, vals []T, null func(row int), fail failure)
}

// selfDescribing is a type that says itself which column it stands for.
type selfDescribing interface{ newColumn() (any, error) }

// Types says which Go types functions take and give.
const Types = "bool, int8, int16, int32, int64, int, float32, float64, string, []byte, time.Time, time.Duration, *big.Rat, json.RawMessage, " +
	"helios.Date, helios.Instant, slices of these, and helios.Null of all of them"

// newColumn returns the column of T, or why there is none.
func newColumn[T any]() (column[T], error) {
	var zero T
	if s, ok := any(zero).(selfDescribing); ok {
		c, err := s.newColumn()
		if err != nil {
			return nil, err
		}
		return c.(column[T]), nil
	}
	c := plainColumn(zero)
	if c == nil {
		c = listColumn(zero)
	}
	if c == nil {
		return nil, fmt.Errorf("there is no SQL type for %s; functions take and give %s", reflect.TypeFor[T](), Types)
	}
	return c.(column[T]), nil
}

// plainColumn is the column of a type without parts; nil: it is none.
func plainColumn(zero any) any {
	switch zero.(type) {
	case bool:
		return &bools{}
	case int8:
		return &fixed[int8]{t: ir.TTinyInt, data: (*vexec.Vec).Int8s}
	case int16:
		return &fixed[int16]{t: ir.TSmallInt, data: (*vexec.Vec).Int16s}
	case int32:
		return &fixed[int32]{t: ir.TInteger, data: (*vexec.Vec).Int32s}
	case int64:
		return &fixed[int64]{t: ir.TBigInt, data: (*vexec.Vec).Int64s}
	case float32:
		return &fixed[float32]{t: ir.TReal, data: (*vexec.Vec).Float32s}
	case float64:
		return &fixed[float64]{t: ir.TDouble, data: (*vexec.Vec).Float64s}
	case int:
		return &converted[int, int64]{t: ir.TBigInt, data: (*vexec.Vec).Int64s, from: func(x int64) int { return int(x) },
			to: func(x int) (int64, string) { return int64(x), "" }}
	case time.Time:
		return &converted[time.Time, int64]{t: ir.TTimestamp, data: (*vexec.Vec).Int64s, from: fromMicros, to: toMicros}
	case Instant:
		return &converted[Instant, int64]{t: ir.TTimestampLTZ, data: (*vexec.Vec).Int64s, from: func(us int64) Instant { return Instant(fromMicros(us)) },
			to: func(t Instant) (int64, string) { return toMicros(time.Time(t)) }}
	case Date:
		return &converted[Date, int32]{t: ir.TDate, data: (*vexec.Vec).Int32s, from: func(d int32) Date { return Date(d) },
			to: func(d Date) (int32, string) { return int32(d), "" }}
	case time.Duration:
		return &converted[time.Duration, int64]{t: ir.TInterval, data: (*vexec.Vec).Int64s, from: fromSpan,
			to: func(d time.Duration) (int64, string) { return d.Microseconds(), "" }}
	case *big.Rat:
		return &converted[*big.Rat, ir.Dec]{t: ir.TDecimal(ir.MaxPrecision, decimalScale), data: (*vexec.Vec).Decs, from: fromDec, to: toDec}
	case string:
		return &texts[string]{t: ir.TVarchar, check: checkText}
	case []byte:
		return &blobs[[]byte]{t: ir.TVarbinary}
	case json.RawMessage:
		return &blobs[json.RawMessage]{t: ir.TJSON, check: checkJSON}
	}
	return nil
}

// listColumn is the column of a slice; nil: it is none.
func listColumn(zero any) any {
	switch zero.(type) {
	case []bool:
		return newList[bool]()
	case []int8:
		return newList[int8]()
	case []int16:
		return newList[int16]()
	case []int32:
		return newList[int32]()
	case []int64:
		return newList[int64]()
	case []int:
		return newList[int]()
	case []float32:
		return newList[float32]()
	case []float64:
		return newList[float64]()
	case []string:
		return newList[string]()
	case [][]byte:
		return newList[[]byte]()
	case []time.Time:
		return newList[time.Time]()
	case []Instant:
		return newList[Instant]()
	case []Date:
		return newList[Date]()
	case []time.Duration:
		return newList[time.Duration]()
	case []*big.Rat:
		return newList[*big.Rat]()
	}
	return nil
}

// each calls f for rows, or for all of n where rows is nil.
func each(n int, rows []int32, f func(i int)) {
	if rows == nil {
		for i := range n {
			f(i)
		}
		return
	}
	for _, r := range rows {
		f(int(r))
	}
}

// room returns a slice of n values with the memory of *buf.
func room[T any](buf *[]T, n int) []T {
	if cap(*buf) < n {
		*buf = make([]T, n, max(n, 1024))
	}
	return (*buf)[:n]
}
