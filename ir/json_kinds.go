package ir

import (
	"reflect"
	"strings"
)

// jsonKinds are the types that may stand where an interface does, by the name that
// "kind" gives them: a new node, expression or operator is a line here.
var jsonKinds = map[string]reflect.Type{
	// Expressions.
	"column": reflect.TypeFor[ColRef](),
	"const":  reflect.TypeFor[Const](),
	"call":   reflect.TypeFor[Call](),
	"cast":   reflect.TypeFor[Cast](),
	"case":   reflect.TypeFor[Case](),
	"in":     reflect.TypeFor[InList](),
	"field":  reflect.TypeFor[FieldRef](),
	// Logical nodes.
	"Scan":        reflect.TypeFor[Scan](),
	"Values":      reflect.TypeFor[Values](),
	"DeadLetters": reflect.TypeFor[DeadLetters](),
	"LateRows":    reflect.TypeFor[LateRows](),
	"Filter":      reflect.TypeFor[Filter](),
	"Project":     reflect.TypeFor[Project](),
	"Watermark":   reflect.TypeFor[Watermark](),
	"WindowTVF":   reflect.TypeFor[WindowTVF](),
	"Aggregate":   reflect.TypeFor[Aggregate](),
	"WindowAgg":   reflect.TypeFor[WindowAgg](),
	"Over":        reflect.TypeFor[Over](),
	"Rank":        reflect.TypeFor[Rank](),
	"Join":        reflect.TypeFor[Join](),
	"Coarsen":     reflect.TypeFor[Coarsen](),
	"Union":       reflect.TypeFor[Union](),
	"ProcTime":    reflect.TypeFor[ProcTime](),
	"Expand":      reflect.TypeFor[Expand](),
	"Unnest":      reflect.TypeFor[Unnest](),
	"Repeat":      reflect.TypeFor[Repeat](),
	"Changelog":   reflect.TypeFor[Changelog](),
	"Limit":       reflect.TypeFor[Limit](),
	"Sort":        reflect.TypeFor[Sort](),
	"Sink":        reflect.TypeFor[Sink](),
	// Physical operators.
	"FilterOp":      reflect.TypeFor[FilterOp](),
	"LateOp":        reflect.TypeFor[LateOp](),
	"ProjectOp":     reflect.TypeFor[ProjectOp](),
	"WatermarkOp":   reflect.TypeFor[WatermarkOp](),
	"WindowTVFOp":   reflect.TypeFor[WindowTVFOp](),
	"WindowAggOp":   reflect.TypeFor[WindowAggOp](),
	"LimitOp":       reflect.TypeFor[LimitOp](),
	"ProcTimeOp":    reflect.TypeFor[ProcTimeOp](),
	"SortOp":        reflect.TypeFor[SortOp](),
	"OverOp":        reflect.TypeFor[OverOp](),
	"ExpandOp":      reflect.TypeFor[ExpandOp](),
	"UnnestOp":      reflect.TypeFor[UnnestOp](),
	"RepeatOp":      reflect.TypeFor[RepeatOp](),
	"ChangelogOp":   reflect.TypeFor[ChangelogOp](),
	"CoarsenOp":     reflect.TypeFor[CoarsenOp](),
	"RankPartialOp": reflect.TypeFor[RankPartialOp](),
	"RankOp":        reflect.TypeFor[RankOp](),
	"JoinOp":        reflect.TypeFor[JoinOp](),
	"LookupOp":      reflect.TypeFor[LookupOp](),
	"ByKeyOp":       reflect.TypeFor[ByKeyOp](),
	"TemporalOp":    reflect.TypeFor[TemporalOp](),
	"GroupAggOp":    reflect.TypeFor[GroupAggOp](),
	"AttachedAggOp": reflect.TypeFor[AttachedAggOp](),
}

// kindOf is the other direction of jsonKinds.
var kindOf = func() map[reflect.Type]string {
	out := map[reflect.Type]string{}
	for name, t := range jsonKinds {
		out[t] = name
	}
	return out
}()

