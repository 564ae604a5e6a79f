package udf

import (
	"encoding"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
)

// stateCodec writes the states of an aggregate and reads them: for checkpoints and for
// the tasks that add states up. It is made once by looking at the type, and used by any
// number of goroutines.
type stateCodec struct {
	layout string // what a state is made of
	write  func(b []byte, v reflect.Value) ([]byte, error)
	read   func(b []byte, v reflect.Value) (rest []byte, err error)
}

var errShort = errors.New("there are too few bytes")

func (c *stateCodec) encode(b []byte, v reflect.Value) ([]byte, error) { return c.write(b, v) }

func (c *stateCodec) decode(b []byte, v reflect.Value) error {
	rest, err := c.read(b, v)
	if err == nil && len(rest) > 0 {
		return fmt.Errorf("there are %d bytes too many", len(rest))
	}
	return err
}

// newStateCodec returns the codec of a type: one that says itself how it is written
// (encoding.BinaryMarshaler or encoding.TextMarshaler), or one made of numbers, texts, slices,
// maps, and structs whose fields are all exported.
func newStateCodec(t reflect.Type) (*stateCodec, error) { return codecOf(t, nil) }

func codecOf(t reflect.Type, within []reflect.Type) (*stateCodec, error) {
	if slices.Contains(within, t) {
		return nil, fmt.Errorf("the state has a %s within a %s, which has no end; let it implement encoding.BinaryMarshaler and BinaryUnmarshaler", t, t)
	}
	within = append(slices.Clip(within), t)
	switch p := reflect.PointerTo(t); {
	case p.Implements(reflect.TypeFor[encoding.BinaryMarshaler]()) && p.Implements(reflect.TypeFor[encoding.BinaryUnmarshaler]()):
		return marshaled(t,
			func(x any) ([]byte, error) { return x.(encoding.BinaryMarshaler).MarshalBinary() },
			func(x any, b []byte) error { return x.(encoding.BinaryUnmarshaler).UnmarshalBinary(b) }), nil
	case p.Implements(reflect.TypeFor[encoding.TextMarshaler]()) && p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		return marshaled(t,
			func(x any) ([]byte, error) { return x.(encoding.TextMarshaler).MarshalText() },
			func(x any, b []byte) error { return x.(encoding.TextUnmarshaler).UnmarshalText(b) }), nil
	}
	switch t.Kind() {
	case reflect.Struct:
		return structCodec(t, within)
	case reflect.Slice:
		return sliceCodec(t, within)
	case reflect.Array:
		return arrayCodec(t, within)
	case reflect.Map:
		return mapCodec(t, within)
	case reflect.Pointer:
		return pointerCodec(t, within)
	}
	if c := plainCodec(t); c != nil {
		return c, nil
	}
	return nil, fmt.Errorf("a state cannot hold a %s, which cannot be written to a checkpoint; use numbers, texts, slices, maps and structs, or let it implement encoding.BinaryMarshaler and BinaryUnmarshaler", t)
}

// marshaled is the codec of a type that writes itself.
func marshaled(t reflect.Type, write func(x any) ([]byte, error), read func(x any, b []byte) error) *stateCodec {
	return &stateCodec{
		layout: t.String(),
		write: func(b []byte, v reflect.Value) ([]byte, error) {
			data, err := write(v.Addr().Interface())
			return appendBytes(b, data), err
		},
		read: func(b []byte, v reflect.Value) ([]byte, error) {
			data, rest, err := cutBytes(b)
			if err == nil {
				err = read(v.Addr().Interface(), slices.Clone(data))
			}
			return rest, err
		},
	}
}

func appendBytes(b, data []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(data))), data...)
}

func cutBytes(b []byte) (data, rest []byte, err error) {
	n, rest, err := cutCount(b)
	if err != nil {
		return nil, nil, err
	}
	return rest[:n], rest[n:], nil
}

// cutCount reads how many things follow, of which each has a byte at least.
func cutCount(b []byte) (n int, rest []byte, err error) {
	x, k := binary.Uvarint(b)
	if k <= 0 || x > uint64(len(b)-k) {
		return 0, nil, errShort
	}
	return int(x), b[k:], nil
}

func plainCodec(t reflect.Type) *stateCodec {
	c := &stateCodec{layout: t.Kind().String()}
	switch k := t.Kind(); {
	case k == reflect.Bool:
		c.write = func(b []byte, v reflect.Value) ([]byte, error) {
			if v.Bool() {
				return append(b, 1), nil
			}
			return append(b, 0), nil
		}
		c.read = func(b []byte, v reflect.Value) ([]byte, error) {
			if len(b) == 0 {
				return nil, errShort
			}
			v.SetBool(b[0] != 0)
			return b[1:], nil
		}
	case k >= reflect.Int && k <= reflect.Int64:
		c.write = func(b []byte, v reflect.Value) ([]byte, error) { return binary.AppendVarint(b, v.Int()), nil }
		c.read = func(b []byte, v reflect.Value) ([]byte, error) {
			x, n := binary.Varint(b)
			if n <= 0 || v.OverflowInt(x) {
				return nil, errShort
			}
			v.SetInt(x)
			return b[n:], nil
		}
	case k >= reflect.Uint && k <= reflect.Uint64:
		c.write = func(b []byte, v reflect.Value) ([]byte, error) { return binary.AppendUvarint(b, v.Uint()), nil }
		c.read = func(b []byte, v reflect.Value) ([]byte, error) {
			x, n := binary.Uvarint(b)
			if n <= 0 || v.OverflowUint(x) {
				return nil, errShort
			}
			v.SetUint(x)
			return b[n:], nil
		}
	case k == reflect.Float32 || k == reflect.Float64:
		c.write = func(b []byte, v reflect.Value) ([]byte, error) {
			return binary.LittleEndian.AppendUint64(b, math.Float64bits(v.Float())), nil
		}
		c.read = func(b []byte, v reflect.Value) ([]byte, error) {
			if len(b) < 8 {
				return nil, errShort
			}
			v.SetFloat(math.Float64frombits(binary.LittleEndian.Uint64(b)))
			return b[8:], nil
		}
	case k == reflect.String:
		c.write = func(b []byte, v reflect.Value) ([]byte, error) { return appendBytes(b, []byte(v.String())), nil }
		c.read = func(b []byte, v reflect.Value) ([]byte, error) {
			data, rest, err := cutBytes(b)
			v.SetString(string(data))
			return rest, err
		}
	default:
		return nil
	}
	return c
}
