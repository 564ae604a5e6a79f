package diag

// The codes of the stages behind the parser: H0200 to H0299 are about what names,
// types, options and windows mean, H0300 to H0399 about the compiler itself.
const (
	UnknownTable     = "H0201"
	UnknownColumn    = "H0202"
	AmbiguousColumn  = "H0203"
	UnknownFunction  = "H0204"
	WrongType        = "H0205"
	NotACondition    = "H0206"
	CannotCast       = "H0207"
	AlreadyExists    = "H0208"
	WrongKind        = "H0209"
	UnknownConnector = "H0210"
	UnknownOption    = "H0211"
	BadOption        = "H0212"
	MissingOption    = "H0213"
	CannotRead       = "H0214"
	CannotWrite      = "H0215"
	TableRefused     = "H0216"
	CannotInfer      = "H0217"
	BadColumn        = "H0218"
	BadWatermark     = "H0219"
	NoEventTime      = "H0220"
	BadWindow        = "H0221"
	BadArgument      = "H0222"
	NoWindow         = "H0223"
	NotGrouped       = "H0224"
	AggregateHere    = "H0225"
	BadPosition      = "H0226"
	ColumnCount      = "H0227"
	NotAssignable    = "H0228"
	UnknownSetting   = "H0229"
	BadSetting       = "H0230"
	Clash            = "H0231"
	IgnoredHint      = "H0232"
	BadLimit         = "H0233"
	RowsChange       = "H0234"
	OverHere         = "H0235"
	BadFrame         = "H0236"
	BadOrder         = "H0237"
	BadGrouping      = "H0238"
	UnknownRule      = "H0301"
	Internal         = "H0302"
	UnknownWarning   = "H0303"
)