// mayBeNil are the pointers and interfaces that a plan may leave out.
var mayBeNil = map[string]bool{
	"Case.Else": true, "Call.User": true, "AggCall.User": true, "OverCall.User": true, "AggCall.Filter": true, "OverCall.Filter": true, "OverCall.Frame": true, "Sink.Table": true, "PhysSink.Table": true, "TableColumn.Expr": true,
	"planTable.Watermark": true, "Join.Cond": true, "Join.Time": true, "JoinOp.Cond": true, "JoinOp.Time": true, "LookupOp.Cond": true, "ByKeyOp.Cond": true, "TemporalOp.Cond": true, "Stage.Scan": true, "Stage.Values": true, "Stage.Sink": true, "LateRows.Window": true, "LateOp.Window": true, "ScanFilter.Near": true,
}

// jsonWords are the values of types that are written as words; "" is none of them.
var jsonWords = map[reflect.Type][]string{
	reflect.TypeFor[WindowKind]():    windowNames[:],
	reflect.TypeFor[JoinKind]():      joinKindNames[:],
	reflect.TypeFor[JoinType]():      joinTypeNames[:],
	reflect.TypeFor[WindowOutKind](): {"", "start", "end", "time", "key", "aggregate"},
	reflect.TypeFor[BoundKind]():     boundNames[:],
	reflect.TypeFor[Exchange]():      {string(Gather), string(GatherOrdered), string(Hash), string(HashOrdered), string(Forward), string(Letters)},
	reflect.TypeFor[AggPhase]():      {string(Complete), string(Partial), string(Final)},
	reflect.TypeFor[Emission]():      {string(Once), string(Corrected), string(Changing)},
	reflect.TypeFor[TermOp]():        termOps,
	reflect.TypeFor[Changes]():       changesWords(),
}

// changesWords are all sets of change kinds; "" is that of none, which is left out.
func changesWords() []string {
	out := make([]string, 1<<4)
	for i := range out {
		out[i] = Changes(i).String()
	}
	return out
}

// onOneLine are the types that are written without line breaks.
var onOneLine = map[reflect.Type]bool{
	reflect.TypeFor[Expr](): true, reflect.TypeFor[Column](): true, reflect.TypeFor[Type](): true,
	reflect.TypeFor[Props](): true, reflect.TypeFor[Window](): true, reflect.TypeFor[Pos](): true,
	reflect.TypeFor[Input](): true, reflect.TypeFor[WindowOut](): true, reflect.TypeFor[WatermarkSpec](): true,
	reflect.TypeFor[AggCall](): true, reflect.TypeFor[OverCall](): true, reflect.TypeFor[SortKey](): true, reflect.TypeFor[AggOrder](): true, reflect.TypeFor[TableColumn](): true,
	reflect.TypeFor[ScanTerm](): true, reflect.TypeFor[Place](): true, reflect.TypeFor[TimeBound](): true, reflect.TypeFor[Cache](): true,
}

// leftOut reports whether a field with v's value is not written: then its absence
// means just that value.
func leftOut(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Bool, reflect.String, reflect.Pointer, reflect.Interface, reflect.Slice, reflect.Map:
		return v.IsZero()
	}
	return (v.Type() == posType || v.Type() == changesType) && v.IsZero()
}

var (
	changesType  = reflect.TypeFor[Changes]()
	posType      = reflect.TypeFor[Pos]()
	functionType = reflect.TypeFor[*Function]()
	tableType    = reflect.TypeFor[*Table]()
	typeType     = reflect.TypeFor[*Type]()
	schemaType   = reflect.TypeFor[*Schema]()
	constType    = reflect.TypeFor[Const]()
	inListType   = reflect.TypeFor[InList]()
	termType     = reflect.TypeFor[ScanTerm]()
	valueType    = reflect.TypeFor[Value]()
	joinKindType = reflect.TypeFor[JoinKind]()
	valuesType   = reflect.TypeFor[[]Value]()
)

// jsonName is a field's name in JSON: timeCol for TimeCol, id for ID.
// "kind" says what a node is, so that of a join is "join".
func jsonName(f reflect.StructField) string {
	field := f.Name
	if f.Type == joinKindType {
		return "join"
	}
	if strings.ToUpper(field) == field {
		return strings.ToLower(field)
	}
	return strings.ToLower(field[:1]) + field[1:]
}
