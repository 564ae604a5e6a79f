"""The queries of the yardstick as each peer writes them; heliosc's are in queries/*.sql.

{bids} is the input, as INPUT reads it in the engine; all results are written as Parquet with Snappy."""

NAMES = ["q2", "filter", "minute_by_channel", "minute_by_auction"]

COLUMNS = ["auction", "bidder", "price", "channel", "url", "dateTime", "extra"]

DUCKDB_INPUT = {
    "ndjson": "read_ndjson('{data}/bids.ndjson', columns={{auction: 'BIGINT', bidder: 'BIGINT', price: 'BIGINT', "
              "channel: 'VARCHAR', url: 'VARCHAR', dateTime: 'TIMESTAMP', extra: 'VARCHAR'}})",
    "parquet": "read_parquet('{data}/bids.parquet')",
}

CLICKHOUSE_INPUT = {
    "ndjson": "file('{data}/bids.ndjson', 'JSONEachRow', 'auction Int64, bidder Int64, price Int64, "
              "channel String, url String, dateTime DateTime64(3), extra String')",
    "parquet": "file('{data}/bids.parquet', 'Parquet', 'auction Int64, bidder Int64, price Int64, "
               "channel String, url String, dateTime DateTime64(6), extra String')",
}

_STATS = "count(*) AS bids, sum(price) AS total, avg(price) AS mean, min(price) AS low, max(price) AS high"


def _minute(start, key):
    return f"SELECT {start}(dateTime) AS minute, {key}, {_STATS} FROM {{bids}} GROUP BY minute, {key}"


def _both(start):
    return {
        "q2": "SELECT auction, price FROM {bids} WHERE auction % 123 = 0",
        "filter": "SELECT auction, bidder, price, channel, dateTime FROM {bids} WHERE price > 1000000",
        "minute_by_channel": _minute(start, "channel"),
        "minute_by_auction": _minute(start, "auction"),
    }


DUCKDB = _both("minute_start")
CLICKHOUSE = _both("toStartOfMinute")

# DuckDB's fastest way to the start of a minute.
DUCKDB_SETUP = ["SET threads = 2", "SET preserve_insertion_order = false",
                "CREATE MACRO minute_start(t) AS date_trunc('minute', t)"]

CLICKHOUSE_SETTINGS = "max_threads = 2, max_insert_threads = 2, output_format_parquet_compression_method = 'snappy', " \
                      "session_timezone = 'UTC'"

# The columns of a result by which its rows are matched, all exact, then those compared within 1e-9.
RESULT_COLUMNS = {
    "q2": ("auction BIGINT, price BIGINT", ""),
    "filter": ("auction BIGINT, bidder BIGINT, price BIGINT, channel VARCHAR, dateTime TIMESTAMP", ""),
    "minute_by_channel": ("minute TIMESTAMP, channel VARCHAR, bids BIGINT, total BIGINT, low BIGINT, high BIGINT", "mean"),
    "minute_by_auction": ("minute TIMESTAMP, auction BIGINT, bids BIGINT, total BIGINT, low BIGINT, high BIGINT", "mean"),
}
