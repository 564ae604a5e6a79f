package ir

import "fmt"

// moreTimes are the functions of times beyond the basic ones.
var moreTimes = []*Function{
	{Name: "CURRENT_TIMESTAMP", Aliases: []string{"NOW", "CURRENT_ROW_TIMESTAMP"}, Volatile: true, Resolve: fixed("CURRENT_TIMESTAMP", tMillisLTZ), Sig: "CURRENT_TIMESTAMP or NOW()", Doc: "The instant at which the row is processed; rows of one batch share it.", Example: "CURRENT_TIMESTAMP > TIMESTAMP '2024-01-01 00:00:00' -> true"},
	{Name: "PROCTIME", Volatile: true, Resolve: fixed("PROCTIME", tMillisLTZ), Sig: "PROCTIME()", Doc: "Processing time: what CURRENT_TIMESTAMP is.", Example: "PROCTIME() IS NULL -> false"},
	{Name: "DATE_FORMAT", CanFail: true, Resolve: dateFormat, Sig: "DATE_FORMAT(t, pattern)", Doc: "A time as text by a pattern of Java's DateTimeFormatter.", Example: "DATE_FORMAT(TIMESTAMP '2024-01-02 03:04:05', 'dd.MM.yyyy HH:mm') -> 02.01.2024 03:04"},
	{Name: "TO_DATE", CanFail: true, Resolve: optional("TO_DATE", TDate, 1, TVarchar, TVarchar), Sig: "TO_DATE(s [, pattern])", Doc: "The day that a text writes as YYYY-MM-DD, or by a pattern as in DATE_FORMAT.", Example: "TO_DATE('02.01.2024', 'dd.MM.yyyy') -> 2024-01-02"},
	{Name: "TIMESTAMPDIFF", CanFail: true, Resolve: timeDiff, Sig: "TIMESTAMPDIFF(unit, a, b)", Doc: "Whole units from a to b.", Example: "TIMESTAMPDIFF(DAY, DATE '2024-01-31', DATE '2024-03-01') -> 30"},
	{Name: "DATE_CEIL", CanFail: true, Resolve: roundedTime("DATE_CEIL"), Sig: "DATE_CEIL(unit, t [, zone])", Doc: "t where a unit begins there, else the start of the next one.", Example: "DATE_CEIL('HOUR', TIMESTAMP '2024-01-02 03:04:05') -> 2024-01-02 04:00:00"},
	{Name: "CONVERT_TZ", CanFail: true, Resolve: fixed("CONVERT_TZ", TVarchar, TVarchar, TVarchar, TVarchar), Sig: "CONVERT_TZ(s, from, to)", Doc: "A local time of one time zone as that of another, as text YYYY-MM-DD HH:MM:SS.", Example: "CONVERT_TZ('2024-07-01 12:00:00', 'UTC', 'Europe/Berlin') -> 2024-07-01 14:00:00"},
}

