package ir

// countDigits is how many digits the number of rows of a group can have: with a hundred
// million rows a second it takes thirty years to more.
const countDigits = 17

// MayFail reports whether the result of the aggregate may not exist for some group: SUM
// of BIGINT may be out of the range of BIGINT. What fails for a row is MayFail of Args
// and Filter.
func (a *AggCall) MayFail() bool {
	f := a.Function()
	switch {
	case f == nil:
		return true
	case a.User != nil:
		return f.CanFail
	case !f.CanFail || a.T.Kind.IsFloat() || a.isWide():
		return false
	}
	switch t := a.Args[0].Type(); {
	case t.Kind != Decimal:
		return true
	case a.Fn == "SUM":
		return t.P+countDigits > a.T.P
	case a.Fn == "AVG": // an average is between two values
		return t.P-t.S > a.T.P-a.T.S
	}
	return true
}

// Wide returns the aggregate with a type that holds the result for any rows, where there
// is one and its own may not: SUM of integers as DECIMAL(38, 0). A cast of the result to
// the type that a has gives what a gives, and fails where a fails.
func (a *AggCall) Wide() (wide AggCall, ok bool) {
	if a.Fn != "SUM" || a.Distinct || len(a.Args) != 1 || !a.Args[0].Type().Kind.IsInteger() || a.isWide() {
		return *a, false
	}
	wide = *a
	wide.T = wideSum
	return wide, true
}

var wideSum = TDecimal(MaxPrecision, 0)

// isWide reports whether a is what Wide returns.
func (a *AggCall) isWide() bool {
	return a.Fn == "SUM" && !a.Distinct && len(a.Args) == 1 && a.Args[0].Type().Kind.IsInteger() && a.T.Equal(wideSum)
}
