package helios_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/helios-stream/helios"
)

// show runs a query with functions of one's own and prints its rows.
func show(query string, functions ...helios.Function) {
	q, err := helios.Compile(context.Background(), []helios.File{{Name: "q.sql", Text: query}}, helios.Options{Functions: functions})
	if err != nil {
		fmt.Println(err)
		return
	}
	for row, err := range q.Rows(context.Background()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(strings.Trim(fmt.Sprint(row), "[]"))
	}
}

func ExampleFunc1() {
	shout := helios.Func1("SHOUT", strings.ToUpper)
	show("SELECT shout('fire') || '!';", shout)
	// Output: FIRE!
}

func ExampleFunc2E() {
	repeat := helios.Func2E("REPEAT_NAME", func(name string, n int64) (string, error) {
		if n < 0 {
			return "", errors.New("a name cannot be repeated fewer than no times")
		}
		return strings.Repeat(name, int(n)), nil
	})
	fmt.Println(repeat.Signature())
	show("SELECT REPEAT_NAME('ab', 3);", repeat)
	// Output:
	// REPEAT_NAME(VARCHAR, BIGINT) -> VARCHAR
	// ababab
}

// A function that takes or gives NULL says so with Null.
func ExampleNull() {
	domain := helios.Func1("DOMAIN_OF", func(email string) helios.Null[string] {
		_, domain, ok := strings.Cut(email, "@")
		return helios.Null[string]{V: domain, Valid: ok}
	})
	show("SELECT DOMAIN_OF(x) FROM (VALUES ('ann@example.org'), ('nobody')) AS t (x);", domain)
	// Output:
	// example.org
	// <nil>
}

// A function over columns is called for thousands of rows at once.
func ExampleColumns2() {
	distance := helios.Columns2("DISTANCE", func(_ *helios.Rows, x, y, out []float64) error {
		for i := range out {
			out[i] = math.Hypot(x[i], y[i])
		}
		return nil
	}, helios.CannotFail)
	show("SELECT DISTANCE(x, y) FROM (VALUES (3.0, 4.0), (5.0, 12.0)) AS t (x, y);", distance)
	// Output:
	// 5
	// 13
}

// geometric is the state of a geometric mean. Its fields are exported, so that checkpoints
// hold them.
type geometric struct {
	Logs float64
	N    int64
}

func ExampleAgg1() {
	mean := helios.Agg1("GEOMETRIC_MEAN", helios.Aggregate1[geometric, float64, helios.Null[float64]]{
		Add: func(s *geometric, x float64) error {
			if x <= 0 {
				return fmt.Errorf("%v has no logarithm", x)
			}
			s.Logs, s.N = s.Logs+math.Log2(x), s.N+1
			return nil
		},
		Retract: func(s *geometric, x float64) error {
			s.Logs, s.N = s.Logs-math.Log2(x), s.N-1
			return nil
		},
		Merge: func(into, from *geometric) error {
			into.Logs, into.N = into.Logs+from.Logs, into.N+from.N
			return nil
		},
		Result: func(s *geometric) (helios.Null[float64], error) {
			if s.N == 0 {
				return helios.Null[float64]{}, nil
			}
			return helios.NotNull(math.Exp2(s.Logs / float64(s.N))), nil
		},
	})
	show("SELECT GEOMETRIC_MEAN(x), GEOMETRIC_MEAN(x) FILTER (WHERE x > 4) FROM (VALUES (2), (8), (NULL)) AS t (x);", mean)
	// Output: 4 8
}
