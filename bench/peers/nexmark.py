"""Runs the queries of Nexmark on heliosc and DuckDB and compares the answers, row by row.

nexmark.py --data bench/data/10000000 [--format parquet] [--queries q0,q15] [-n 1]
nexmark.py --data DIR --digests     prints DuckDB's answers as digests, for the test suite

DuckDB sees the whole input at once. Ties are broken as heliosc breaks them: by the order of the rows."""
import argparse
import glob
import hashlib
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TEXTS = os.path.join(ROOT, "bench", "nexmark", "queries")

COLUMNS = "{auction: 'BIGINT', bidder: 'BIGINT', price: 'BIGINT', channel: 'VARCHAR', url: 'VARCHAR', dateTime: 'TIMESTAMP', extra: 'VARCHAR'}"

ID = "regexp_extract(url, '(&|^)channel_id=([^&]*)', 2)"
NAMED = "lower(channel) IN ('apple', 'google', 'facebook', 'baidu')"
DAY = "strftime(dateTime, '%Y-%m-%d')"


def _ranks(column=None):
    what = f"count(DISTINCT {column})" if column else "count(*)"
    return ", ".join([what] + [f"{what} FILTER (WHERE {c})" for c in
                               ("price < 10000", "price >= 10000 AND price < 1000000", "price >= 1000000")])


# {bid} is the input, with n, the number of each row.
DUCKDB = {
    "q0": "SELECT auction, bidder, price, dateTime, extra FROM {bid}",
    "q1": "SELECT auction, bidder, CAST(0.908 * price AS DECIMAL(23, 3)), dateTime, extra FROM {bid}",
    "q2": "SELECT auction, price FROM {bid} WHERE auction % 123 = 0",
    "q10": f"SELECT auction, bidder, price, dateTime, extra, {DAY} AS dt, strftime(dateTime, '%H:%M') AS hm FROM {{bid}}",
    "q11": """SELECT bidder, count(*), min(dateTime), max(dateTime) + INTERVAL 10 SECOND FROM (
        SELECT *, sum(begins) OVER (PARTITION BY bidder ORDER BY dateTime, n) AS session FROM (
            SELECT *, CASE WHEN dateTime <= lag(dateTime) OVER (PARTITION BY bidder ORDER BY dateTime, n) + INTERVAL 10 SECOND THEN 0 ELSE 1 END AS begins
            FROM {bid})) GROUP BY bidder, session""",
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
    "q21": f"""SELECT auction, bidder, price, channel, CASE lower(channel) WHEN 'apple' THEN '0' WHEN 'google' THEN '1' WHEN 'facebook' THEN '2' WHEN 'baidu' THEN '3'
        ELSE {ID} END FROM {{bid}} WHERE regexp_matches(url, '(&|^)channel_id=') OR {NAMED}""",
    "q22": "SELECT auction, bidder, price, channel, split_part(url, '/', 4), split_part(url, '/', 5), split_part(url, '/', 6) FROM {bid}",
}
NEEDS_ORDER = {"q11", "q18", "q19"}


def source(data, fmt, numbered):
    path = os.path.join(data, "bids." + fmt)
    read = f"read_parquet('{path}')" if fmt == "parquet" else f"read_ndjson('{path}', columns={COLUMNS})"
    return f"(SELECT *, row_number() OVER () AS n FROM {read})" if numbered else read


def connect(ordered):
    import duckdb
    db = duckdb.connect()
    db.execute("SET threads = 2")
    if not ordered:
        db.execute("SET preserve_insertion_order = false")
    return db


def heliosc_text(query, data, fmt, out):
    text = open(os.path.join(TEXTS, query + ".sql")).read()
    text = text.replace("'connector' = 'blackhole'", f"'connector' = 'filesystem', 'path' = '{out}/result.parquet', 'format' = 'parquet'")
    text = text.replace("'format' = 'csv'", "'format' = 'parquet'")
    return f"""CREATE TABLE bid (auction BIGINT, bidder BIGINT, price BIGINT, channel VARCHAR, url VARCHAR, `dateTime` TIMESTAMP(3), extra VARCHAR,
    WATERMARK FOR `dateTime` AS `dateTime` - INTERVAL '4' SECOND) WITH ('connector' = 'filesystem', 'path' = '{data}/bids.{fmt}', 'format' = '{fmt}');
{text}"""


def timed(args, text=None):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as stderr:
        stdin.write((text or "").encode()), stdin.seek(0)
        child = subprocess.Popen(args, stdin=stdin, stdout=subprocess.DEVNULL, stderr=stderr)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        if os.waitstatus_to_exitcode(status) != 0:
            stderr.seek(0)
            sys.exit(f"{args[0]} failed:\n{stderr.read().decode()}")
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "mib": usage.ru_maxrss / 1024}


