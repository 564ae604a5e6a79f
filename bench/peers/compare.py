"""Checks that results are the same rows: compare.py QUERY DIR DIR... prints how many there are."""
import os
import sys

import duckdb

import queries


def load(db, table, query, out):
    """Reads a result into a table, its rows numbered in an order that does not depend on the engine."""
    exact, close = queries.RESULT_COLUMNS[query]
    types = dict(c.split() for c in exact.split(", "))
    casts = [f'CAST("{name}" AS {kind}) AS "{name}"' for name, kind in types.items()]
    if close:
        casts.append(f'CAST("{close}" AS DOUBLE) AS "{close}"')
    order = ", ".join(f'"{name}"' for name in types)
    files = sorted(os.path.join(folder, name) for folder, _, names in os.walk(out) for name in names
                   if name.endswith(".parquet"))
    if not files:
        sys.exit(f"{table} wrote no Parquet file for {query}")
    db.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT *, row_number() OVER (ORDER BY {order}) AS n "
               f"FROM (SELECT {', '.join(casts)} FROM read_parquet({files}))")
    return types, close


def compare(db, first, second, types, close):
    """The number of rows; ends the process where two results are not the same multiset of rows."""
    counts = [db.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in (first, second)]
    if counts[0] != counts[1]:
        sys.exit(f"{first} gives {counts[0]} rows, {second} {counts[1]}")
    differs = [f'a."{c}" IS DISTINCT FROM b."{c}"' for c in types]
    if close:
        differs.append(f'abs(a."{close}" - b."{close}") > 1e-9 * greatest(1, abs(a."{close}"))')
    rows = db.execute(f"SELECT a, b FROM {first} a JOIN {second} b USING (n) WHERE {' OR '.join(differs)} LIMIT 3").fetchall()
    if rows:
        sys.exit(f"{first} and {second} differ, for instance {rows[0][0]} and {rows[0][1]}")
    return counts[0]


def main(query, outs):
    db = duckdb.connect()
    db.execute("SET threads = 2")
    names = [os.path.basename(out) for out in outs]
    for name, out in zip(names, outs):
        types, close = load(db, name, query, out)
        rows = compare(db, names[0], name, types, close)
    print(rows)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
