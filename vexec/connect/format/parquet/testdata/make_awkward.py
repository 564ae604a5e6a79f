"""Makes the files in awkward/: all types, encodings, page versions and compressions that
pyarrow, DuckDB and Polars write, with NULLs and nested columns. Beside each file stands what
pyarrow reads from it, a row a line. Needs pyarrow, duckdb and polars; without polars its files stay as they are."""
import datetime as dt
import glob
import os
import struct
import sys
from decimal import Decimal as D

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

try:
    import polars as pl
except ImportError:
    pl = None

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "awkward"))
N = 45


def text(v, t):
    """A value as the Go test prints it."""
    if v is None or not v.is_valid:
        return "NULL"
    if pa.types.is_dictionary(t):
        return text(v.value, t.value_type)
    if pa.types.is_boolean(t):
        return "true" if v.as_py() else "false"
    if pa.types.is_floating(t):
        return struct.pack(">d", float(v.as_py())).hex()
    if pa.types.is_integer(t):
        return str(v.as_py())
    if pa.types.is_decimal(t):
        return format(v.as_py(), "f")
    if pa.types.is_timestamp(t):
        return str(v.value * {"s": 1000000, "ms": 1000, "us": 1, "ns": 1}[t.unit])
    if pa.types.is_time(t):
        return str({"ms": v.value * 1000, "us": v.value, "ns": v.value // 1000}[t.unit])
    if pa.types.is_date(t):
        return str(v.value)
    if pa.types.is_string(t) or pa.types.is_large_string(t) or pa.types.is_string_view(t):
        return repr_text(v.as_py())
    if pa.types.is_binary(t) or pa.types.is_large_binary(t) or pa.types.is_fixed_size_binary(t) or pa.types.is_binary_view(t):
        return v.as_py().hex()
    if isinstance(v, pa.ExtensionScalar):
        if t.extension_name == "arrow.uuid":
            return repr_text(str(v.as_py()))
        return text(v.value, t.storage_type)
    if pa.types.is_map(t):
        return "<" + ",".join(text(e["key"], t.key_type) + ":" + text(e["value"], t.item_type) for e in v.values) + ">"
    if pa.types.is_list(t) or pa.types.is_large_list(t) or pa.types.is_fixed_size_list(t):
        return "[" + ",".join(text(e, t.value_type) for e in v.values) + "]"
    if pa.types.is_struct(t):
        return "{" + ",".join(text(v[i], t.field(i).type) for i in range(t.num_fields)) + "}"
    raise TypeError(t)


def repr_text(s):
    return '"' + "".join(c if 32 <= ord(c) < 127 and c not in '"\\' else "\\u{%x}" % ord(c) for c in s) + '"'


def note(path):
    t = pq.ParquetFile(path, coerce_int96_timestamp_unit="us").read()
    with open(path[:-8] + ".txt", "w") as f:
        f.write("\t".join(t.column_names) + "\n")
        for i in range(t.num_rows):
            f.write("\t".join(text(c[i], c.type) for c in t.columns) + "\n")


def cut(values, every, typ):
    """The values as an array, every so many of them NULL."""
    return pa.array([None if every and i % every == every - 1 else v for i, v in enumerate(values)], typ)


def flat(every):
    r = range(N)
    ts = [1704067200_000 + i * 86400_123 for i in r]
    words = ["", "a", "twelve bytes", "thirteen byte", "prefix of a long text " + "x" * 20, "prefix of a long text, another", "ü€😀", "\x00\n\"\\"]
    return pa.table({
        "b": cut([i % 3 == 0 for i in r], every, pa.bool_()),
        "i8": cut([i * 5 - 100 for i in r], every, pa.int8()),
        "i16": cut([i * 700 - 15000 for i in r], every, pa.int16()),
        "i32": cut([(i * 2654435761) % 4294967296 - 2147483648 for i in r], every, pa.int32()),
        "i64": cut([(i * 11400714819323198485) % (1 << 64) - (1 << 63) for i in r], every, pa.int64()),
        "u8": cut([i * 5 for i in r], every, pa.uint8()),
        "u16": cut([65535 - i for i in r], every, pa.uint16()),
        "u32": cut([4294967295 - i for i in r], every, pa.uint32()),
        "u64": cut([18446744073709551615 - i for i in r], every, pa.uint64()),
        "f16": cut([i / 4 - 3 for i in r], every, pa.float16()) if sys.version_info >= (3,) else None,
        "f32": cut([float("nan") if i == 3 else -0.0 if i == 4 else float("inf") if i == 5 else i / 8 for i in r], every, pa.float32()),
        "f64": cut([float("nan") if i == 3 else -0.0 if i == 4 else float("-inf") if i == 5 else i / 10 for i in r], every, pa.float64()),
        "d9": cut([D(i - 20) / 100 for i in r], every, pa.decimal128(9, 2)),
        "d18": cut([D(i - 20) * 1000000007 / 10000 for i in r], every, pa.decimal128(18, 4)),
        "d38": cut([D(i - 20) * D("100000000000000000000000000000.00001") for i in r], every, pa.decimal128(38, 5)),
        "day": cut([dt.date(1969, 12, 1) + dt.timedelta(days=i * 3) for i in r], every, pa.date32()),
        "t_ms": cut([i * 1000 + i for i in r], every, pa.time32("ms")),
        "t_us": cut([i * 1000000 + i for i in r], every, pa.time64("us")),
        "t_ns": cut([i * 1000000000 + i for i in r], every, pa.time64("ns")),
        "ts_ms": cut(ts, every, pa.timestamp("ms")),
        "ts_us": cut([t * 1000 + 1 for t in ts], every, pa.timestamp("us", tz="UTC")),
        "ts_ns": cut([t * 1000000 + 1 for t in ts], every, pa.timestamp("ns")),
        "s": cut([words[i * 5 % len(words)] for i in r], every, pa.string()),
        "own": cut(["text number %d" % i for i in r], every, pa.string()),
        "bin": cut([bytes([i, 255 - i]) * (i % 9) for i in r], every, pa.binary()),
        "fix": cut([bytes([i] * 5) for i in r], every, pa.binary(5)),
        "none": pa.array([None] * N, pa.int32()),
    })


def nested():
    r = range(N)
    item = pa.struct([("sku", pa.string()), ("n", pa.int32()), ("tags", pa.list_(pa.string()))])

    def make_item(i):
        return None if i % 7 == 3 else {"sku": None if i % 5 == 2 else "sku %d" % (i % 4), "n": i,
                                        "tags": None if i % 6 == 1 else ["t%d" % j if j % 3 else None for j in range(i % 4)]}

    return pa.table({
        "id": pa.array(list(r), pa.int64()),
        "l": pa.array([None if i % 5 == 4 else [None if j == 1 else i * 10 + j for j in range(i % 4)] for i in r], pa.list_(pa.int64())),
        "ll": pa.array([None if i % 5 == 4 else [None if j == 2 else list(range(j)) for j in range(i % 5)] for i in r], pa.list_(pa.list_(pa.int32()))),
        "r": pa.array([None if i % 6 == 5 else {"a": i if i % 4 else None, "b": {"c": "deep %d" % (i % 3), "d": i / 2}} for i in r],
                      pa.struct([("a", pa.int32()), ("b", pa.struct([("c", pa.string()), ("d", pa.float64())]))])),
        "items": pa.array([None if i % 9 == 8 else [make_item(i + j) for j in range(i % 3)] for i in r], pa.list_(item)),
        "m": pa.array([None if i % 5 == 2 else [("k%d" % j, None if j == 1 else i + j) for j in range(i % 4)] for i in r], pa.map_(pa.string(), pa.int64())),
        "mr": pa.array([[("x", make_item(i))] if i % 2 else [] for i in r], pa.map_(pa.string(), item)),
        "bits": pa.array([[i % 2 == 0, None, i % 3 == 0] for i in r], pa.list_(pa.bool_())),
        "when": pa.array([[dt.datetime(2024, 1, 1) + dt.timedelta(seconds=i)] * (i % 3) for i in r], pa.list_(pa.timestamp("us"))),
        "dec": pa.array([[D(i) / 100, None] for i in r], pa.list_(pa.decimal128(20, 2))),
    })


SPLIT = ["i32", "i64", "f16", "f32", "f64", "fix", "d38", "ts_us"]
ENCODINGS = {
    "dict": {},
    "plain": None,
    "delta": {"i8": "DELTA_BINARY_PACKED", "i32": "DELTA_BINARY_PACKED", "i64": "DELTA_BINARY_PACKED", "u32": "DELTA_BINARY_PACKED", "u64": "DELTA_BINARY_PACKED",
              "day": "DELTA_BINARY_PACKED", "t_us": "DELTA_BINARY_PACKED", "ts_ns": "DELTA_BINARY_PACKED", "s": "DELTA_BYTE_ARRAY", "own": "DELTA_LENGTH_BYTE_ARRAY",
              "bin": "DELTA_BYTE_ARRAY", "fix": "DELTA_BYTE_ARRAY", "d38": "DELTA_BYTE_ARRAY", "b": "RLE", "none": "DELTA_BINARY_PACKED"},
    "split": {c: "BYTE_STREAM_SPLIT" for c in SPLIT} | {"own": "DELTA_BYTE_ARRAY", "bin": "DELTA_LENGTH_BYTE_ARRAY"},
}


def write(t, name, encoding, **options):
    e = ENCODINGS[encoding]
    if encoding == "dict":
        options["use_dictionary"] = True
    else:
        options |= {"use_dictionary": False, "column_encoding": {c: "PLAIN" for c in t.column_names} if e is None else e}
    pq.write_table(t, name + ".parquet", store_schema=False, **options)


codecs = ["none", "snappy", "gzip", "zstd", "lz4", "brotli"]
k = 0
for encoding in ENCODINGS:
    for version in ["1.0", "2.0"]:
        for every in [0, 3]:
            t = flat(every)
            codec = codecs[k % len(codecs)]
            k += 1
            if k % 2:
                t = t.select(t.column_names[::-1])
            write(t, "pyarrow_%s_v%s_%s_%s" % (encoding, version[0], "nulls" if every else "full", codec), encoding, data_page_version=version,
                  compression=codec, row_group_size=30, data_page_size=64, write_batch_size=8, write_page_index=k % 2 == 0, write_page_checksum=k % 3 == 0)
for encoding in ["plain", "delta"]:  # not compressed: what is damaged gets through to the values
    write(flat(3).slice(0, 20), "pyarrow_%s_v1_small_none" % encoding, encoding, data_page_version="1.0", compression="none", data_page_size=256)
for version in ["1.0", "2.0"]:
    for codec in ["none", "zstd"]:
        pq.write_table(nested(), "pyarrow_nested_v%s_%s.parquet" % (version[0], codec), store_schema=False, data_page_version=version, compression=codec,
                       row_group_size=29, data_page_size=48, write_batch_size=5, use_dictionary=codec == "zstd", use_compliant_nested_type=codec == "zstd")
pq.write_table(flat(4).select(["i64", "ts_us", "ts_ns"]), "pyarrow_int96.parquet", store_schema=False, use_deprecated_int96_timestamps=True, data_page_size=64, write_batch_size=8)
pq.write_table(flat(4).select(["d9", "d18", "d38"]), "pyarrow_int_decimals.parquet", store_schema=False, store_decimal_as_integer=True)

con = duckdb.connect()
con.sql("SET threads = 1; SET TimeZone = 'UTC'")
con.sql("CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')")
con.sql("""CREATE TABLE f AS SELECT i AS id, i % 3 = 0 AS b, (i - 20)::TINYINT AS i8, (i * 700)::SMALLINT AS i16, (i * 1000003)::INTEGER AS i32, i::UTINYINT AS u8,
  i::USMALLINT AS u16, 4294967295 - i AS u32x, (18446744073709551615 - i)::UBIGINT AS u64, (i / 8)::FLOAT AS f32, CASE WHEN i = 3 THEN 'nan'::DOUBLE ELSE i / 10 END AS f64,
  (i / 100)::DECIMAL(4, 2) AS d4, (i / 100)::DECIMAL(9, 2) AS d9, (i * 1000007)::DECIMAL(18, 3) AS d18, (i * 1000007)::DECIMAL(38, 10) AS d38,
  DATE '1969-12-20' + i::INTEGER AS day, TIME '00:00:01.5' + to_seconds(i) AS tod, TIMESTAMP '2024-01-01 00:00:00.123456' + to_hours(i) AS ts_us,
  (TIMESTAMP '2024-01-01 00:00:00.123' + to_hours(i))::TIMESTAMP_MS AS ts_ms, (TIMESTAMP '2024-01-01 00:00:00.123' + to_hours(i))::TIMESTAMP_NS AS ts_ns,
  (TIMESTAMP '2024-01-01 00:00:00' + to_hours(i))::TIMESTAMPTZ AS ts_tz, 'word ' || (i % 4) AS s, 'text of its own, ' || i AS own, encode(chr(65 + i::INTEGER)) AS bin,
  (['sad', 'ok', 'happy'])[1 + i % 3]::mood AS mood, ('00000000-0000-0000-0000-' || lpad(i::VARCHAR, 12, '0'))::UUID AS u, '{"a":' || i || '}' AS js
  FROM range(45) t(i)""")
null_all = ", ".join("CASE WHEN id % 4 = 1 THEN NULL ELSE {0} END AS {0}".format(c[0]) for c in con.sql("DESCRIBE f").fetchall() if c[0] != "id")
for i, codec in enumerate(["uncompressed", "snappy", "gzip", "zstd", "lz4_raw", "brotli"]):
    for source, what in [("SELECT * FROM f", "full"), ("SELECT id, %s FROM f" % null_all, "nulls")]:
        con.sql("COPY (%s) TO 'duckdb_%s_%s.parquet' (FORMAT parquet, COMPRESSION %s, PARQUET_VERSION %s)" % (source, what, codec, codec, "V%d" % (1 + (i + (what == "nulls")) % 2)))
con.sql("""COPY (SELECT i AS id, CASE WHEN i % 5 = 4 THEN NULL ELSE [CASE WHEN j = 1 THEN NULL ELSE j END FOR j IN range(i % 4)] END AS l,
  CASE WHEN i % 6 = 5 THEN NULL ELSE {'a': i, 'b': {'c': 'x' || i % 3, 'd': [i, NULL]}} END AS r,
  CASE WHEN i % 5 = 2 THEN NULL ELSE MAP {'k' || i: i, 'z': NULL} END AS m, [{'p': i, 'q': [[i], [], NULL]}] AS lr FROM range(45) t(i))
  TO 'duckdb_nested.parquet' (FORMAT parquet, PARQUET_VERSION V2)""")

if pl is not None:
    t = flat(3).drop_columns(["f16", "t_ms", "t_us", "t_ns"])
    for i, codec in enumerate(["uncompressed", "snappy", "gzip", "zstd", "lz4", "brotli"]):
        pl.from_arrow(t).write_parquet("polars_flat_%s.parquet" % codec, compression=codec, row_group_size=17 if i % 2 else None, data_page_size=64)
    pl.from_arrow(nested().select(["id", "l", "ll", "r", "items", "bits", "when"])).write_parquet("polars_nested.parquet", row_group_size=17, data_page_size=48)

for path in sorted(glob.glob("*.parquet")):
    note(path)
