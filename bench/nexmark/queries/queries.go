// Package queries has the queries of Nexmark. Which are in the texts of the Flink suite,
// and what is other than there, is in bench/nexmark/README.md.
package queries

import (
	"embed"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

//go:embed q*.sql
var files embed.FS

// Names lists the queries in the suite's order: q0, q1, ...
func Names() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(err) // they are part of the binary
	}
	var out []string
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(e.Name(), ".sql"))
	}
	slices.SortFunc(out, func(a, b string) int { return number(a) - number(b) })
	return out
}

func number(name string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(name, "q"))
	return n
}

// Text is the query of that name, with its sink; ok is false where there is none. It
// reads the tables bid, auction and person, q13 also ${folder}/side_input.csv, and writes
// to a black hole, q10 to ${folder}/q10.
func Text(name string) (text string, ok bool) {
	b, err := files.ReadFile(name + ".sql")
	return string(b), err == nil
}

// Generated declares the suite's tables over TYPE Nexmark, with so many events.
func Generated(events int64) string {
	return fmt.Sprintf(`CREATE TABLE datagen (
    event_type int,
    person ROW<id BIGINT, name VARCHAR, emailAddress VARCHAR, creditCard VARCHAR, city VARCHAR, state VARCHAR, `+"`dateTime`"+` TIMESTAMP(3), extra VARCHAR>,
    auction ROW<id BIGINT, itemName VARCHAR, description VARCHAR, initialBid BIGINT, reserve BIGINT, `+"`dateTime`"+` TIMESTAMP(3), expires TIMESTAMP(3), seller BIGINT, category BIGINT, extra VARCHAR>,
    bid ROW<auction BIGINT, bidder BIGINT, price BIGINT, channel VARCHAR, url VARCHAR, `+"`dateTime`"+` TIMESTAMP(3), extra VARCHAR>,
    `+"`dateTime`"+` TIMESTAMP(3),
    WATERMARK FOR `+"`dateTime`"+` AS `+"`dateTime`"+` - INTERVAL '4' SECOND
) WITH ('connector' = 'nexmark', 'events.num' = '%d');
CREATE VIEW bid AS
SELECT bid.auction, bid.bidder, bid.price, bid.channel, bid.url, `+"`dateTime`"+`, bid.extra
FROM datagen WHERE event_type = 2;
CREATE VIEW auction AS
SELECT auction.id, auction.itemName, auction.description, auction.initialBid, auction.reserve, `+"`dateTime`"+`, auction.expires, auction.seller, auction.category, auction.extra
FROM datagen WHERE event_type = 1;
CREATE VIEW person AS
SELECT person.id, person.name, person.emailAddress, person.creditCard, person.city, person.state, `+"`dateTime`"+`, person.extra
FROM datagen WHERE event_type = 0;
`, events)
}

// filed are the columns of the tables over files.
var filed = []struct{ name, columns string }{
	{"bid", "auction BIGINT, bidder BIGINT, price BIGINT, channel VARCHAR, url VARCHAR, `dateTime` TIMESTAMP(3), extra VARCHAR"},
	{"auction", "id BIGINT, itemName VARCHAR, description VARCHAR, initialBid BIGINT, reserve BIGINT, `dateTime` TIMESTAMP(3), " +
		"expires TIMESTAMP(3), seller BIGINT, category BIGINT, extra VARCHAR"},
	{"person", "id BIGINT, name VARCHAR, emailAddress VARCHAR, creditCard VARCHAR, city VARCHAR, state VARCHAR, `dateTime` TIMESTAMP(3), extra VARCHAR"},
}

// Filed declares the tables over the files of a folder of bench/nexmark: bids.ndjson or
// bids.parquet for bid, and so on.
func Filed(folder, format string) string {
	var b strings.Builder
	for _, t := range filed {
		fmt.Fprintf(&b, `CREATE TABLE %s (
    %s,
    WATERMARK FOR `+"`dateTime` AS `dateTime`"+` - INTERVAL '4' SECOND
) WITH ('connector' = 'filesystem', 'path' = '%s', 'format' = '%s');
`, t.name, t.columns, strings.ReplaceAll(path.Join(folder, t.name+"s."+format), "'", "''"), format)
	}
	return b.String()
}

// WriteSideInput writes side_input.csv, which q13 reads, into a folder: a value for each
// key from 0 to 9999.
func WriteSideInput(folder string) error {
	text := []byte("key,value\n")
	for key := range 10_000 {
		text = fmt.Appendf(text, "%d,value-%d\n", key, key)
	}
	return os.WriteFile(filepath.Join(folder, "side_input.csv"), text, 0o644)
}
