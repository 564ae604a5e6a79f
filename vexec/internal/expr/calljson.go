package expr

import (
	"fmt"
	"strings"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/text"
)

// jsonFn returns the functions of JSON text; nil: it has no such name.
func jsonFn(x *ir.Call) (strict, error) {
	switch x.Fn {
	case "JSON_VALUE":
		return jsonValue(constText(x, 2))
	case "JSON_QUERY":
		return jsonQuery(constText(x, 2)), nil
	case "JSON_EXISTS":
		return jsonExists(constText(x, 2)), nil
	case "JSON_OBJECT":
		return jsonObject, nil
	case "JSON_ARRAY":
		return jsonArray, nil
	case "JSON_STRING":
		return jsonString, nil
	case "IS JSON":
		return isJSON(func([]byte) bool { return true }), nil
	case "IS JSON OBJECT":
		return isJSON(func(v []byte) bool { return v[0] == '{' }), nil
	case "IS JSON ARRAY":
		return isJSON(func(v []byte) bool { return v[0] == '[' }), nil
	case "IS JSON SCALAR":
		return isJSON(kernels.IsJSONScalar), nil
	}
	return nil, nil
}

// constText is the constant text of an argument; "": there is none.
func constText(x *ir.Call, i int) string {
	if i >= len(x.Args) {
		return ""
	}
	c, ok := x.Args[i].(*ir.Const)
	if !ok {
		return ""
	}
	s, _ := c.V.(string)
	return s
}

// onClause is what stands before ON EMPTY or ON ERROR in the clauses of a call.
func onClause(clauses, on, otherwise string) string {
	for _, c := range strings.Split(clauses, "; ") {
		if what, ok := strings.CutSuffix(c, " ON "+on); ok {
			return what
		}
	}
	return otherwise
}

func newJSONPaths() *patterns[*kernels.JSONPath] {
	return &patterns[*kernels.JSONPath]{compile: func(s string) (*kernels.JSONPath, error) {
		p, err := kernels.CompileJSONPath(s)
		if err != nil {
			return nil, fmt.Errorf("the path %s: %w", quote([]byte(s)), err)
		}
		return p, nil
	}}
}

// The reasons of ON ERROR and ON EMPTY.
const (
	notJSON      = "it is not JSON"
	nothingThere = "nothing is there"
	notScalar    = "an object or an array is there, not a scalar"
	onlyScalar   = "a scalar is there, not an object or an array"
)

// jsonLook is what a path found: a value, nothing (empty), or an error.
type jsonLook struct {
	val    []byte
	many   [][]byte // with a wildcard
	isMany bool
	empty  bool
	bad    string
}

// look follows the path of argument 1 in argument 0.
func (c *call) look(paths *patterns[*kernels.JSONPath], i int, room *[][]byte) (l jsonLook, lax bool, err error) {
	p, err := paths.get(c.bytes(1, i))
	if err != nil {
		return l, false, err
	}
	doc := c.bytes(0, i)
	if !kernels.ValidJSON(doc) {
		return jsonLook{bad: notJSON}, p.IsLax(), nil
	}
	f := p.Find(doc, (*room)[:0])
	*room = f.Values
	switch {
	case f.Many:
		return jsonLook{many: f.Values, isMany: true, empty: len(f.Values) == 0}, p.IsLax(), nil
	case len(f.Values) == 0 && p.IsLax():
		return jsonLook{empty: true}, true, nil
	case len(f.Values) == 0:
		return jsonLook{bad: nothingThere}, false, nil
	}
	return jsonLook{val: f.Values[0], empty: string(f.Values[0]) == "null"}, p.IsLax(), nil
}

