package diag

// The codes of warnings, H0400 and above: the query compiles, and something in it is
// likely not meant. NotEnforced is one, too.
const (
	UnboundedState    = "H0401"
	CrossProduct      = "H0402"
	HopOrder          = "H0403"
	Unused            = "H0404"
	OldSpelling       = "H0405"
	NullComparison    = "H0406"
	EmptyRange        = "H0407"
	NoWildcard        = "H0408"
	TruncatedDivision = "H0409"
	DeadBranch        = "H0410"
	ConstantCondition = "H0411"
	DivisionByZero    = "H0412"
	OrderIgnored      = "H0413"
	FailingCast       = "H0414"
	WindowsMixed      = "H0415"
	JoinWithoutKey    = "H0416"
	NoEffect          = "H0417"
)

var warnCodes = []Code{
	{UnboundedState, "state grows without end", "The operator keeps something for the rows that it has seen, its input does not end, and nothing frees what it keeps: the longer the query runs, the more memory it takes. 'heliosc explain' shows what each operator keeps and what frees it. Group by a window, whose groups are freed when the watermark passes its end, or see to it that the watermark advances. With --strict-state the query does not compile."},
	{CrossProduct, "cross product", "No condition relates the tables to each other, so that each row of one meets each row of the other. Write JOIN ... ON with a condition over both, or CROSS JOIN if this is meant."},
	{HopOrder, "order of HOP's arguments", "Two orders are in use: Flink's HOP(TABLE t, DESCRIPTOR(ts), slide, size) and Hazelcast's HOP(TABLE t, DESCRIPTOR(ts), size, slide). By position, the smaller interval is taken for the slide. Where the greater stands first, Flink would read windows with gaps between them. Named arguments, SIZE => and SLIDE =>, cannot be mistaken, also for windows with gaps."},
	{Unused, "declared but not used", "No statement reads or writes it. Often the query names another one: the table where its view was meant. Remove it, or put what several query files share into a file of its own, which is given in front of them."},
	{OldSpelling, "old spelling of an option", "Flink up to 1.10 wrote 'connector.type', 'connector.path' and 'format.type'. They work; the names of today are 'connector', 'path' and 'format'."},
	{NullComparison, "comparison with NULL", "A comparison with NULL is neither true nor false, so a filter with it keeps no row, and x NOT IN (..., NULL) is never true. Write x IS NULL, x IS NOT NULL or x IS DISTINCT FROM y."},
	{EmptyRange, "BETWEEN with its bounds reversed", "x BETWEEN low AND high means x >= low AND x <= high, which no value satisfies where low is greater than high. BETWEEN SYMMETRIC takes the bounds in any order."},
	{NoWildcard, "LIKE without a wildcard", "In LIKE, % stands for any text and _ for one character. A pattern with neither matches that very text and nothing else, as = does; * and ? stand for themselves."},
	{TruncatedDivision, "division that drops its remainder", "The quotient of two whole numbers is a whole number: 5 / 2 is 2. For 2.5 write one of them with a point: 5.0 / 2."},
	{DeadBranch, "branch of CASE never reached", "CASE takes the first branch whose condition is true. A later one that is true only where an earlier one is never comes into play: put the narrower condition first."},
	{ConstantCondition, "condition never or always true", "A column has one value in a row: x = 1 AND x = 2 is never true (OR or IN is meant), and x <> 1 OR x <> 2 is always true (AND or NOT IN is meant)."},
	{DivisionByZero, "division by zero", "The divisor is a constant, and zero: of whole and decimal numbers the division fails for every row, which then goes the way of 'on.error'. x / NULLIF(y, 0) is NULL where y is zero. DOUBLE and REAL give an infinity or NaN, and are not warned of."},
	{OrderIgnored, "order without an effect", "Rows of a sub-query, of a view and of a query in WITH have no order: whoever reads them may take them in any. ORDER BY there has a meaning together with LIMIT, as it says which rows are the first ones. Put it at the end of the outermost query."},
	{FailingCast, "constant that is no value of the type", "A constant is converted to a type that it is no value of, by CAST or because it is compared with a value of that type: the conversion fails for every row, which then goes the way of 'on.error'. TRY_CAST gives NULL instead."},
	{WindowsMixed, "windows that the aggregate puts together", "The query aggregates over the rows of a window function, and nothing in it looks at the window: the rows of all windows come into the same groups, as if there were no windows, and those of HOP and CUMULATE as often as they are in one. Put window_start and window_end in GROUP BY, or leave the window function out."},
	{JoinWithoutKey, "join without an equality", "No condition of the join is an equality between its two sides, so that no key leads from a row to its partners: each row is compared with all rows that are kept of the other side, in one task. Relate the sides by an equality of columns, too. CROSS JOIN says that each row is meant to meet each."},
	{NoEffect, "without an effect", "What is asked for changes nothing here. EMIT EVERY has results come out before they are final; over input that ends each comes out once, when it is final. 'allowed.lateness' has windows wait for late rows; behind IMPOSE_ORDER, which drops them, none come."},
}

// IsWarning reports whether a code is one of warnings.
func IsWarning(code string) bool {
	return code == NotEnforced || code >= UnboundedState && code <= NoEffect
}
