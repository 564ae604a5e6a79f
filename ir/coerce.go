package ir

// CommonType returns the type that values of both can take without loss of
// meaning, or nil: what CASE, COALESCE, UNION and comparisons use.
func CommonType(a, b *Type) *Type {
	switch {
	case a.Equal(b), b.Kind == Null:
		return a
	case a.Kind == Null:
		return b
	case a.Kind.IsNumeric() && b.Kind.IsNumeric():
		return commonNumber(a, b)
	case a.Kind.IsText() && b.Kind.IsText() && a.Kind != Varbinary && b.Kind != Varbinary:
		return TVarchar
	case a.Kind.IsTimestamp() && a.Kind == b.Kind, a.Kind == Time && b.Kind == Time:
		return &Type{Kind: a.Kind, P: max(a.P, b.P)}
	case a.Kind.IsTimestamp() && b.Kind == Date:
		return a
	case a.Kind == Date && b.Kind.IsTimestamp():
		return b
	}
	return nil
}

func commonNumber(a, b *Type) *Type {
	switch {
	case a.Kind == Double || b.Kind == Double:
		return TDouble
	case a.Kind == Real || b.Kind == Real:
		if a.Kind == Decimal || b.Kind == Decimal {
			return TDouble
		}
		return TReal
	case a.Kind == Decimal || b.Kind == Decimal:
		a, b = AsDecimal(a), AsDecimal(b)
		s := max(a.S, b.S)
		return TDecimal(min(MaxPrecision, max(a.P-a.S, b.P-b.S)+s), s)
	}
	return wider(a, b)
}

func wider(a, b *Type) *Type {
	if a.Kind >= b.Kind {
		return a
	}
	return b
}

// AsDecimal returns the DECIMAL that holds every value of an integer type; a DECIMAL is itself.
func AsDecimal(t *Type) *Type {
	switch t.Kind {
	case TinyInt:
		return TDecimal(3, 0)
	case SmallInt:
		return TDecimal(5, 0)
	case Integer:
		return TDecimal(10, 0)
	case BigInt:
		return TDecimal(19, 0)
	}
	return t
}

// DecimalResult returns the type of a op b for DECIMALs: Flink's rules
// (LogicalTypeMerging), which cut the scale, never the whole digits, where the
// exact type would pass 38 digits.
func DecimalResult(op string, a, b *Type) *Type {
	var p, s int
	switch op {
	case "+", "-":
		s = max(a.S, b.S)
		p = max(a.P-a.S, b.P-b.S) + s + 1
	case "*":
		s = a.S + b.S
		p = a.P + b.P + 1
	case "/":
		s = max(6, a.S+b.P+1)
		p = a.P - a.S + b.S + s
	case "%":
		s = max(a.S, b.S)
		p = min(a.P-a.S, b.P-b.S) + s
	}
	if p > MaxPrecision {
		whole := p - s
		s = max(MaxPrecision-whole, min(s, 6))
		p = MaxPrecision
	}
	return TDecimal(p, s)
}

// CanImplicit reports whether a value of from is taken as to without a CAST:
// numbers to wider ones, NULL to anything, dates to timestamps.
func CanImplicit(from, to *Type) bool {
	switch {
	case from.Kind == Null || from.Equal(to):
		return true
	case from.Kind.IsInteger() && to.Kind.IsInteger():
		return from.Kind <= to.Kind || from.Kind == BigInt && to.Kind == Integer // lengths and positions
	case from.Kind.IsNumeric() && (to.Kind.IsFloat() || to.Kind == Decimal && !from.Kind.IsFloat()):
		return true
	case from.Kind.IsText() && to.Kind == Varchar:
		return from.Kind != Varbinary
	case from.Kind == Date && to.Kind.IsTimestamp():
		return true
	case from.Kind.IsTimestamp() && from.Kind == to.Kind:
		return true
	}
	return false
}

// CanAssign reports whether INSERT casts from to to: between numbers, text to
// times, and whatever CanImplicit takes. What is out of range is a row error.
func CanAssign(from, to *Type) bool {
	switch {
	case CanImplicit(from, to):
		return true
	case from.Kind.IsNumeric() && to.Kind.IsNumeric():
		return true
	case from.Kind == Varchar && (to.Kind.IsTimestamp() || to.Kind == Date || to.Kind == Time):
		return true
	case from.Kind.IsTimestamp() && to.Kind.IsTimestamp():
		return true
	}
	return false
}

// CanCast reports whether CAST(from AS to) exists.
func CanCast(from, to *Type) bool {
	if CanAssign(from, to) {
		return true
	}
	f, t := from.Kind, to.Kind
	nested := func(k Kind) bool { return k == Array || k == Map || k == Row }
	switch {
	case nested(f) || nested(t):
		return false
	case t == Varchar || f == Varchar:
		return true
	case f == Boolean && t.IsInteger(), f.IsInteger() && t == Boolean:
		return true
	case f.IsTimestamp() && (t == Date || t == Time):
		return true
	}
	return false
}
