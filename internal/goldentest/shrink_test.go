package goldentest

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/connect/memory"
)

// shrinkTime bounds how long a failing scenario is made smaller.
const shrinkTime = 20 * time.Second

// shrink takes rows and parts of the query away as long as the scenario fails in the same
// way.
func (s *scenario) shrink(seed uint64, why error) (*scenario, error) {
	best, kind, end := *s, failureOf(why), time.Now().Add(shrinkTime)
	fails := func(try *scenario) bool {
		if time.Now().After(end) {
			return false
		}
		err := try.check(seed, nil)
		if err == nil || failureOf(err) != kind {
			return false
		}
		best, why = *try, err
		return true
	}
	for smaller := true; smaller; {
		smaller = best.shrinkRows(fails, func(s *scenario) *[][]ir.Value { return &s.rows })
		for i := range best.sides {
			smaller = best.shrinkRows(fails, func(s *scenario) *[][]ir.Value { return &s.sides[i].rows }) || smaller
		}
		for _, text := range reductions(best.sql) {
			try := best
			if try.sql = text; fails(&try) {
				smaller = true
				break
			}
		}
	}
	return &best, why
}

// shrinkRows takes out rows of a table, many at a time at first.
func (s *scenario) shrinkRows(fails func(*scenario) bool, of func(*scenario) *[][]ir.Value) (smaller bool) {
	for size := len(*of(s)); size > 0; size /= 2 {
		for from := 0; from+size <= len(*of(s)); {
			try := *s
			try.sides = slices.Clone(s.sides)
			rows := *of(s)
			*of(&try) = slices.Concat(rows[:from:from], rows[from+size:])
			if fails(&try) {
				*s, smaller = try, true
			} else {
				from += size
			}
		}
	}
	return smaller
}

// failureOf tells ways to fail apart: by the first words of the message.
func failureOf(err error) string {
	var refused compileError
	if errors.As(err, &refused) {
		if strings.Contains(string(refused), "internal error") {
			return "internal error"
		}
		return "does not compile"
	}
	_, text, _ := strings.Cut(err.Error(), ": ")
	text = regexp.MustCompile(`\d+`).ReplaceAllString(text, "N")
	return text[:min(len(text), 40)]
}

var tokens = regexp.MustCompile(`'(?:[^']|'')*'|"[^"]*"|[A-Za-z_$][\w$]*|\d+(?:\.\d+)?(?:e\d+)?|=>|<>|<=|>=|\|\||\s+|.`)

// clauses begin with these words and end where another one begins.
var clauses = []string{"WHERE", "HAVING", "QUALIFY", "ORDER", "LIMIT", "OFFSET", "FILTER", "GROUP", "UNION", "INTERSECT", "EXCEPT", "PARTITION", "ROWS", "RANGE", "AND", "OR", "DISTINCT"}

// reductions are texts with a part less, those with most less first: a statement, a
// clause, an item of a list, or an expression that is replaced by one of its parts.
func reductions(sql string) []string {
	words := tokens.FindAllString(sql, -1)
	var cuts [][2]int // from, to
	type swap struct {
		from, to int
		by       string
	}
	var swaps []swap
	end := func(i int, stop func(i int) bool) int { // where what begins at i ends
		depth := 0
		for ; i < len(words); i++ {
			switch words[i] {
			case "(", "[":
				depth++
			case ")", "]":
				if depth--; depth < 0 {
					return i
				}
			}
			if depth == 0 && (words[i] == ";" || stop(i)) {
				return i
			}
		}
		return i
	}
	never := func(int) bool { return false }
	comma := func(i int) bool { return words[i] == "," }
	for i, w := range words {
		switch {
		case i == 0 || words[i-1] == ";":
			cuts = append(cuts, [2]int{i, min(end(i, never)+1, len(words))})
		case slices.Contains(clauses, w):
			first := true
			cuts = append(cuts, [2]int{i, end(i, func(k int) bool {
				stop := !first && (words[k] == "," || slices.Contains(clauses, words[k]))
				first = false
				return stop
			})}, [2]int{i, end(i, comma)})
		case w == ",":
			cuts = append(cuts, [2]int{i, end(i+1, comma)})
		case w == "(" || w == "[":
			close := end(i+1, never)
			if to := end(i+1, comma); to < close {
				cuts = append(cuts, [2]int{i + 1, to + 1})
			}
			from := i
			if i > 0 && regexp.MustCompile(`^[A-Z_]\w*$`).MatchString(words[i-1]) {
				from = i - 1
			}
			for k := i + 1; k < close; {
				to := end(k, func(x int) bool { return words[x] == "," || words[x] == " " && x > k })
				swaps = append(swaps, swap{from, close + 1, strings.Join(words[k:to], "")})
				k = to + 1
			}
			swaps = append(swaps, swap{from, close + 1, "1"}, swap{from, close + 1, "TRUE"}, swap{from, close + 1, "'a'"})
		}
	}
	slices.SortStableFunc(cuts, func(a, b [2]int) int { return (b[1] - b[0]) - (a[1] - a[0]) })
	var out []string
	for _, c := range cuts {
		out = append(out, strings.Join(words[:c[0]], "")+strings.Join(words[c[1]:], ""))
	}
	for _, x := range swaps {
		if x.to <= len(words) && len(x.by) < len(strings.Join(words[x.from:x.to], "")) {
			out = append(out, strings.Join(words[:x.from], "")+x.by+strings.Join(words[x.to:], ""))
		}
	}
	return out
}

// print lists the rows.
func (s *scenario) print() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d rows in %d splits of (%s):\n", len(s.rows), s.splits, s.columns())
	e := newEngine(".", 0)
	schema, err := s.put(e, memory.Cut{})
	if err != nil {
		return b.String()
	}
	for _, row := range newResult(schema, s.rows).rows {
		b.WriteString(strings.Join(row, " | ") + "\n")
	}
	for _, t := range s.sides {
		fmt.Fprintf(&b, "%d rows of %s (%s):\n", len(t.rows), t.name, t.schema())
		for _, row := range newResult(t.schema(), t.rows).rows {
			b.WriteString(strings.Join(row, " | ") + "\n")
		}
	}
	return b.String()
}