// jsonValue takes NULLs: its defaults may be NULL.
func jsonValue(clauses string) (strict, error) {
	paths, room := newJSONPaths(), make([][]byte, 0, 4)
	onEmpty, onError := onClause(clauses, "EMPTY", "NULL"), onClause(clauses, "ERROR", "NULL")
	fits, err := returning(clauses)
	if err != nil {
		return nil, err
	}
	return func(c *call) {
		c.appendText(func(dst []byte, i int) ([]byte, bool) {
			if c.null(0, i) || c.null(1, i) {
				return dst, true
			}
			l, lax, err := c.look(paths, i, &room)
			if err != nil {
				c.fail(int32(i), err.Error())
				return dst, false
			}
			what, arg, reason := "", 0, l.bad
			switch scalar := l.val != nil && kernels.IsJSONScalar(l.val); {
			case l.bad != "":
				what, arg = onError, 4
			case l.empty || lax && !scalar:
				what, arg, reason = onEmpty, 3, nothingThere
			case !scalar:
				what, arg, reason = onError, 4, notScalar
			default:
				from := len(dst)
				out := kernels.AppendJSONScalar(dst, l.val)
				if fits == nil || fits(out[from:]) {
					return out, false
				}
				what, arg, reason = onError, 4, quote(out[from:])+" has another type"
			}
			switch {
			case what == "ERROR":
				c.fail(int32(i), reason)
			case what == "DEFAULT" && arg < len(c.args) && !c.null(arg, i):
				return append(dst, c.bytes(arg, i)...), false
			default:
				return dst, true
			}
			return dst, false
		})
	}, nil
}

// returning is whether a text can be cast to the type of RETURNING; nil: all can.
func returning(clauses string) (func(s []byte) bool, error) {
	for _, clause := range strings.Split(clauses, "; ") {
		name, ok := strings.CutPrefix(clause, "RETURNING ")
		if !ok {
			continue
		}
		t := ir.ScalarType(name)
		if t == nil {
			return nil, fmt.Errorf("JSON_VALUE does not return %s", name)
		}
		if t.Kind == ir.Varchar {
			return nil, nil
		}
		step := newPartCast(ir.TVarchar, t, nil)
		if step == nil {
			return nil, fmt.Errorf("JSON_VALUE does not return %s", name)
		}
		one := vexec.NewVec(ir.TVarchar, 1)
		return func(s []byte) bool {
			one.Reset(ir.TVarchar, 1)
			one.Bufs = [][]byte{s}
			one.Views()[0] = kernels.MakeView(s, 0, 0)
			_, bad := step.run(&one, 1, nil)
			return len(bad) == 0
		}, nil
	}
	return nil, nil
}

func jsonQuery(clauses string) strict {
	paths, room := newJSONPaths(), make([][]byte, 0, 4)
	onEmpty, onError := onClause(clauses, "EMPTY", "NULL"), onClause(clauses, "ERROR", "NULL")
	always := strings.Contains(clauses, "WITH UNCONDITIONAL")
	perhaps := strings.Contains(clauses, "WITH CONDITIONAL")
	return func(c *call) {
		c.appendText(func(dst []byte, i int) ([]byte, bool) {
			l, lax, err := c.look(paths, i, &room)
			if err != nil {
				c.fail(int32(i), err.Error())
				return dst, false
			}
			array := l.isMany || l.val != nil && l.val[0] == '['
			wrap := always || perhaps && !array
			what, reason := "", l.bad
			switch scalar := !l.isMany && l.val != nil && kernels.IsJSONScalar(l.val); {
			case l.bad != "":
				what = onError
			case l.empty && !l.isMany || lax && scalar && !wrap:
				what, reason = onEmpty, nothingThere
			case scalar && !wrap:
				what, reason = onError, onlyScalar
			default:
				return appendFound(dst, l, wrap), false
			}
			switch what {
			case "ERROR":
				c.fail(int32(i), reason)
				return dst, false
			case "EMPTY ARRAY":
				return append(dst, "[]"...), false
			case "EMPTY OBJECT":
				return append(dst, "{}"...), false
			}
			return dst, true
		})
	}
}