def run_heliosc(query, data, fmt, out):
    return timed([os.path.join(ROOT, "bin", "heliosc"), "run", "--quiet", "--parallelism", "2", "-D", "folder=" + out, "-"], heliosc_text(query, data, fmt, out))


def run_duckdb(query, data, fmt, out):
    return timed([sys.executable, os.path.abspath(__file__), "--one", query, "--data", data, "--format", fmt, "--out", out])


def one(query, data, fmt, out):
    db = connect(query in NEEDS_ORDER)
    select = DUCKDB[query].format(bid=source(data, fmt, query in NEEDS_ORDER))
    db.execute(f"COPY ({select}) TO '{out}/result.parquet' (FORMAT parquet, COMPRESSION snappy)")


def compare(query, ours, theirs):
    """The number of rows; ends the process where they are not the same multiset."""
    db = connect(False)
    files = [f for f in glob.glob(ours + "/**/*.parquet", recursive=True)]
    if not files:
        sys.exit(f"{query}: heliosc wrote no file")
    db.execute(f"CREATE TABLE b AS SELECT * FROM read_parquet('{theirs}/result.parquet')")
    types = [r[1] for r in db.execute("DESCRIBE b").fetchall()]
    names = [r[0] for r in db.execute(f"DESCRIBE SELECT * FROM read_parquet({files}, hive_partitioning = {query == 'q10'}, hive_types_autocast = false)").fetchall()]
    casts = ", ".join(f'CAST("{n}" AS {t})' for n, t in zip(names, types))
    db.execute(f"CREATE TABLE a AS SELECT {casts} FROM read_parquet({files}, hive_partitioning = {query == 'q10'}, hive_types_autocast = false)")
    rows = [db.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in "ab"]
    for x, y, who in (("a", "b", "heliosc"), ("b", "a", "DuckDB")):
        extra = db.execute(f"SELECT * FROM (SELECT * FROM {x} EXCEPT ALL SELECT * FROM {y}) LIMIT 2").fetchall()
        if extra:
            sys.exit(f"{query}: {rows[0]} rows of heliosc, {rows[1]} of DuckDB; only {who} has {extra}")
    return rows[0]


def digests(data, fmt):
    for query in DUCKDB:
        db = connect(True)
        found = db.execute(DUCKDB[query].format(bid=source(data, fmt, query in NEEDS_ORDER)))
        total = rows = 0
        for row in found.fetchall():
            text = "|".join(as_text(v) for v in row)
            total = (total + int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")) % (1 << 64)
            rows += 1
        print(f"{query} {rows} {total:016x}")


def as_text(v):
    if v is None:
        return "NULL"
    if hasattr(v, "strftime"):
        return v.strftime("%Y-%m-%d %H:%M:%S.") + f"{v.microsecond // 1000:03d}"
    return str(v)


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data", required=True, type=os.path.abspath)
    p.add_argument("--format", default="parquet", choices=["parquet", "ndjson"])
    p.add_argument("--queries", default=",".join(DUCKDB))
    p.add_argument("-n", type=int, default=1)
    p.add_argument("--digests", action="store_true")
    p.add_argument("--one"), p.add_argument("--out")  # a process of its own: DuckDB's answer
    p.add_argument("--compare")
    args = p.parse_args()
    if args.one:
        return one(args.one, args.data, args.format, args.out)
    if args.compare:
        return print(compare(args.compare, *args.out.split(":")))
    if args.digests:
        return digests(args.data, args.format)
    print(f"{'query':6} {'rows':>9} | {'duckdb s':>9} {'cpu s':>7} {'MiB':>6} | {'heliosc s':>9} {'cpu s':>7} {'MiB':>6} | ratio")
    for query in args.queries.split(","):
        best = {}
        with tempfile.TemporaryDirectory(dir=args.data) as scratch:
            for _ in range(args.n):
                for name, run in (("duckdb", run_duckdb), ("heliosc", run_heliosc)):
                    out = os.path.join(scratch, name)
                    shutil.rmtree(out, ignore_errors=True)
                    os.mkdir(out)
                    got = run(query, args.data, args.format, out)
                    best[name] = min(best.get(name, got), got, key=lambda m: m["wall"])
            # In a process of its own: a child's peak memory begins at that of the process that starts it.
            done = subprocess.run([sys.executable, os.path.abspath(__file__), "--compare", query, "--data", args.data,
                                   "--out", f"{scratch}/heliosc:{scratch}/duckdb"], capture_output=True, text=True)
            if done.returncode != 0:
                sys.exit(done.stderr.strip())
            rows = int(done.stdout)
        d, h = best["duckdb"], best["heliosc"]
        print(f"{query:6} {rows:9} | {d['wall']:9.2f} {d['cpu']:7.2f} {d['mib']:6.0f} | {h['wall']:9.2f} {h['cpu']:7.2f} {h['mib']:6.0f} | {d['wall'] / h['wall']:5.2f}", flush=True)


if __name__ == "__main__":
    main()
