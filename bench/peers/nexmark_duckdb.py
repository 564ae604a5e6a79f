"""The queries of Nexmark for DuckDB, which sees the whole input at once.

Ties are broken as heliosc breaks them: by the order of the rows, which n numbers."""

COLUMNS = {
    "bid": "{auction: 'BIGINT', bidder: 'BIGINT', price: 'BIGINT', channel: 'VARCHAR', url: 'VARCHAR', dateTime: 'TIMESTAMP', extra: 'VARCHAR'}",
    "auction": "{id: 'BIGINT', itemName: 'VARCHAR', description: 'VARCHAR', initialBid: 'BIGINT', reserve: 'BIGINT', dateTime: 'TIMESTAMP', "
               "expires: 'TIMESTAMP', seller: 'BIGINT', category: 'BIGINT', extra: 'VARCHAR'}",
    "person": "{id: 'BIGINT', name: 'VARCHAR', emailAddress: 'VARCHAR', creditCard: 'VARCHAR', city: 'VARCHAR', state: 'VARCHAR', "
              "dateTime: 'TIMESTAMP', extra: 'VARCHAR'}",
}

ID = "regexp_extract(url, '(&|^)channel_id=([^&]*)', 2)"
NAMED = "lower(channel) IN ('apple', 'google', 'facebook', 'baidu')"
DAY = "strftime(dateTime, '%Y-%m-%d')"
# Bids while their auction is open.
OPEN_BIDS = "{auction} a JOIN {bid} b ON a.id = b.auction AND b.dateTime BETWEEN a.dateTime AND a.expires"


def _ranks(column=None):
    what = f"count(DISTINCT {column})" if column else "count(*)"
    return ", ".join([what] + [f"{what} FILTER (WHERE {c})" for c in
                               ("price < 10000", "price >= 10000 AND price < 1000000", "price >= 1000000")])


def _window(seconds, column="dateTime"):
    return f"time_bucket(INTERVAL {seconds} SECOND, {column})"


