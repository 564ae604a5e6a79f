package ir

// rounded is the type of DECIMALs of the type t with some digits behind the point, or before it
// where they are negative; up says that they may be rounded away from zero, and so have a digit
// more.
func rounded(t *Type, digits int, up bool) *Type {
	if digits >= t.S {
		return t
	}
	whole := t.P - t.S
	if up {
		whole++
	}
	s := max(0, digits)
	return TDecimal(max(1, min(MaxPrecision, whole+s)), s)
}

// roundedTo gives the type of a DECIMAL that is rounded (up as in rounded) to constant digits.
func roundedTo(up bool) func(args []Expr, t *Type) *Type {
	return func(args []Expr, t *Type) *Type {
		if t.Kind != Decimal || len(args) != 2 {
			return t
		}
		digits, ok := constInt(args[1])
		if !ok {
			return t
		}
		return rounded(args[0].Type(), int(max(-MaxPrecision, min(MaxPrecision, digits))), up)
	}
}

// constInt is the value of a whole number that is written in the query, or has been computed of
// such.
func constInt(e Expr) (int64, bool) {
	switch x := e.(type) {
	case *Const:
		v, ok := x.V.(int64)
		return v, ok
	case *Cast:
		if x.T.Kind.IsInteger() && x.X.Type().Kind.IsInteger() {
			return constInt(x.X)
		}
	case *Call:
		if x.Fn == "NEG" {
			v, ok := constInt(x.Args[0])
			return -v, ok
		}
	}
	return 0, false
}
