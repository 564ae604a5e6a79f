package goldentest

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
)

// templates are calls of the functions of the registry: {i} stands for an expression of
// whole numbers, and so on (holes). A new function is a line here, or TestDifferential
// says that it is missing.
var templates = strings.Split(strings.TrimSpace(`
INITIALS({t})
SAFE_ROOT({i} % 20)
OR_ELSE({t}, {t})
HYPOTENUSE({d}, {i})
EVEN_HALF({i})
KIND_OF({x})
LIST_TOTAL(DIGITS_OF({i}))
MOVED({ts}, INTERVAL '1' SECOND)
ACOS({d})
ASIN({d})
ATAN({d})
COS({d})
COSH({d})
COT({d})
COT({i} + 0.5e0)
SIN({d})
SINH({d})
TAN({d})
TANH({d})
ATAN2({d}, {d})
DEGREES({d})
RADIANS({d})
EXP({d})
EXP({d} / 1e3)
LN({d})
LOG({d})
LOG(2, {d})
LOG10({d})
LOG2({d})
SQRT({d})
POWER({d}, {i})
{d} + PI()
{d} * E()
TRUNCATE({x}, 1)
SIGN({x})
ARRAY_CONCAT({ai}, {ai})
ARRAY_CONCAT({av}, ARRAY[{t}])
ARRAY_CONTAINS({ai}, {i})
ARRAY_DISTINCT({av})
ARRAY_JOIN({av}, '-')
ARRAY_JOIN({av}, {t}, 'none')
ARRAY_POSITION({av}, {t})
ARRAY_REVERSE({ai})
ARRAY_SLICE({ai}, 2)
ARRAY_SLICE({av}, -2, -1)
ARRAY_SORT({ai}, FALSE)
ARRAY_SORT({av})
CARDINALITY({mp})
CARDINALITY({av})
ELEMENT(ARRAY[{t}])
{ai}[2]
{mp}['a']
MAP_KEYS({mp})
MAP_VALUES({mp})
MAP_ENTRIES({mp})
MAP[{t}, {i}, 'b', 2]
ROW({i}, {t})
ASCII({t})
CHR(ABS({i} % 300))
CONCAT_WS('-', {t}, {t}, NULL)
CONCAT({t}, {i}, {b})
INITCAP({t})
LPAD({t}, 5, 'xy')
RPAD({t}, 5, {t})
LTRIM({t}, 'a ')
RTRIM({t})
TRIM({t}, '1-')
REPEAT({t}, 2)
REVERSE({t})
TRANSLATE({t}, 'ab', 'c')
OVERLAY({t} PLACING 'xy' FROM 2 FOR 1)
INSTR({t}, 'a')
LOCATE('a', {t}, 2)
POSITION('b' IN {t})
SPLIT_PART({t}, '/', 2)
SPLIT_INDEX({t}, '/', 1)
STARTS_WITH({t}, 'a')
ENDS_WITH({t}, 'c')
REGEXP_LIKE({t}, '^[a-c]+$')
REGEXP_EXTRACT({t}, '(.)(.)', 2)
REGEXP_REPLACE({t}, '[0-9]+', '<$0>')
{t} SIMILAR TO '(a|b)%'
{t} LIKE '%a_' ESCAPE '!'
MD5({t})
SHA1({t})
SHA224({t})
SHA256({by})
SHA256({t})
SHA384({t})
SHA512({by})
SHA512({t})
HEX({by})
HEX({i})
UNHEX(HEX({t}))
TO_BASE64({by})
FROM_BASE64(TO_BASE64({t}))
ENCODE({t}, 'UTF-16')
DECODE({by}, 'ISO-8859-1')
DECODE(ENCODE({t}, 'UTF-8'), 'UTF-8')
CHAR_LENGTH(UUID())
HASH({t}, {i}, {dt})
CURRENT_DATE IS NULL
CURRENT_TIME IS NOT NULL
LOCALTIMESTAMP IS NULL
PROCTIME() IS NULL
NOW() IS NOT NULL
UNIX_TIMESTAMP(DATE_FORMAT({ts}, 'yyyy-MM-dd HH:mm:ss'))
FROM_UNIXTIME({i}, 'yyyy-MM-dd')
YEAR({ts})
QUARTER({dt})
MONTH({ts})
WEEK({ts})
DAYOFYEAR({dt})
DAYOFMONTH({ts})
DAYOFWEEK({dt})
HOUR({ts})
MINUTE({ts})
SECOND({ts})
EXTRACT(EPOCH FROM {lz})
EXTRACT(ISOYEAR FROM {dt})
EXTRACT(CENTURY FROM {ts})
EXTRACT(HOUR FROM {tm})
FLOOR({ts} TO HOUR)
CEIL({ts} TO DAY)
DATE_TRUNC('MONTH', {ts})
DATE_FORMAT({ts}, 'EEE, d MMM yyyy h:mm a')
TO_DATE(DATE_FORMAT({ts}, 'dd.MM.yyyy'), 'dd.MM.yyyy')
TO_TIMESTAMP(DATE_FORMAT({ts}, 'yyyy-MM-dd HH:mm:ss'))
TO_TIMESTAMP_LTZ({i}, 3)
TIMESTAMPADD(MONTH, 1, {ts})
TIMESTAMPDIFF(MINUTE, {ts}, {ts})
CONVERT_TZ(DATE_FORMAT({ts}, 'yyyy-MM-dd HH:mm:ss'), 'Europe/Berlin', 'UTC')
{ts} + {iv}
{ts} - {ts} > {iv}
ABS({ts} - {ts}) <= {iv}
{dt} - {dt}
{tm} - {tm}
{iv} * 0.3
{iv} / 7
{iv} / CAST({d} AS DOUBLE)
ABS({iv})
EXTRACT(HOUR FROM {iv})
EXTRACT(EPOCH FROM {iv})
EXTRACT(YEAR FROM {mo})
DATE_TRUNC('HOUR', {lz}, 'Europe/Berlin')
DATE_CEIL('DAY', {lz}, 'America/Havana')
DATE_TRUNC('QUARTER', {dt})
DATE_CEIL('WEEK', {dt})
JSON_STRING({lz})
{dt} - {mo}
{dt} + INTERVAL '1' DAY
JSON_VALUE({js}, '$.a')
JSON_QUERY({js}, 'lax $.b')
JSON_QUERY(JSON_OBJECT('b': {t}, 'a': {i}), 'lax $.b')
JSON_QUERY(JSON_ARRAY({i}, {t}), '$[0]' WITH WRAPPER)
JSON_EXISTS({js}, '$.a.b')
JSON_OBJECT('k': {i}, 'v': {t})
JSON_ARRAY({i}, {t}, {b})
JSON_STRING({av})
CAST({js} AS VARCHAR) IS JSON
{t} IS JSON OBJECT
CAST({js} AS VARCHAR) IS JSON ARRAY
CAST({js} AS VARCHAR) IS JSON SCALAR
JSON_ARRAY({i}, {t}) IS JSON ARRAY
JSON_STRING({i}) IS JSON SCALAR
{b} IS NOT FALSE
{b} IS NOT TRUE
({i}, {t}) = (1, 'a')
CAST({iv} AS VARCHAR)
TRY_CAST({t} AS DATE)
IF({b}, {x}, 0)
GREATEST({dt}, DATE '2024-01-01')
LEAST({tm}, TIME '12:00:00')
`), "\n")

