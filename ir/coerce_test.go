package ir

import "testing"

func TestCommonType(t *testing.T) {
	f := func(a, b, want *Type) {
		t.Helper()
		for _, got := range []*Type{CommonType(a, b), CommonType(b, a)} {
			if got == nil && want == nil {
				continue
			}
			if got == nil || want == nil || !got.Equal(want) {
				t.Errorf("%s and %s: got %v, want %v", a, b, got, want)
			}
		}
	}
	f(TTinyInt, TBigInt, TBigInt)
	f(TBigInt, TDouble, TDouble)
	f(TReal, TInteger, TReal)
	f(TReal, TDecimal(5, 2), TDouble)
	f(TDecimal(5, 2), TDecimal(10, 4), TDecimal(10, 4))
	f(TDecimal(5, 2), TInteger, TDecimal(12, 2))
	f(TDecimal(38, 0), TDecimal(38, 10), TDecimal(38, 10))
	f(TNull, TVarchar, TVarchar)
	f(TVarchar, TJSON, TVarchar)
	f(TDate, TTimestamp, TTimestamp)
	f(&Type{Kind: Timestamp, P: 3}, TTimestamp, TTimestamp)
	f(TVarchar, TBigInt, nil)
	f(TBoolean, TBigInt, nil)
	f(TTimestamp, TTimestampLTZ, TTimestampLTZ)
}

// Flink's tests of these rules: LogicalTypeMergingTest.
func TestDecimalResult(t *testing.T) {
	f := func(op string, a, b, want *Type) {
		t.Helper()
		if got := DecimalResult(op, a, b); !got.Equal(want) {
			t.Errorf("%s %s %s: got %s, want %s", a, op, b, got, want)
		}
	}
	f("+", TDecimal(10, 2), TDecimal(10, 4), TDecimal(13, 4))
	f("*", TDecimal(3, 3), TDecimal(19, 0), TDecimal(23, 3))
	f("/", TDecimal(10, 2), TDecimal(5, 1), TDecimal(17, 8))
	f("%", TDecimal(10, 2), TDecimal(5, 1), TDecimal(6, 2))
	f("*", TDecimal(38, 10), TDecimal(38, 10), TDecimal(38, 6))
	f("+", TDecimal(38, 0), TDecimal(38, 0), TDecimal(38, 0))
}

func TestCasts(t *testing.T) {
	f := func(from, to *Type, implicit, assign, cast bool) {
		t.Helper()
		if CanImplicit(from, to) != implicit || CanAssign(from, to) != assign || CanCast(from, to) != cast {
			t.Errorf("%s to %s: implicit %v assign %v cast %v, want %v %v %v", from, to,
				CanImplicit(from, to), CanAssign(from, to), CanCast(from, to), implicit, assign, cast)
		}
	}
	f(TInteger, TBigInt, true, true, true)
	f(TDouble, TBigInt, false, true, true)
	f(TVarchar, TTimestamp, false, true, true)
	f(TVarchar, TBigInt, false, false, true)
	f(TTimestamp, TDate, false, false, true)
	f(TBoolean, TInteger, false, false, true)
	f(TBoolean, TTimestamp, false, false, false)
	f(TNull, TBoolean, true, true, true)
	f(&Type{Kind: Array, Elem: TBigInt}, TVarchar, false, false, true)
	f(&Type{Kind: Array, Elem: TBigInt}, &Type{Kind: Array, Elem: TVarchar}, false, false, true)
	f(&Type{Kind: Array, Elem: TInteger}, &Type{Kind: Array, Elem: TBigInt}, true, true, true)
	f(&Type{Kind: Array, Elem: TBigInt}, TBigInt, false, false, false)
}
