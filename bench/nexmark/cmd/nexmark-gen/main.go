// Command nexmark-gen writes the data of the Nexmark benchmark as NDJSON files:
//
//	go run ./bench/nexmark/cmd/nexmark-gen -events 10000000 -out DIR [-seed N]
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/helios-stream/helios/bench/nexmark"
)

func main() {
	events := flag.Uint64("events", 1_000_000, "how many events to make, 46 of 50 of them bids")
	out := flag.String("out", "", "the folder to write persons.ndjson, auctions.ndjson and bids.ndjson to")
	seed := flag.Uint64("seed", 1, "another seed gives other data")
	flag.Parse()
	if *out == "" || flag.NArg() > 0 {
		fmt.Fprintln(os.Stderr, "usage: nexmark-gen -events N -out DIR [-seed N]")
		os.Exit(2)
	}
	sizes, err := nexmark.New(*seed).WriteDir(*out, *events)
	if err != nil {
		fmt.Fprintln(os.Stderr, "nexmark-gen:", err)
		os.Exit(1)
	}
	fmt.Fprintf(os.Stderr, "persons %d rows, %d bytes; auctions %d rows, %d bytes; bids %d rows, %d bytes\n",
		sizes.Rows[nexmark.Person], sizes.Bytes[nexmark.Person],
		sizes.Rows[nexmark.Auction], sizes.Bytes[nexmark.Auction],
		sizes.Rows[nexmark.Bid], sizes.Bytes[nexmark.Bid])
}