// timeForms are functions of times that the binder makes of others.
var timeForms = []*Function{
	{Name: "CEIL TO", Form: true, Sig: "CEIL(t TO unit)", Doc: "The start of the unit that t is in, or of the next one where t is behind it.", Example: "CEIL(TIMESTAMP '2024-01-02 03:04:05' TO DAY) -> 2024-01-03 00:00:00"},
	{Name: "LOCALTIMESTAMP", Form: true, Sig: "LOCALTIMESTAMP", Doc: "CURRENT_TIMESTAMP as a TIMESTAMP(3) in the session's time zone.", Example: "LOCALTIMESTAMP > TIMESTAMP '2024-01-01 00:00:00' -> true"},
	{Name: "CURRENT_DATE", Form: true, Sig: "CURRENT_DATE", Doc: "The day of CURRENT_TIMESTAMP in the session's time zone.", Example: "CURRENT_DATE > DATE '2023-12-31' -> true"},
	{Name: "CURRENT_TIME", Aliases: []string{"LOCALTIME"}, Form: true, Sig: "CURRENT_TIME or LOCALTIME", Doc: "The time of day of CURRENT_TIMESTAMP in the session's time zone, as TIME(0).", Example: "CURRENT_TIME IS NULL -> false"},
	{Name: "TIMESTAMPADD", Form: true, Sig: "TIMESTAMPADD(unit, n, t)", Doc: "t moved by n units.", Example: "TIMESTAMPADD(MONTH, 1, DATE '2024-01-31') -> 2024-02-29"},
	{Name: "FROM_UNIXTIME", Form: true, Sig: "FROM_UNIXTIME(seconds [, pattern])", Doc: "The time so many seconds after 1970 as text in the session's time zone: YYYY-MM-DD HH:MM:SS, or by a pattern as in DATE_FORMAT.", Example: "FROM_UNIXTIME(44, 'HH:mm:ss') -> 00:00:44"},
	{Name: "UNIX_TIMESTAMP", Form: true, Sig: "UNIX_TIMESTAMP([s [, pattern]])", Doc: "Whole seconds since 1970 now, or of a text as in TO_TIMESTAMP that is in the session's time zone.", Example: "UNIX_TIMESTAMP('1970-01-01 00:01:00') -> 60"},
	{Name: "YEAR", Form: true, Sig: "YEAR(t)", Doc: "EXTRACT(YEAR FROM t).", Example: "YEAR(DATE '2024-01-02') -> 2024"},
	{Name: "QUARTER", Form: true, Sig: "QUARTER(t)", Doc: "EXTRACT(QUARTER FROM t).", Example: "QUARTER(DATE '2024-04-02') -> 2"},
	{Name: "MONTH", Form: true, Sig: "MONTH(t)", Doc: "EXTRACT(MONTH FROM t).", Example: "MONTH(DATE '2024-04-02') -> 4"},
	{Name: "WEEK", Form: true, Sig: "WEEK(t)", Doc: "EXTRACT(WEEK FROM t).", Example: "WEEK(DATE '2024-01-08') -> 2"},
	{Name: "DAYOFYEAR", Form: true, Sig: "DAYOFYEAR(t)", Doc: "EXTRACT(DOY FROM t).", Example: "DAYOFYEAR(DATE '2024-02-01') -> 32"},
	{Name: "DAYOFMONTH", Aliases: []string{"DAY"}, Form: true, Sig: "DAYOFMONTH(t)", Doc: "EXTRACT(DAY FROM t).", Example: "DAYOFMONTH(DATE '2024-02-03') -> 3"},
	{Name: "DAYOFWEEK", Form: true, Sig: "DAYOFWEEK(t)", Doc: "EXTRACT(DOW FROM t): 1 is Sunday.", Example: "DAYOFWEEK(DATE '2024-01-07') -> 1"},
	{Name: "HOUR", Form: true, Sig: "HOUR(t)", Doc: "EXTRACT(HOUR FROM t).", Example: "HOUR(TIMESTAMP '2024-01-02 03:04:05') -> 3"},
	{Name: "MINUTE", Form: true, Sig: "MINUTE(t)", Doc: "EXTRACT(MINUTE FROM t).", Example: "MINUTE(TIMESTAMP '2024-01-02 03:04:05') -> 4"},
	{Name: "SECOND", Form: true, Sig: "SECOND(t)", Doc: "EXTRACT(SECOND FROM t).", Example: "SECOND(TIMESTAMP '2024-01-02 03:04:05') -> 5"},
}

var tMillisLTZ = &Type{Kind: TimestampLTZ, P: 3}

