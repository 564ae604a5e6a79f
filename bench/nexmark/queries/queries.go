// Package queries has the queries of Nexmark as the Flink suite writes them. What had to
// be changed is in bench/nexmark/README.md.
package queries

import (
	"embed"
	"fmt"
	"path"
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
// reads the table bid and writes to a black hole, q10 to ${folder}/q10.
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
`, events)
}

// Filed declares the table bid over a file of a folder of bench/nexmark: bids.ndjson or
// bids.parquet.
func Filed(folder, format string) string {
	return fmt.Sprintf(`CREATE TABLE bid (
    auction BIGINT, bidder BIGINT, price BIGINT, channel VARCHAR, url VARCHAR, `+"`dateTime`"+` TIMESTAMP(3), extra VARCHAR,
    WATERMARK FOR `+"`dateTime`"+` AS `+"`dateTime`"+` - INTERVAL '4' SECOND
) WITH ('connector' = 'filesystem', 'path' = '%s', 'format' = '%s');
`, strings.ReplaceAll(path.Join(folder, "bids."+format), "'", "''"), format)
}
