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
	case a.Kind.IsTimestamp() && b.Kind.IsTimestamp(): // one is an instant: the other is by the session's clock
		return &Type{Kind: TimestampLTZ, P: max(a.P, b.P)}
	case a.Kind.IsTimestamp() && b.Kind == Date:
		return a
	case a.Kind == Date && b.Kind.IsTimestamp():
		return b
	case a.Kind == b.Kind && a.Kind.IsNested():
		return commonNested(a, b)
	}
	return nil
}

// commonNested is the common type of two ARRAYs, MAPs or ROWs, part by part; the fields
// of a ROW keep the names of a.
func commonNested(a, b *Type) *Type {
	t := &Type{Kind: a.Kind}
	ok := true
	part := func(x, y *Type) *Type {
		c := CommonType(x, y)
		ok = ok && c != nil
		return c
	}
	switch {
	case a.Kind == Row && len(a.Fields) != len(b.Fields):
		return nil
	case a.Kind == Row:
		for i, f := range a.Fields {
			t.Fields = append(t.Fields, Field{Name: f.Name, Type: part(f.Type, b.Fields[i].Type)})
		}
	case a.Kind == Map:
		t.Key, t.Elem = part(a.Key, b.Key), part(a.Elem, b.Elem)
	default:
		t.Elem = part(a.Elem, b.Elem)
	}
	if !ok {
		return nil
	}
	return t
}

// allParts reports whether all parts of two nested types of one kind fulfil can.
func allParts(from, to *Type, can func(from, to *Type) bool) bool {
	if from.Kind != to.Kind {
		return false
	}
	switch from.Kind {
	case Array:
		return can(from.Elem, to.Elem)
	case Map:
		return can(from.Key, to.Key) && can(from.Elem, to.Elem)
	case Row:
		if len(from.Fields) != len(to.Fields) {
			return false
		}
		for i := range from.Fields {
			if !can(from.Fields[i].Type, to.Fields[i].Type) {
				return false
			}
		}
		return true
	}
	return false
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
	case (from.Kind.IsTimestamp() || from.Kind == Time) && from.Kind == to.Kind:
		return true
	case from.Kind.IsNested():
		return allParts(from, to, CanImplicit)
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
	case from.Kind.IsNested():
		return allParts(from, to, CanAssign)
	}
	return false
}

// CanCast reports whether CAST(from AS to) exists. docs/SQL.md has it as a table.
func CanCast(from, to *Type) bool {
	if CanAssign(from, to) {
		return true
	}
	f, t := from.Kind, to.Kind
	switch {
	case f.IsNested() && t.IsNested():
		return allParts(from, to, CanCast)
	case f.IsNested():
		return t == Varchar || t == JSON
	case t.IsNested():
		return f == JSON && inJSON(to)
	case t == Varchar || f == Varchar:
		return true
	case f == Boolean && t.IsNumeric(), f.IsNumeric() && t == Boolean:
		return true
	case f.IsTimestamp() && (t == Date || t == Time):
		return true
	case t == JSON:
		return f == Boolean || f.IsNumeric()
	}
	return false
}

// inJSON reports whether JSON is read as values of t. Keys of a MAP are texts there, and may
// be numbers and times.
func inJSON(t *Type) bool {
	switch t.Kind {
	case Array:
		return inJSON(t.Elem)
	case Map:
		k := t.Key.Kind
		return (k == Varchar || k.IsNumeric() || k.IsTimestamp() || k == Date || k == Time) && inJSON(t.Elem)
	case Row:
		for _, f := range t.Fields {
			if !inJSON(f.Type) {
				return false
			}
		}
		return len(t.Fields) > 0
	}
	return t.Kind != Invalid && t.Kind != Null
}

// NeedsZone reports whether a cast depends on the time zone: whether an instant becomes
// something without a zone or the other way round.
func NeedsZone(from, to *Type) bool {
	switch {
	case from.Kind.IsNested() && to.Kind.IsNested():
		some := false
		allParts(from, to, func(f, t *Type) bool {
			some = some || NeedsZone(f, t)
			return true
		})
		return some
	case from.Kind.IsNested():
		return HasInstant(from)
	}
	return from.Kind == TimestampLTZ && to.Kind != TimestampLTZ && to.Kind != Null ||
		to.Kind == TimestampLTZ && from.Kind != TimestampLTZ && from.Kind != Null
}

// HasInstant reports whether t is, or has a part that is, TIMESTAMP_LTZ.
func HasInstant(t *Type) bool {
	if t == nil {
		return false
	}
	for _, f := range t.Fields {
		if HasInstant(f.Type) {
			return true
		}
	}
	return t.Kind == TimestampLTZ || HasInstant(t.Key) || HasInstant(t.Elem)
}

// LocalType is t with TIMESTAMP in the place of TIMESTAMP_LTZ.
func LocalType(t *Type) *Type {
	if t == nil {
		return nil
	}
	out := *t
	if t.Kind == TimestampLTZ {
		out.Kind = Timestamp
	}
	out.Elem, out.Key, out.Fields = LocalType(t.Elem), LocalType(t.Key), nil
	for _, f := range t.Fields {
		out.Fields = append(out.Fields, Field{Name: f.Name, Type: LocalType(f.Type)})
	}
	return &out
}
