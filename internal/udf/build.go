package udf

import (
	"fmt"
	"strings"

	"github.com/helios-stream/helios/ir"
)

// Type is the type of an argument or a result, and what is wrong with it.
type Type struct {
	SQL   *ir.Type
	Null  bool // NULL is a value of it
	Error error
}

// TypeOf is the type that T stands for.
func TypeOf[T any]() Type {
	c, err := newColumn[T]()
	if err != nil {
		return Type{Error: err}
	}
	return Type{SQL: c.sqlType(), Null: c.takesNull()}
}

// Build makes the description of a function, whose name may be in any case.
func Build(name string, aggregate bool, impl any, result Type, args ...Type) (*ir.Function, error) {
	fail := func(err error) (*ir.Function, error) { return nil, fmt.Errorf("function %s: %w", name, err) }
	u := &ir.UserFunc{Ret: result.SQL, Impl: impl}
	takesNull := false
	for i, a := range args {
		if a.Error != nil {
			return fail(fmt.Errorf("argument %d: %w", i+1, a.Error))
		}
		u.Args = append(u.Args, a.SQL)
		takesNull = takesNull || a.Null
	}
	if result.Error != nil {
		return fail(fmt.Errorf("its result: %w", result.Error))
	}
	f, err := ir.NewUserFunction(strings.ToUpper(name), aggregate, u)
	if err != nil {
		return fail(err)
	}
	f.NullSafe, f.CanFail = takesNull, true
	return f, nil
}

// Check refuses functions that cannot be told apart, and a name that is both an
// aggregate and a scalar function.
func Check(list []*ir.Function) error {
	byName := map[string][]*ir.Function{}
	for _, f := range list {
		for _, o := range byName[f.Name] {
			switch {
			case o.Aggregate != f.Aggregate:
				return fmt.Errorf("function %s: it is registered as an aggregate and as a scalar function; give one of them another name", f.Name)
			case sameTypes(o.User.Args, f.User.Args):
				return fmt.Errorf("function %s: it is registered twice for the same arguments: %s and %s", f.Name, o.Signature(), f.Signature())
			}
		}
		byName[f.Name] = append(byName[f.Name], f)
	}
	return nil
}

func sameTypes(a, b []*ir.Type) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !a[i].Equal(b[i]) {
			return false
		}
	}
	return true
}
