package ir

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// UserFunc is what a function of one's own, registered through the Go API, has beside
// what Function says of all. Its Function is not in the registry: the calls of a plan
// refer to it themselves, and a plan as JSON has its Contract.
type UserFunc struct {
	Args     []*Type // one for each argument
	Ret      *Type
	Retracts bool   // aggregates: rows may be taken back
	State    string // aggregates: what a group's state is made of; checkpoints of another one do not fit
	// Impl is what computes it: a vexec.ScalarFunc or a vexec.AggregateFunc, of which
	// plans know nothing.
	Impl any
}

// NewUserFunction returns a function of one's own. name is in upper case; the caller sets
// NullSafe, Volatile, CanFail and Doc. An error says why the name cannot be had.
func NewUserFunction(name string, aggregate bool, u *UserFunc) (*Function, error) {
	if err := checkUserName(name); err != nil {
		return nil, err
	}
	f := &Function{Name: name, Aggregate: aggregate, User: u, Resolve: fixed(name, u.Ret, u.Args...)}
	f.Sig = f.Signature()
	return f, nil
}

var (
	userName     = regexp.MustCompile(`^[A-Z_][A-Z0-9_]*$`)
	windowColumn = regexp.MustCompile(`^(TUMBLE|HOP|SESSION)_(START|END|ROWTIME|PROCTIME)$`)
)

// checkUserName refuses what is no name, and names that mean something already.
func checkUserName(name string) error {
	switch {
	case !userName.MatchString(name):
		return fmt.Errorf("%q is no name of a function: it has letters, digits and _, and begins with no digit", name)
	case slices.Contains(planned, name), windowColumn.MatchString(name), name == "UNNEST":
		return fmt.Errorf("%s is a function of the language; give yours another name", name)
	}
	for _, f := range Catalog() {
		if f.Name == name || slices.Contains(f.Aliases, name) {
			return fmt.Errorf("%s is a function of the language (%s); give yours another name", name, f.Sig)
		}
	}
	return nil
}

// Signature is the name with the types: "GREET(VARCHAR, BIGINT) -> VARCHAR". It is for
// functions of one's own.
func (f *Function) Signature() string {
	types := make([]string, len(f.User.Args))
	for i, t := range f.User.Args {
		types[i] = t.String()
	}
	return f.Name + "(" + strings.Join(types, ", ") + ") -> " + f.User.Ret.String()
}

// Contract is the signature and all that a plan was made by: a function with another one
// cannot take its place.
func (f *Function) Contract() string {
	parts := []string{f.Signature()}
	for _, p := range []struct {
		is   bool
		text string
	}{{f.Aggregate, "aggregate"}, {f.NullSafe, "takes NULL"}, {f.Volatile, "volatile"}, {!f.CanFail, "cannot fail"}, {f.User.Retracts, "takes rows back"}} {
		if p.is {
			parts = append(parts, p.text)
		}
	}
	return strings.Join(parts, "; ")
}

// Function is the description of the function that is called; nil: there is none.
func (e *Call) Function() *Function {
	if e.User != nil {
		return e.User
	}
	return LookupFunction(e.Fn)
}

// Function is the description of the aggregate that is called; nil: there is none.
func (a *AggCall) Function() *Function {
	if a.User != nil {
		return a.User
	}
	return LookupFunction(a.Fn)
}

// PickFunction finds which of some functions of one name takes arguments of these types:
// the one with just these types, or else the one that none of the others is as close to
// for some argument. The error says what there is.
func PickFunction(list []*Function, args []*Type) (*Function, error) {
	var fit []*Function
	for _, f := range list {
		if _, _, err := f.Resolve(args); err == nil {
			fit = append(fit, f)
		}
	}
	if len(fit) == 0 {
		if len(list) == 1 {
			_, _, err := list[0].Resolve(args)
			return nil, err
		}
		return nil, fmt.Errorf("no %s takes (%s)", list[0].Name, typeNames(args))
	}
	for _, f := range fit {
		if !slices.ContainsFunc(fit, func(o *Function) bool { return o != f && !closer(f, o, args) }) {
			return f, nil
		}
	}
	return nil, fmt.Errorf("several %s take (%s)", list[0].Name, typeNames(args))
}

func typeNames(types []*Type) string {
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = t.String()
	}
	return strings.Join(names, ", ")
}

// closer reports whether f is at least as close to the types as o for all arguments, and
// closer for some.
func closer(f, o *Function, args []*Type) bool {
	some := false
	for i, t := range args {
		x, y := widening(t, f.User.Args[i]), widening(t, o.User.Args[i])
		if x > y {
			return false
		}
		some = some || x < y
	}
	return some
}

// widening is how far a type is from one that takes its values.
func widening(from, to *Type) int {
	switch {
	case from.Kind == Null || from.Equal(to):
		return 0
	case from.Kind.IsInteger() && to.Kind.IsInteger() && from.Kind > to.Kind: // not all values fit
		return 100
	case from.Kind.IsInteger() && to.Kind == Decimal: // nearer than floats, which round
		return 10
	case from.Kind.IsNumeric() && to.Kind.IsNumeric():
		if from.Kind == to.Kind {
			return 1
		}
		return 2 + 2*abs(int(to.Kind)-int(from.Kind))
	}
	return 1
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// MissingFunctionError says that a plan calls a function of one's own that the program
// does not have.
type MissingFunctionError struct {
	Contract string   // of the function that the plan calls
	Found    []string // contracts of those with its name
}

func (e *MissingFunctionError) Error() string {
	text := "the plan calls " + e.Contract + ", a function that was registered through the Go API, and this program "
	if len(e.Found) == 0 {
		return text + "has none of this name; run it in a program that gives the function in Options.Functions"
	}
	return text + "has " + strings.Join(e.Found, " and ") + "; compile the query anew"
}

// findUser finds a function by its contract.
func findUser(list []*Function, contract string) (*Function, error) {
	name, _, _ := strings.Cut(contract, "(")
	missing := &MissingFunctionError{Contract: contract}
	for _, f := range list {
		switch {
		case f.Contract() == contract:
			return f, nil
		case f.Name == name:
			missing.Found = append(missing.Found, f.Contract())
		}
	}
	return nil, missing
}