var holes = map[string]family{"i": integer, "d": double, "x": decimal, "t": text, "b": boolean, "ts": timestamp, "dt": date, "tm": clock, "by": octets,
	"lz": instant, "iv": span, "mo": months, "js": json, "ai": array, "av": texts, "mp": mapping}

// template fills a template with expressions. Numbers that follow each other are all templates,
// each time in another order: those that often fail are not always beside the same others.
func (g *gen) template(n int) string {
	order := rand.New(rand.NewPCG(uint64(n/len(templates)), 0x7E4)).Perm(len(templates))
	return regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllStringFunc(templates[order[n%len(templates)]], func(hole string) string {
		return g.expr(holes[hole[1:len(hole)-1]], g.r.IntN(2))
	})
}

// functionScenario calls eight functions, each of the templates as often as the others: in
// what is selected, and half of the time as keys and arguments of an aggregate.
func (g *gen) functionScenario() *scenario {
	const each = 8
	s := &scenario{splits: 1, precision: 3}
	s.rows = g.rows(5+g.r.IntN(60), 0, false, false)
	g.cols = tableFamilies()
	s.sharpen(g)
	s.lines = s.columns()
	first := int(g.seed/kindShares) * each
	calls := func(i int) string { return fmt.Sprintf("%s AS c%d", g.template(first+i), i) }
	if g.chance(60) {
		where := ""
		if g.chance(50) {
			where = " WHERE " + g.where(1)
		}
		s.sql = fmt.Sprintf("SELECT %s FROM t%s;\n", g.list(each, calls), where)
		return s
	}
	items := g.list(each, func(i int) string { return fmt.Sprintf("COUNT(%s) AS c%d", g.template(first+i), i) })
	s.sql = fmt.Sprintf("SELECT k, %s FROM t GROUP BY k;\n", items)
	return s
}