# {bid}, {auction}, {person} and {side} are the inputs; bids have n where NEEDS_ORDER says so.
QUERIES = {
    "q0": "SELECT auction, bidder, price, dateTime, extra FROM {bid}",
    "q1": "SELECT auction, bidder, CAST(0.908 * price AS DECIMAL(23, 3)), dateTime, extra FROM {bid}",
    "q2": "SELECT auction, price FROM {bid} WHERE auction % 123 = 0",
    "q3": "SELECT name, city, state, a.id FROM {auction} a JOIN {person} p ON a.seller = p.id WHERE category = 10 AND state IN ('OR', 'ID', 'CA')",
    "q4": f"""SELECT category, CAST(trunc(avg(final)) AS BIGINT) FROM (SELECT a.id, category, max(price) AS final FROM {OPEN_BIDS} GROUP BY a.id, category)
        GROUP BY category""",
    # Counts of two seconds, each of which is in five windows of ten.
    "q5": f"""WITH counts AS (SELECT auction, pane - INTERVAL 2 SECOND * back AS starts, CAST(sum(num) AS BIGINT) AS num
            FROM (SELECT auction, {_window(2)} AS pane, count(*) AS num FROM {{bid}} GROUP BY auction, pane), (SELECT unnest(range(5)) AS back) GROUP BY auction, starts)
        SELECT auction, num FROM counts QUALIFY num = max(num) OVER (PARTITION BY starts)""",
    "q7": f"""SELECT b.auction, b.bidder, b.price, b.dateTime, b.extra FROM {{bid}} b
        JOIN (SELECT max(price) AS highest, {_window(10)} AS starts FROM {{bid}} GROUP BY starts) w
        ON b.price = w.highest AND b.dateTime BETWEEN w.starts AND w.starts + INTERVAL 10 SECOND""",
    "q8": f"""SELECT p.id, p.name, p.starts FROM (SELECT DISTINCT id, name, {_window(10)} AS starts FROM {{person}}) p
        JOIN (SELECT DISTINCT seller, {_window(10)} AS starts FROM {{auction}}) a ON p.id = a.seller AND p.starts = a.starts""",
    "q9": f"""SELECT a.id, itemName, description, initialBid, reserve, a.dateTime, expires, seller, category, a.extra, b.auction, bidder, price, b.dateTime, b.extra
        FROM {OPEN_BIDS} QUALIFY row_number() OVER (PARTITION BY a.id ORDER BY price DESC, b.dateTime, n) = 1""",
    "q10": f"SELECT auction, bidder, price, dateTime, extra, {DAY} AS dt, strftime(dateTime, '%H:%M') AS hm FROM {{bid}}",
    "q11": """SELECT bidder, count(*), min(dateTime), max(dateTime) + INTERVAL 10 SECOND FROM (
        SELECT *, sum(begins) OVER (PARTITION BY bidder ORDER BY dateTime, n) AS session FROM (
            SELECT *, CASE WHEN dateTime <= lag(dateTime) OVER (PARTITION BY bidder ORDER BY dateTime, n) + INTERVAL 10 SECOND THEN 0 ELSE 1 END AS begins
            FROM {bid})) GROUP BY bidder, session""",
    "q13": "SELECT auction, bidder, price, dateTime, value FROM {bid} JOIN {side} ON auction % 10000 = key",
    "q14": """SELECT auction, bidder, CAST(0.908 * price AS DECIMAL(23, 3)),
        CASE WHEN hour(dateTime) BETWEEN 8 AND 18 THEN 'dayTime' WHEN hour(dateTime) <= 6 OR hour(dateTime) >= 20 THEN 'nightTime' ELSE 'otherTime' END,
        dateTime, extra, length(extra) - length(replace(extra, 'c', '')) FROM {bid} WHERE 0.908 * price > 1000000 AND 0.908 * price < 50000000""",
    "q15": f"SELECT {DAY}, {_ranks()}, {_ranks('bidder')}, {_ranks('auction')} FROM {{bid}} GROUP BY {DAY}",
    "q16": f"SELECT channel, {DAY}, max(strftime(dateTime, '%H:%M')), {_ranks()}, {_ranks('bidder')}, {_ranks('auction')} FROM {{bid}} GROUP BY channel, {DAY}",
    "q17": f"SELECT auction, {DAY}, {_ranks()}, min(price), max(price), CAST(trunc(avg(price)) AS BIGINT), sum(price) FROM {{bid}} GROUP BY auction, {DAY}",
    "q18": """SELECT auction, bidder, price, channel, url, dateTime, extra FROM (
        SELECT *, row_number() OVER (PARTITION BY bidder, auction ORDER BY dateTime DESC, n) AS place FROM {bid}) WHERE place <= 1""",
    "q19": """SELECT auction, bidder, price, channel, url, dateTime, extra, place FROM (
        SELECT *, row_number() OVER (PARTITION BY auction ORDER BY price DESC, n) AS place FROM {bid}) WHERE place <= 10""",
    "q20": """SELECT auction, bidder, price, channel, url, b.dateTime, b.extra, itemName, description, initialBid, reserve, a.dateTime, expires, seller, category, a.extra
        FROM {bid} b JOIN {auction} a ON b.auction = a.id WHERE category = 10""",
    "q21": f"""SELECT auction, bidder, price, channel, CASE lower(channel) WHEN 'apple' THEN '0' WHEN 'google' THEN '1' WHEN 'facebook' THEN '2' WHEN 'baidu' THEN '3'
        ELSE {ID} END FROM {{bid}} WHERE regexp_matches(url, '(&|^)channel_id=') OR {NAMED}""",
    "q22": "SELECT auction, bidder, price, channel, split_part(url, '/', 4), split_part(url, '/', 5), split_part(url, '/', 6) FROM {bid}",
}
NEEDS_ORDER = {"q9", "q11", "q18", "q19"}

# The side input of q13: a value for each key.
SIDE = "(SELECT range AS key, 'value-' || range AS value FROM range(10000))"


def _tables(data, fmt, numbered):
    out = {"side": SIDE}
    for name, columns in COLUMNS.items():
        path = f"{data}/{name}s.{fmt}"
        out[name] = f"read_parquet('{path}')" if fmt == "parquet" else f"read_ndjson('{path}', columns={columns})"
    if numbered:
        out["bid"] = f"(SELECT *, row_number() OVER () AS n FROM {out['bid']})"
    return out


def _prepare(query, data, fmt):
    import duckdb
    ordered = query in NEEDS_ORDER
    db = duckdb.connect()
    db.execute("SET threads = 2")
    if not ordered:
        db.execute("SET preserve_insertion_order = false")
    return db, QUERIES[query].format(**_tables(data, fmt, ordered))


def prepared(query, data, fmt, out):
    """A function that runs the query and writes its result into the folder out."""
    db, select = _prepare(query, data, fmt)
    return lambda: db.execute(f"COPY ({select}) TO '{out}/result.parquet' (FORMAT parquet, COMPRESSION snappy)")


def rows(query, data, fmt):
    """The rows of the query's result, as tuples."""
    db, select = _prepare(query, data, fmt)
    return db.execute(select).fetchall()
