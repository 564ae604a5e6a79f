// Command functions runs a query that calls functions written in Go: one that is called
// for each row, one for thousands of rows at once, and an aggregate.
//
//	go run ./examples/functions
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"math"
	"os"
	"strings"

	"github.com/helios-stream/helios"
)

const query = `
CREATE MAPPING trades (
    id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), amount BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' SECOND
) TYPE File OPTIONS ('path' = 'trades.ndjson', 'format' = 'ndjson');

SELECT SECTOR_OF(ticker) AS sector, COUNT(*) AS trades, GEOMETRIC_MEAN(price) AS mean_price, MAX(FEE(price, amount)) AS highest_fee
FROM TABLE(TUMBLE(TABLE trades, DESCRIPTOR(ts), INTERVAL '1' HOUR))
GROUP BY window_start, window_end, SECTOR_OF(ticker);
`

// sectors is what SECTOR_OF looks in. Functions are called by several goroutines at once:
// a map that nobody writes needs no lock.
var sectors = map[string]string{"ACME": "tools", "BOLT": "tools", "CRUX": "wine", "DUNE": "books", "FLUX": "energy", "GAIA": "energy"}

// sectorOf fails for what it does not know: the row goes to the dead letters.
func sectorOf(ticker string) (string, error) {
	if s, ok := sectors[strings.ToUpper(ticker)]; ok {
		return s, nil
	}
	return "", fmt.Errorf("the sector of %s is not known", ticker)
}

// fee is a ten thousandth of what a trade is worth, at least one and at most fifty.
func fee(rows *helios.Rows, price, amount, out []float64) error {
	for i := range rows.All() {
		out[i] = min(max(price[i]*amount[i]/10_000, 1), 50)
	}
	return nil
}

// logs is the state of a geometric mean.
type logs struct {
	Sum float64
	N   int64
}

var geometricMean = helios.Aggregate1[logs, float64, helios.Null[float64]]{
	Add: func(s *logs, x float64) error {
		if x <= 0 {
			return fmt.Errorf("%v has no logarithm", x)
		}
		s.Sum, s.N = s.Sum+math.Log(x), s.N+1
		return nil
	},
	// With Retract the aggregate also works where rows change after they were given.
	Retract: func(s *logs, x float64) error {
		s.Sum, s.N = s.Sum-math.Log(x), s.N-1
		return nil
	},
	Merge: func(into, from *logs) error {
		into.Sum, into.N = into.Sum+from.Sum, into.N+from.N
		return nil
	},
	Result: func(s *logs) (helios.Null[float64], error) {
		if s.N == 0 {
			return helios.Null[float64]{}, nil // NULL
		}
		return helios.NotNull(math.Exp(s.Sum / float64(s.N))), nil
	},
}

// functions are what queries of this program may call.
func functions() []helios.Function {
	return []helios.Function{
		helios.Func1E("SECTOR_OF", sectorOf, helios.Describe("The sector of a ticker.")),
		helios.Columns2("FEE", fee, helios.CannotFail, helios.Describe("The fee of a trade.")),
		helios.Agg1("GEOMETRIC_MEAN", geometricMean, helios.Describe("The geometric mean.")),
	}
}

// run compiles and runs the query over the trades in a folder, and prints its rows.
func run(ctx context.Context, dir string, out io.Writer) error {
	files := []helios.File{{Name: "sectors.sql", Text: query, Dir: dir}}
	q, err := helios.Compile(ctx, files, helios.Options{Functions: functions()})
	if err != nil {
		return err
	}
	for row, err := range q.Rows(ctx) {
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%-10v %5d trades, mean price %7.2f, highest fee %5.2f\n", row[0], row[1], row[2], row[3])
	}
	return nil
}

func main() {
	if err := run(context.Background(), "examples/trades", os.Stdout); err != nil {
		log.Fatal(err)
	}
}