func appendFound(dst []byte, l jsonLook, wrap bool) []byte {
	if wrap {
		dst = append(dst, '[')
	}
	if l.isMany {
		dst = append(dst, '[')
		for k, v := range l.many {
			if k > 0 {
				dst = append(dst, ',')
			}
			dst = kernels.AppendJSONCompact(dst, v)
		}
		dst = append(dst, ']')
	} else {
		dst = kernels.AppendJSONCompact(dst, l.val)
	}
	if wrap {
		dst = append(dst, ']')
	}
	return dst
}

func jsonExists(clauses string) strict {
	paths, room := newJSONPaths(), make([][]byte, 0, 4)
	onError := onClause(clauses, "ERROR", "FALSE")
	return func(c *call) {
		c.each(func(i int) {
			l, _, err := c.look(paths, i, &room)
			switch {
			case err != nil:
				c.fail(int32(i), err.Error())
			case l.bad != "" && onError == "ERROR":
				c.fail(int32(i), l.bad)
			case l.bad != "" && onError == "UNKNOWN":
				c.setNull(i)
			case l.bad != "":
				kernels.PutBit(c.out.Data, i, onError == "TRUE")
			default:
				kernels.PutBit(c.out.Data, i, !l.empty)
			}
		})
	}
}

func isJSON(kind func(v []byte) bool) strict {
	return func(c *call) {
		c.each(func(i int) {
			s := c.bytes(0, i)
			kernels.PutBit(c.out.Data, i, kernels.ValidJSON(s) && kind(kernels.TrimSpace(s)))
		})
	}
}

func jsonString(c *call) {
	appendJSON(c, text.AppendJSONZoned)
}

// jsonObject takes NULLs: NULL or ABSENT, and then keys and JSON texts in turn. A key that comes
// twice stands where it came first, with its last value.
func jsonObject(c *call) {
	c.appendText(func(dst []byte, i int) ([]byte, bool) {
		absent := string(c.bytes(0, i)) == "ABSENT"
		dst = append(dst, '{')
		first := true
		for k := 1; k+1 < len(c.args); k += 2 {
			if c.null(k, i) {
				c.fail(int32(i), "a key of JSON_OBJECT is NULL")
				return dst, false
			}
			if absent && c.null(k+1, i) || c.sameKey(k, -2, i, absent) > 0 {
				continue
			}
			if !first {
				dst = append(dst, ',')
			}
			first = false
			dst = append(text.AppendJSONString(dst, c.bytes(k, i)), ':')
			last := k
			for again := k; again > 0; again = c.sameKey(again, 2, i, absent) {
				last = again
			}
			dst = c.appendOrNull(dst, last+1, i)
		}
		return append(dst, '}'), false
	})
}

// sameKey is where the key at k of JSON_OBJECT stands once more, in steps from there, with a
// value that counts; 0: nowhere.
func (c *call) sameKey(k, step, i int, absent bool) int {
	for j := k + step; j >= 1 && j+1 < len(c.args); j += step {
		if !c.null(j, i) && !(absent && c.null(j+1, i)) && string(c.bytes(j, i)) == string(c.bytes(k, i)) {
			return j
		}
	}
	return 0
}

// jsonArray takes NULLs: NULL or ABSENT, and then JSON texts.
func jsonArray(c *call) {
	c.appendText(func(dst []byte, i int) ([]byte, bool) {
		absent := string(c.bytes(0, i)) == "ABSENT"
		dst = append(dst, '[')
		first := true
		for k := 1; k < len(c.args); k++ {
			if absent && c.null(k, i) {
				continue
			}
			if !first {
				dst = append(dst, ',')
			}
			first = false
			dst = c.appendOrNull(dst, k, i)
		}
		return append(dst, ']'), false
	})
}

func (c *call) appendOrNull(dst []byte, k, i int) []byte {
	if c.null(k, i) {
		return append(dst, "null"...)
	}
	return append(dst, c.bytes(k, i)...)
}
