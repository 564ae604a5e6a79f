"""Runs the yardstick's queries on DuckDB, Polars, ClickHouse and heliosc in turn and compares them."""
import argparse
import datetime
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version

import queries

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
# What each engine is in Python; heliosc is a binary.
PACKAGES = {"duckdb": "duckdb", "polars": "polars", "clickhouse": "chdb"}
ENGINES = [*PACKAGES, "heliosc"]


class Failed(Exception):
    """A run that did not end well, or answers that differ."""


def command(engine, query, fmt, data, out):
    if engine != "heliosc":
        return [sys.executable, os.path.join(HERE, "peer.py"), engine, query, fmt, data, out]
    return [os.path.join(ROOT, "bin", "heliosc"), "run", os.path.join(HERE, "queries", query + ".sql"),
            "--parallelism", "2", "--quiet", "-D", "data=" + data, "-D", "format=" + fmt, "-D", "out=" + out]


def measure(engine, query, fmt, data, out):
    """One run in a process of its own: wall and CPU seconds, peak memory in MiB."""
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        start = time.perf_counter()
        child = subprocess.Popen(command(engine, query, fmt, data, out), stdout=stdout, stderr=stderr, env={**os.environ, "POLARS_MAX_THREADS": "2"})
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        stdout.seek(0), stderr.seek(0)
        if child.returncode != 0:
            raise Failed(f"{engine} failed on {query} from {fmt} (exit {child.returncode}):\n{stderr.read().decode()}")
        cpu = usage.ru_utime + usage.ru_stime
        if engine != "heliosc":  # a peer is charged for its query alone, heliosc for its whole process
            own = json.loads(stdout.read())
            wall, cpu = own["wall"], cpu - own["cpu_before"]
    return {"wall": wall, "cpu": cpu, "mib": usage.ru_maxrss / 1024}


def compare(query, outs):
    """The number of result rows; raises Failed where the results are not the same multiset of rows.

    In a process of its own: a child's peak memory begins at that of the process that
    starts it, so this one stays small."""
    done = subprocess.run([sys.executable, os.path.join(HERE, "compare.py"), query, *outs], capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(f"{query}: {done.stderr.strip()}")
    return int(done.stdout)


def run_query(args, query, fmt):
    """All engines in turn, N times; returns the best of each, by wall time, and the number of result rows."""
    best = {}
    with tempfile.TemporaryDirectory(dir=args.data) as scratch:
        for _ in range(args.n):
            for engine in args.engines:
                out = os.path.join(scratch, engine)
                shutil.rmtree(out, ignore_errors=True)
                os.mkdir(out)
                got = measure(engine, query, fmt, args.data, out)
                best[engine] = min(best.get(engine, got), got, key=lambda m: m["wall"])
        rows = compare(query, [os.path.join(scratch, engine) for engine in args.engines])
    return {"query": query, "format": fmt, "rows": rows, "engines": best}


def print_table(results, engines):
    head = f"{'query':18} {'from':8} {'rows':>9}"
    for e in engines:
        head += f" | {e + ' s':>12} {'cpu s':>6} {'MiB':>6}"
    ratios = [e for e in engines if e != "heliosc"] if "heliosc" in engines else []
    for e in ratios:
        head += f" | {e + '/heliosc':>18}"
    print(head)
    for r in results:
        line = f"{r['query']:18} {r['format']:8} {r['rows']:9}"
        for e in engines:
            m = r["engines"][e]
            line += f" | {m['wall']:12.2f} {m['cpu']:6.2f} {m['mib']:6.0f}"
        for e in ratios:
            line += f" | {r['engines'][e]['wall'] / r['engines']['heliosc']['wall']:18.2f}"
        print(line)


def installed(engine):
    return engine == "heliosc" or importlib.util.find_spec(PACKAGES[engine]) is not None


def machine():
    model = "unknown"
    try:
        with open("/proc/cpuinfo") as info:
            model = next((line.split(":")[1].strip() for line in info if line.startswith("model name")), model)
    except OSError:
        pass
    commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    return {"cpu": model, "cores": os.cpu_count(), "kernel": platform.release(), "commit": commit,
            **{p: version(p) for e, p in PACKAGES.items() if installed(e)}}


def one_of(allowed):
    def parse(text):
        names = text.split(",")
        unknown = [n for n in names if n not in allowed]
        if unknown:
            raise argparse.ArgumentTypeError(f"{unknown[0]} is none of {', '.join(allowed)}")
        return names
    return parse


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data", required=True, type=os.path.abspath)
    p.add_argument("--events", required=True, type=int)
    p.add_argument("-n", type=int, default=3, help="runs of each query on each engine; the best counts")
    p.add_argument("--engines", type=one_of(ENGINES), default=[e for e in ENGINES if installed(e)])
    p.add_argument("--queries", type=one_of(queries.NAMES), default=queries.NAMES)
    p.add_argument("--formats", type=one_of(["ndjson", "parquet"]), default=["ndjson", "parquet"])
    args = p.parse_args()
    for e in args.engines:
        if not installed(e):
            sys.exit(f"bench-peers: --engines {e}: the Python package {PACKAGES[e]} is not installed")
    results = []
    try:
        for fmt in args.formats:
            for query in args.queries:
                print(f"{query} from {fmt} ...", file=sys.stderr, flush=True)
                results.append(run_query(args, query, fmt))
    except Failed as problem:
        sys.exit(f"bench-peers: {problem}")
    print_table(results, args.engines)
    folder = os.path.join(ROOT, "bench", "results")
    os.makedirs(folder, exist_ok=True)
    when = datetime.datetime.now(datetime.timezone.utc)
    path = os.path.join(folder, f"peers-{args.events}-{when:%Y%m%dT%H%M%SZ}.json")
    with open(path, "w") as f:
        json.dump({"when": when.isoformat(), "events": args.events, "runs": args.n, "machine": machine(), "results": results}, f, indent=1)
    print("answers agree; figures in " + os.path.relpath(path), file=sys.stderr)


if __name__ == "__main__":
    main()
