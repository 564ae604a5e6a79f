# Makes the .parquet files of this folder: python make.py (duckdb 2.0.0, pyarrow 26.0.1, polars 2.1.0).
import datetime as dt
import decimal
import uuid

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

N = 500
D = decimal.Decimal
decimal.getcontext().prec = 60
EPOCH = dt.datetime(2024, 1, 1)


def null(i, v):
    return None if i % 7 == 3 else v


def table():
    """500 rows; columns n_* have a NULL in every row i with i % 7 == 3."""
    r = range(N)
    ts = [EPOCH + dt.timedelta(milliseconds=i * 1500) for i in r]
    tsu = [t + dt.timedelta(microseconds=i % 1000) for i, t in enumerate(ts)]
    return pa.table({
        "id": pa.array(r, pa.int64()),
        "b": pa.array([i % 3 == 0 for i in r], pa.bool_()),
        "i8": pa.array([i % 256 - 128 for i in r], pa.int8()),
        "i16": pa.array([i * 60 - 30000 for i in r], pa.int16()),
        "i32": pa.array([i * 1000003 - 500000000 for i in r], pa.int32()),
        "u8": pa.array([i % 256 for i in r], pa.uint8()),
        "u16": pa.array([i * 65 for i in r], pa.uint16()),
        "u32": pa.array([i * 4294967 for i in r], pa.uint32()),
        "u64": pa.array([i * 18446744073709551 for i in r], pa.uint64()),
        "f32": pa.array([i / 4 for i in r], pa.float32()),
        "f64": pa.array([i / 10 for i in r], pa.float64()),
        "d9": pa.array([D(i - 250) / 100 for i in r], pa.decimal128(9, 2)),
        "d18": pa.array([D(i - 250) * 1000000007 / 10000 for i in r], pa.decimal128(18, 4)),
        "d38": pa.array([D(i - 250) * D("100000000000000000000000000000.00001") for i in r], pa.decimal128(38, 5)),
        "day": pa.array([dt.date(2024, 1, 1) + dt.timedelta(days=i - 250) for i in r], pa.date32()),
        "tod": pa.array([dt.time(i % 24, i % 60, i % 60, i * 1000) for i in r], pa.time64("us")),
        "ts_ms": pa.array(ts, pa.timestamp("ms")),
        "ts_us": pa.array(tsu, pa.timestamp("us")),
        "ts_ns": pa.array(tsu, pa.timestamp("ns")),
        "ts_tz": pa.array(tsu, pa.timestamp("us", tz="UTC")),
        "s": pa.array(["s%d" % (i % 10) for i in r], pa.string()),
        "long": pa.array(["a long text that no view holds, number %d" % i for i in r], pa.string()),
        "bin": pa.array([bytes([i % 256, 0, 255]) for i in r], pa.binary()),
        "fix": pa.array([bytes([i % 256] * 5) for i in r], pa.binary(5)),
        "n_i": pa.array([null(i, i) for i in r], pa.int64()),
        "n_f": pa.array([null(i, i / 2) for i in r], pa.float64()),
        "n_b": pa.array([null(i, i % 2 == 0) for i in r], pa.bool_()),
        "n_s": pa.array([null(i, "t%d" % (i % 5)) for i in r], pa.string()),
        "n_ts": pa.array([null(i, t) for i, t in enumerate(tsu)], pa.timestamp("us")),
        "n_d": pa.array([null(i, D(i) / 10) for i in r], pa.decimal128(12, 1)),
        "nil": pa.array([None] * N, pa.int32()),
    })


t = table()
pq.write_table(t, "pyarrow_v1_snappy.parquet", row_group_size=150, data_page_size=600, write_batch_size=50)
pq.write_table(t, "pyarrow_v2_zstd.parquet", row_group_size=200, compression="zstd", data_page_version="2.0",
               data_page_size=500, write_batch_size=64)
plain = {c: "PLAIN" for c in t.column_names}
pq.write_table(t, "pyarrow_plain_none.parquet", compression="none", use_dictionary=False, write_statistics=False, column_encoding=plain)
delta = {"id": "DELTA_BINARY_PACKED", "i32": "DELTA_BINARY_PACKED", "ts_us": "DELTA_BINARY_PACKED", "s": "DELTA_BYTE_ARRAY",
         "long": "DELTA_LENGTH_BYTE_ARRAY", "f64": "BYTE_STREAM_SPLIT", "f32": "BYTE_STREAM_SPLIT", "b": "RLE", "n_s": "DELTA_BYTE_ARRAY",
         "n_i": "DELTA_BINARY_PACKED"}
pq.write_table(t, "pyarrow_delta_gzip.parquet", compression="gzip", use_dictionary=False, column_encoding=delta, data_page_version="2.0")
pq.write_table(t, "pyarrow_brotli.parquet", compression="brotli")
pq.write_table(t.select(["id", "i16", "s"]), "pyarrow_lz4.parquet", compression="lz4")
pq.write_table(t.select(["id", "ts_us", "n_ts"]), "pyarrow_int96.parquet", use_deprecated_int96_timestamps=True)
# The dictionary grows over its limit within a row group, so that plain pages follow pages of codes.
pq.write_table(t.select(["id", "s", "long"]), "pyarrow_dict_overflow.parquet", dictionary_pagesize_limit=2000, data_page_size=400, write_batch_size=40)
pq.write_table(t.slice(0, 0), "pyarrow_no_rows.parquet")
pq.write_table(pa.table({"id": [1, 2], "l": [[1], [2, 3]]}), "pyarrow_nested.parquet")
pq.write_table(pa.table({"id": pa.array([1, 300, -5, None], pa.int64()), "raw": pa.array([b"ok", b"\xff\xfe", b"{}", None], pa.binary()),
                         "dict": pa.array(["1", "{}", "nope", "nope"], pa.string())}), "pyarrow_bad_values.parquet")

con = duckdb.connect()
con.sql("SET threads = 1")
con.register("t", t)
con.sql("COPY (SELECT *, ('00000000-0000-0000-0000-' || lpad(id::VARCHAR, 12, '0'))::UUID AS uuid FROM t) TO 'duckdb_snappy.parquet' (FORMAT parquet, ROW_GROUP_SIZE 2048)")
con.sql("COPY t TO 'duckdb_v2_zstd.parquet' (FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2)")

pl.from_arrow(t).write_parquet("polars_zstd.parquet", row_group_size=170, data_page_size=700)

# Columns whose values are in no order, each with a dictionary and so with a bloom filter.
con.sql("CREATE TABLE bloom AS SELECT (i * 77) % 1400 AS big, ((i * 77) % 1400)::INTEGER AS mid, "
        "'a text that is longer than a block, number ' || ((i * 77) % 1400) AS text FROM range(2000) t(i)")
con.sql("COPY bloom TO 'duckdb_bloom.parquet' (FORMAT parquet, COMPRESSION zstd)")
