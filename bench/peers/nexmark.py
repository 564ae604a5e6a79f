"""Runs the queries of Nexmark on heliosc, DuckDB and Polars and compares the answers, row by row.

nexmark.py --data bench/data/10000000 [--format parquet] [--queries q0,q15] [--engines duckdb,heliosc] [-n 1]
nexmark.py --data DIR --digests     prints DuckDB's answers as digests, for the test suite; ends where Polars has others

The peers see the whole input at once, and are charged for the query alone, heliosc for its whole process."""
import argparse
import glob
import hashlib
import importlib
import importlib.util
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time

import nexmark_duckdb

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TEXTS = os.path.join(ROOT, "bench", "nexmark", "queries")
PEERS = {"duckdb": "DuckDB", "polars": "Polars"}
# What heliosc runs: q12, whose result depends on the clock, is not compared.
OURS = sorted((n for n in nexmark_duckdb.QUERIES if os.path.exists(os.path.join(TEXTS, n + ".sql"))), key=lambda n: int(n[1:]))


def installed():
    return [e for e in PEERS if importlib.util.find_spec(e)]


def peer(engine):
    return importlib.import_module("nexmark_" + engine)


def heliosc_text(query, data, fmt, out):
    text = open(os.path.join(TEXTS, query + ".sql")).read()
    text = text.replace("'connector' = 'blackhole'", f"'connector' = 'filesystem', 'path' = '{out}/result.parquet', 'format' = 'parquet'")
    if query == "q10":
        text = text.replace("'format' = 'csv'", "'format' = 'parquet'")
    with open(os.path.join(out, "side_input.csv"), "w") as side:
        side.write("key,value\n" + "".join(f"{k},value-{k}\n" for k in range(10000)))
    return "".join(f"""CREATE TABLE {name} ({columns.strip("{}").replace(": '", " ").replace("'", "").replace("dateTime", "`dateTime`")},
    WATERMARK FOR `dateTime` AS `dateTime` - INTERVAL '4' SECOND) WITH ('connector' = 'filesystem', 'path' = '{data}/{name}s.{fmt}', 'format' = '{fmt}');
""" for name, columns in nexmark_duckdb.COLUMNS.items()) + text


def timed(engine, args, text=""):
    """One run in a process of its own: wall and CPU seconds, peak memory in MiB."""
    os.sync()  # what others have written is on the disk, so that nobody waits for their results
    start = time.perf_counter()
    with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        stdin.write(text.encode()), stdin.seek(0)
        child = subprocess.Popen(args, stdin=stdin, stdout=stdout, stderr=stderr, env={**os.environ, "POLARS_MAX_THREADS": "2"})
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            stderr.seek(0)
            sys.exit(f"{engine} failed:\n{stderr.read().decode()}")
        cpu = usage.ru_utime + usage.ru_stime
        if engine in PEERS:
            stdout.seek(0)
            own = json.loads(stdout.read())
            wall, cpu = own["wall"], cpu - own["cpu_before"]
    return {"wall": wall, "cpu": cpu, "mib": usage.ru_maxrss / 1024}


def run(engine, query, data, fmt, out):
    if engine in PEERS:
        return timed(engine, [sys.executable, os.path.abspath(__file__), "--one", query, "--engines", engine, "--data", data, "--format", fmt, "--out", out])
    args = [os.path.join(ROOT, "bin", "heliosc"), "run", "--quiet", "--no-warn", "H0401,H0404", "--parallelism", "2", "-D", "folder=" + out, "-"]
    return timed(engine, args, heliosc_text(query, data, fmt, out))


def one(engine, query, data, fmt, out):
    """Runs a query on a peer in this process, and prints what it took as JSON."""
    work = peer(engine).prepared(query, data, fmt, out)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    start = time.perf_counter()
    work()
    print(json.dumps({"wall": time.perf_counter() - start, "cpu_before": usage.ru_utime + usage.ru_stime}), flush=True)
    os._exit(0)  # what the engines do while they shut down is not part of the query


def load(db, table, query, folder, types):
    """Reads a result into a table, its columns by position as types; returns their types."""
    files = glob.glob(folder + "/**/*.parquet", recursive=True)
    if not files:
        sys.exit(f"{query}: {table} wrote no file")
    read = f"read_parquet({files}, hive_partitioning = {query == 'q10'}, hive_types_autocast = false)"
    columns = db.execute(f"DESCRIBE SELECT * FROM {read}").fetchall()
    types = types or [c[1] for c in columns]
    quoted = ['"' + c[0].replace('"', '""') + '"' for c in columns]
    casts = ", ".join(f"CAST({c} AS {t}) AS c{i}" for i, (c, t) in enumerate(zip(quoted, types, strict=True)))
    db.execute(f"CREATE TABLE {table} AS SELECT {casts} FROM {read}")
    return types