// dateFormat takes a time, or the text of one, and a pattern.
func dateFormat(args []*Type) ([]*Type, *Type, error) {
	if err := argCount("DATE_FORMAT", args, 2, 2); err != nil {
		return nil, nil, err
	}
	t := args[0]
	switch {
	case t.Kind == Date || t.Kind == Null || t.Kind == Varchar:
		t = TTimestamp
	case t.Kind == TimestampLTZ:
		t = &Type{Kind: Timestamp, P: t.P}
	case t.Kind != Timestamp:
		return nil, nil, badArg("DATE_FORMAT", 0, t, "TIMESTAMP or DATE")
	}
	if args[1].Kind != Varchar && args[1].Kind != Null {
		return nil, nil, badArg("DATE_FORMAT", 1, args[1], "a pattern such as 'yyyy-MM-dd'")
	}
	return []*Type{t, TVarchar}, TVarchar, nil
}

// timeDiff takes a unit and two times of one kind.
func timeDiff(args []*Type) ([]*Type, *Type, error) {
	if err := argCount("TIMESTAMPDIFF", args, 3, 3); err != nil {
		return nil, nil, err
	}
	if args[0].Kind != Varchar {
		return nil, nil, badArg("TIMESTAMPDIFF", 0, args[0], "a unit such as HOUR")
	}
	for i, a := range args[1:] {
		if !a.Kind.IsTimestamp() && a.Kind != Date && a.Kind != Time && a.Kind != Null {
			return nil, nil, badArg("TIMESTAMPDIFF", i+1, a, "TIMESTAMP, DATE or TIME")
		}
	}
	t := CommonType(args[1], args[2])
	switch {
	case t == nil:
		return nil, nil, fmt.Errorf("TIMESTAMPDIFF cannot combine %s and %s", args[1], args[2])
	case t.Kind == Date || t.Kind == Null:
		t = TTimestamp
	}
	return []*Type{TVarchar, t, t}, TBigInt, nil
}

// extractField resolves EXTRACT, whose first argument is a unit as text.
func extractField(args []*Type) ([]*Type, *Type, error) {
	if err := argCount("EXTRACT", args, 2, 2); err != nil {
		return nil, nil, err
	}
	t, err := unitAndTime("EXTRACT", args)
	switch {
	case err != nil:
		return nil, nil, err
	case t.Kind == Date:
		t = TTimestamp
	}
	return []*Type{TVarchar, t}, TBigInt, nil
}

// roundedTime resolves DATE_TRUNC and DATE_CEIL. The third argument is the time zone by whose
// clock instants are rounded.
func roundedTime(name string) resolver {
	return func(args []*Type) ([]*Type, *Type, error) {
		if err := argCount(name, args, 2, 3); err != nil {
			return nil, nil, err
		}
		t, err := unitAndTime(name, args)
		switch {
		case err != nil:
			return nil, nil, err
		case len(args) == 2:
			return []*Type{TVarchar, t}, t, nil
		case t.Kind != TimestampLTZ && args[1].Kind != Null:
			return nil, nil, badArg(name, 1, args[1], "TIMESTAMP_LTZ where a time zone follows: other times are of no zone")
		case !CanImplicit(args[2], TVarchar):
			return nil, nil, badArg(name, 2, args[2], "a time zone such as 'Europe/Berlin'")
		case args[1].Kind == Null:
			t = TTimestampLTZ
		}
		return []*Type{TVarchar, t, TVarchar}, t, nil
	}
}

// unitAndTime is the type of the time in the arguments of a function that takes a unit as text
// and a time.
func unitAndTime(name string, args []*Type) (*Type, error) {
	if args[0].Kind != Varchar {
		return nil, badArg(name, 0, args[0], "a unit such as 'HOUR'")
	}
	t := args[1]
	switch {
	case t.Kind == Null:
		return TTimestamp, nil
	case t.Kind == Date, t.Kind.IsTimestamp():
		return t, nil
	case name == "EXTRACT" && (t.Kind == Time || t.Kind == Interval || t.Kind == IntervalMonth):
		return t, nil
	case name == "EXTRACT":
		return nil, badArg(name, 1, t, "a time or an interval")
	}
	return nil, badArg(name, 1, t, "TIMESTAMP or DATE")
}
