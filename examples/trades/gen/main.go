// Command gen writes trades.ndjson: three thousand trades of half an hour, most of
// them in order, some up to three seconds late, five of them too late, and many at
// the same second. It writes the same bytes every time:
//
//	go run ./examples/trades/gen > examples/trades/trades.ndjson
package main

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"time"
)

// stock is a ticker with its price in cents, which wanders.
type stock struct {
	ticker string
	cents  int
}

func main() {
	const trades = 3000
	r := rand.New(rand.NewPCG(1, 2))
	stocks := []stock{
		{"ACME", 18250}, {"BOLT", 4210}, {"CRUX", 975}, {"DUNE", 33120},
		{"ECHO", 1040}, {"FLUX", 640}, {"GAIA", 8815}, {"HALO", 121990},
	}
	now := time.Date(2024, 5, 6, 9, 30, 0, 0, time.UTC)
	out := bufio.NewWriter(os.Stdout)
	for id := 1; id <= trades; id++ {
		now = now.Add(time.Duration(r.IntN(1200)) * time.Millisecond)
		s := &stocks[r.IntN(len(stocks))]
		s.cents = max(100, s.cents+r.IntN(s.cents/100+3)-(s.cents/100+2)/2)
		fmt.Fprintf(out, `{"id":%d,"ticker":"%s","price":%d.%02d,"amount":%d,"ts":"%s"}`+"\n",
			id, s.ticker, s.cents/100, s.cents%100, 10*(1+r.IntN(90)),
			tradeTime(r, id, now).Format("2006-01-02 15:04:05.000"))
	}
	if err := out.Flush(); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// tradeTime returns when a trade that arrives now was made.
func tradeTime(r *rand.Rand, id int, now time.Time) time.Time {
	switch {
	case id%600 == 599: // later than the ten seconds that the queries wait
		return now.Add(-time.Duration(70+r.IntN(60)) * time.Second)
	case id%7 == 0: // late, but not too late
		return now.Add(-time.Duration(r.IntN(3000)) * time.Millisecond)
	case id%3 == 0: // an exchange that gives whole seconds: many ties
		return now.Truncate(time.Second)
	}
	return now
}