def compare(query, folders):
    """The number of rows; ends the process where the engines' results are not the same multiset."""
    import duckdb
    db = duckdb.connect()
    db.execute("SET threads = 2; SET preserve_insertion_order = false")
    names = [os.path.basename(f) for f in folders]
    types = None
    for name, folder in zip(names, folders):
        types = load(db, name, query, folder, types)
    counts = [db.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in names]
    for name, count in zip(names[1:], counts[1:]):
        for x, y in ((names[0], name), (name, names[0])):
            extra = db.execute(f"SELECT * FROM (SELECT * FROM {x} EXCEPT ALL SELECT * FROM {y}) LIMIT 2").fetchall()
            if extra:
                sys.exit(f"{query}: {names[0]} has {counts[0]} rows, {name} {count}; only {x} has {extra}")
    return counts[0]


def digest(rows):
    total = count = 0
    for row in rows:
        text = "|".join(as_text(v) for v in row)
        total = (total + int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")) % (1 << 64)
        count += 1
    return f"{count} {total:016x}"


def as_text(v):
    if v is None:
        return "NULL"
    if hasattr(v, "strftime"):
        return v.strftime("%Y-%m-%d %H:%M:%S.") + f"{v.microsecond // 1000:03d}"
    return str(v)


def digests(data, fmt, engines):
    for query in nexmark_duckdb.QUERIES:
        found = {e: digest(peer(e).rows(query, data, fmt)) for e in engines}
        if len(set(found.values())) > 1:
            sys.exit(f"{query}: the answers differ: {found}")
        print(query, found["duckdb"], flush=True)


def list_of(text):
    return re.split(r", *", text)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", required=True, type=os.path.abspath)
    p.add_argument("--format", default="parquet", choices=["parquet", "ndjson"])
    p.add_argument("--queries", type=list_of, default=OURS, help="with peers alone also those that heliosc does not run: " +
                   ", ".join(q for q in nexmark_duckdb.QUERIES if q not in OURS))
    p.add_argument("--engines", type=list_of, default=installed() + ["heliosc"])
    p.add_argument("-n", type=int, default=1, help="runs of each query on each engine; the best counts")
    p.add_argument("--digests", action="store_true")
    p.add_argument("--one"), p.add_argument("--out")  # a process of its own for a peer's answer
    p.add_argument("--compare")
    args = p.parse_args()
    if args.one:
        return one(args.engines[0], args.one, args.data, args.format, args.out)
    if args.compare:
        return print(compare(args.compare, args.out.split(":")))
    if args.digests:
        return digests(args.data, args.format, [e for e in args.engines if e in PEERS])
    for name, known in [("--engines", [*PEERS, "heliosc"]), ("--queries", OURS if "heliosc" in args.engines else nexmark_duckdb.QUERIES)]:
        for value in getattr(args, name[2:]):
            if value not in known:
                sys.exit(f"{name} {value}: there are {', '.join(known)}")
    for e in PEERS:
        if e not in installed():
            print(f"{PEERS[e]} is not installed: without it", file=sys.stderr)
    print(f"{'query':6} {'rows':>9}" + "".join(f" | {e + ' s':>9} {'cpu s':>7} {'MiB':>6}" for e in args.engines))
    for query in args.queries:
        best = {}
        with tempfile.TemporaryDirectory(dir=args.data) as scratch:
            outs = [os.path.join(scratch, e) for e in args.engines]
            for _ in range(args.n):
                for engine, out in zip(args.engines, outs):
                    shutil.rmtree(out, ignore_errors=True)
                    os.mkdir(out)
                    got = run(engine, query, args.data, args.format, out)
                    best[engine] = min(best.get(engine, got), got, key=lambda m: m["wall"])
            # In a process of its own: a child's peak memory begins at that of the process that starts it.
            done = subprocess.run([sys.executable, os.path.abspath(__file__), "--compare", query, "--data", args.data,
                                   "--out", ":".join(outs)], capture_output=True, text=True)
            if done.returncode != 0:
                sys.exit(done.stderr.strip())
        figures = "".join(" | {wall:9.2f} {cpu:7.2f} {mib:6.0f}".format(**best[e]) for e in args.engines)
        print(f"{query:6} {int(done.stdout):9}" + figures, flush=True)


if __name__ == "__main__":
    main()
