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



def polars(query, fmt, data):
    """The query as a lazy frame of Polars."""
    import polars as pl
    col, price = pl.col, pl.col("price")
    kinds = {c: pl.Int64 if c in ("auction", "bidder", "price") else pl.String for c in COLUMNS}
    if fmt == "parquet":
        bids = pl.scan_parquet(f"{data}/bids.parquet")
    else:
        time = col("dateTime").str.to_datetime("%Y-%m-%d %H:%M:%S%.3f", time_unit="us")
        bids = pl.scan_ndjson(f"{data}/bids.ndjson", schema=kinds).with_columns(time)
    if query == "q2":
        return bids.filter(col("auction") % 123 == 0).select("auction", "price")
    if query == "filter":
        return bids.filter(price > 1000000).select("auction", "bidder", "price", "channel", "dateTime")
    groups = bids.group_by(col("dateTime").dt.truncate("1m").alias("minute"), query.removeprefix("minute_by_"))
    return groups.agg(pl.len().alias("bids"), price.sum().alias("total"), price.mean().alias("mean"), price.min().alias("low"), price.max().alias("high"))


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