// bindCodes are the codes of the stages behind the parser, H0200 to H0399.
var bindCodes = []Code{
	{UnknownTable, "unknown table", "No mapping, view or WITH query of that name stands before this place. Names are case-sensitive."},
	{UnknownColumn, "unknown column", "The relation has no column of that name. Names are case-sensitive; an alias of SELECT can be used in GROUP BY, not in WHERE."},
	{AmbiguousColumn, "ambiguous column", "Several columns have that name. Give one of them another name with AS in the sub-query that makes them."},
	{UnknownFunction, "unknown function", "There is no function of that name; docs/FUNCTIONS.md lists all."},
	{WrongType, "wrong type", "The operator or function is not defined for these types. CAST(x AS type) converts."},
	{NotACondition, "not a condition", "WHERE, HAVING, WHEN and FILTER take a BOOLEAN: a comparison such as x = 1, or x IS NOT NULL."},
	{CannotCast, "cannot be cast", "There is no conversion between these types."},
	{AlreadyExists, "name already taken", "A mapping or view of that name exists, or a column is declared twice. CREATE OR REPLACE replaces, CREATE ... IF NOT EXISTS keeps what is there."},
	{WrongKind, "wrong kind of object", "A view cannot be written to, and DROP names the kind of what it removes."},
	{UnknownConnector, "unknown connector", "TYPE (or 'connector' in WITH) names one of the connectors of docs/CONNECTORS.md."},
	{UnknownOption, "unknown option", "The connector has no option of that name."},
	{BadOption, "wrong value of an option", "The message says what the option takes."},
	{MissingOption, "missing option", "The connector cannot work without the option."},
	{CannotRead, "cannot be read", "The connector only writes."},
	{CannotWrite, "cannot be written", "The connector only reads."},
	{TableRefused, "table refused by its connector", "The columns or options of the mapping do not fit what the connector stores; the message says why."},
	{CannotInfer, "columns cannot be learned", "A mapping without columns takes them from its source, which must exist when the query is compiled and must carry a schema."},
	{BadColumn, "wrong column definition", "A computed column is made of the physical columns of its mapping. PRIMARY KEY and PARTITIONED BY name columns of the mapping."},
	{BadWatermark, "wrong watermark", "WATERMARK FOR ts AS ts - INTERVAL '5' SECOND, or AS ts, where ts is a TIMESTAMP or TIMESTAMP_LTZ column."},
	{NoEventTime, "no event time", "Windows are made by the event-time column: the one named by WATERMARK FOR in the mapping or by IMPOSE_ORDER. It stays event time where it is selected as it is or renamed; an expression over it does not."},
	{BadWindow, "wrong window", "The size, slide, offset and lag of a window are fixed INTERVALs of days to microseconds; sizes are greater than zero."},
	{BadArgument, "wrong arguments", "TUMBLE(TABLE t, DESCRIPTOR(ts), size [, offset]), HOP(TABLE t, DESCRIPTOR(ts), size, slide [, offset]), IMPOSE_ORDER(TABLE t, DESCRIPTOR(ts), lag); named: DATA =>, TIMECOL =>, SIZE =>, SLIDE =>, OFFSET =>, LAG =>."},
	{NoWindow, "half of a window", "A window is known by its two columns: GROUP BY names one of them or both, and a sub-query below hands on both."},
	{NotGrouped, "column is not grouped", "Beside aggregates, a grouped query can use what stands in GROUP BY."},
	{AggregateHere, "aggregate in the wrong place", "Aggregates stand in SELECT and HAVING, not in WHERE, GROUP BY, VALUES or inside of each other."},
	{BadPosition, "wrong position", "GROUP BY 2 means the second item of SELECT; the number must be one of them, and the item no aggregate."},
	{ColumnCount, "wrong number of columns", "INSERT, VALUES, UNION and lists of column names need as many columns on both sides."},
	{NotAssignable, "not assignable", "INSERT converts between numbers and text to times by itself; everything else needs a CAST."},
	{UnknownSetting, "unknown setting", "SET knows 'parallelism', 'state.ttl', 'time.zone', 'execution.runtime-mode', 'delivery', 'late.data', 'allowed.lateness', 'session.max' and 'session.cleanup.interval'."},
	{BadSetting, "wrong value of a setting", "The message says what the setting takes."},
	{Clash, "one place for two", "A query does not write to what it reads: after a restart it would read its own rows. Two mappings of one file would replace each other's rows; several INSERTs into one mapping are their union. Dead letters ('on.error'='dlq:<mapping>') and late rows ('late.data'='to:<mapping>') each need a mapping of their own."},
	{IgnoredHint, "hint ignored", "A hint /*+ ... */ that has no effect here. OPTIONS('key' = 'value') behind a table's name overrides options of its mapping for that one use; Flink's other hints tune how Flink runs a query, and do not change what comes out."},
	{BadLimit, "wrong number of rows", "LIMIT, OFFSET and FETCH FIRST take a constant whole number that is not negative."},
	{RowsChange, "rows that change", "An aggregate without a window over a stream gives a group's result anew with each change: first +I, then -U with the old and +U with the new one. A file, or LIMIT, takes only rows that stay as they are: group by a window. Over input that ends there is one result, and none of this applies."},
	{OverHere, "OVER out of place", "A call with OVER looks at other rows. It stands in SELECT and in QUALIFY; ROW_NUMBER, RANK, LAG and their like stand before OVER alone. What WHERE or another OVER needs of it is computed in a sub-query."},
	{BadFrame, "wrong window of OVER", "OVER takes [PARTITION BY ...] [ORDER BY ...] [ROWS or RANGE BETWEEN start AND end], or the name of a window of the WINDOW clause. RANGE measures distances in the only column of ORDER BY, a time or a whole number."},
	{BadOrder, "wrong order", "ORDER BY takes columns, aliases and positions of SELECT, and expressions: values that have an order, which lists and ROWs do not. SELECT DISTINCT is ordered by what it selects. Rows of an input that never ends come out as time passes: ORDER BY then begins with the event time, ascending, or with window_end."},
	{BadGrouping, "wrong grouping sets", "GROUP BY takes keys, ROLLUP(a, b), CUBE(a, b) and GROUPING SETS ((a, b), (a), ()), also behind each other: each set of the one with each of the other. A row is grouped once for each set, of which there are at most 1024."},
	{UnknownRule, "unknown optimizer rule", "--disable-rule takes the name of a rule, or '*' for all."},
	{Internal, "internal error", "The compiler has a fault. Please report the query."},
	{UnknownWarning, "unknown warning", "--no-warn takes the code of a warning: H0116, or H0401 and above. Errors cannot be silenced."},
}
