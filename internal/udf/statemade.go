package udf

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// The codecs of types that are made of others.

func structCodec(t reflect.Type, within []reflect.Type) (*stateCodec, error) {
	parts := make([]*stateCodec, t.NumField())
	names := make([]string, t.NumField())
	for i := range parts {
		f := t.Field(i)
		if !f.IsExported() {
			return nil, fmt.Errorf("the field %s of the state %s is not exported, so that a checkpoint would lose it; begin its name with a capital letter, or let the type implement encoding.BinaryMarshaler and BinaryUnmarshaler", f.Name, t)
		}
		var err error
		if parts[i], err = codecOf(f.Type, within); err != nil {
			return nil, err
		}
		names[i] = f.Name + " " + parts[i].layout
	}
	return &stateCodec{
		layout: "struct{" + strings.Join(names, "; ") + "}",
		write: func(b []byte, v reflect.Value) (_ []byte, err error) {
			for i, p := range parts {
				if b, err = p.write(b, v.Field(i)); err != nil {
					return b, err
				}
			}
			return b, nil
		},
		read: func(b []byte, v reflect.Value) (_ []byte, err error) {
			for i, p := range parts {
				if b, err = p.read(b, v.Field(i)); err != nil {
					return nil, err
				}
			}
			return b, nil
		},
	}, nil
}

// sliceCodec tells nil from an empty slice no more than its length does.
func sliceCodec(t reflect.Type, within []reflect.Type) (*stateCodec, error) {
	elem, err := codecOf(t.Elem(), within)
	if err != nil {
		return nil, err
	}
	if t.Elem().Size() == 0 { // a length without bytes behind it
		return nil, fmt.Errorf("a state cannot hold a %s, whose elements hold nothing; count them", t)
	}
	return &stateCodec{
		layout: "[]" + elem.layout,
		write: func(b []byte, v reflect.Value) (_ []byte, err error) {
			b = binary.AppendUvarint(b, uint64(v.Len()))
			for i := range v.Len() {
				if b, err = elem.write(b, v.Index(i)); err != nil {
					return b, err
				}
			}
			return b, nil
		},
		read: func(b []byte, v reflect.Value) ([]byte, error) {
			n, b, err := cutCount(b)
			if err != nil {
				return nil, err
			}
			v.Set(reflect.MakeSlice(t, n, n))
			for i := range n {
				if b, err = elem.read(b, v.Index(i)); err != nil {
					return nil, err
				}
			}
			return b, nil
		},
	}, nil
}

func arrayCodec(t reflect.Type, within []reflect.Type) (*stateCodec, error) {
	elem, err := codecOf(t.Elem(), within)
	if err != nil {
		return nil, err
	}
	return &stateCodec{
		layout: fmt.Sprintf("[%d]%s", t.Len(), elem.layout),
		write: func(b []byte, v reflect.Value) (_ []byte, err error) {
			for i := range t.Len() {
				if b, err = elem.write(b, v.Index(i)); err != nil {
					return b, err
				}
			}
			return b, nil
		},
		read: func(b []byte, v reflect.Value) (_ []byte, err error) {
			for i := range t.Len() {
				if b, err = elem.read(b, v.Index(i)); err != nil {
					return nil, err
				}
			}
			return b, nil
		},
	}, nil
}

// mapCodec writes entries in the order of their keys as they are written.
func mapCodec(t reflect.Type, within []reflect.Type) (*stateCodec, error) {
	key, err := codecOf(t.Key(), within)
	if err != nil {
		return nil, err
	}
	elem, err := codecOf(t.Elem(), within)
	if err != nil {
		return nil, err
	}
	type entry struct{ key, elem []byte }
	one := func(c *stateCodec, v reflect.Value) ([]byte, error) {
		p := reflect.New(v.Type()).Elem() // what is in a map has no address
		p.Set(v)
		return c.write(nil, p)
	}
	return &stateCodec{
		layout: "map[" + key.layout + "]" + elem.layout,
		write: func(b []byte, v reflect.Value) ([]byte, error) {
			var list []entry
			for it := v.MapRange(); it.Next(); {
				k, err := one(key, it.Key())
				if err != nil {
					return b, err
				}
				e, err := one(elem, it.Value())
				if err != nil {
					return b, err
				}
				list = append(list, entry{k, e})
			}
			slices.SortFunc(list, func(x, y entry) int { return cmp.Compare(string(x.key), string(y.key)) })
			b = binary.AppendUvarint(b, uint64(len(list)))
			for _, e := range list {
				b = append(append(b, e.key...), e.elem...)
			}
			return b, nil
		},
		read: func(b []byte, v reflect.Value) ([]byte, error) {
			n, b, err := cutCount(b)
			if err != nil {
				return nil, err
			}
			v.Set(reflect.MakeMapWithSize(t, n))
			for range n {
				k, e := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
				if b, err = key.read(b, k); err != nil {
					return nil, err
				}
				if b, err = elem.read(b, e); err != nil {
					return nil, err
				}
				v.SetMapIndex(k, e)
			}
			return b, nil
		},
	}, nil
}

func pointerCodec(t reflect.Type, within []reflect.Type) (*stateCodec, error) {
	elem, err := codecOf(t.Elem(), within)
	if err != nil {
		return nil, err
	}
	return &stateCodec{
		layout: "*" + elem.layout,
		write: func(b []byte, v reflect.Value) ([]byte, error) {
			if v.IsNil() {
				return append(b, 0), nil
			}
			return elem.write(append(b, 1), v.Elem())
		},
		read: func(b []byte, v reflect.Value) ([]byte, error) {
			if len(b) == 0 {
				return nil, errShort
			}
			if b[0] == 0 {
				v.SetZero()
				return b[1:], nil
			}
			v.Set(reflect.New(t.Elem()))
			return elem.read(b[1:], v.Elem())
		},
	}, nil
}
