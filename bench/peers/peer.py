"""Runs one query on one peer in this process: peer.py ENGINE QUERY FORMAT DATA OUT.

Prints, as JSON, the seconds of the query alone and the CPU seconds that the process
had used before it, so that the peers are not charged for starting Python and loading."""
import json
import os
import resource
import sys
import time

import queries


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def prepare_duckdb(query, fmt, data, out):
    import duckdb
    db = duckdb.connect()
    for statement in queries.DUCKDB_SETUP:
        db.execute(statement)
    select = queries.DUCKDB[query].format(bids=queries.DUCKDB_INPUT[fmt].format(data=data))
    return lambda: db.execute(f"COPY ({select}) TO '{out}/result.parquet' (FORMAT parquet, COMPRESSION snappy)")


def prepare_clickhouse(query, fmt, data, out):
    from chdb import session
    db = session.Session()
    db.query("SELECT 1")
    select = queries.CLICKHOUSE[query].format(bids=queries.CLICKHOUSE_INPUT[fmt].format(data=data))
    return lambda: db.query(f"INSERT INTO FUNCTION file('{out}/result.parquet', 'Parquet') {select} "
                            f"SETTINGS {queries.CLICKHOUSE_SETTINGS}")


def prepare_polars(query, fmt, data, out):
    frame = queries.polars(query, fmt, data)
    return lambda: frame.sink_parquet(f"{out}/result.parquet", compression="snappy")


def main(engine, query, fmt, data, out):
    run = {"duckdb": prepare_duckdb, "clickhouse": prepare_clickhouse, "polars": prepare_polars}[engine](query, fmt, data, out)
    before, start = cpu_seconds(), time.perf_counter()
    run()
    print(json.dumps({"wall": time.perf_counter() - start, "cpu_before": before}), flush=True)
    os._exit(0)  # what the engines do while they shut down is not part of the query


if __name__ == "__main__":
    main(*sys.argv[1:])
