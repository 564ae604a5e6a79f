"""Makes the files of this folder with pyarrow and Polars, and their rows as they were put in.

    python make.py        (pyarrow; the files of Polars only where it is installed)
"""
import datetime as dt, decimal, json, math, os, sys
import pyarrow as pa, pyarrow.feather as feather

here = os.path.dirname(os.path.abspath(__file__))
D = decimal.Decimal
utc = dt.timezone.utc
t1, t2 = dt.datetime(2024, 2, 29, 12, 34, 56, 789012), dt.datetime(1969, 12, 31, 23, 59, 59, 999999)
long = "a text that is longer than a view holds, " * 3


def column(typ, *values):
    return pa.array(list(values), typ)


cols = {
    "nothing": column(pa.null(), None, None, None, None),
    "b": column(pa.bool_(), True, None, False, True),
    "i8": column(pa.int8(), -128, None, 127, 0), "i16": column(pa.int16(), -32768, None, 32767, 0),
    "i32": column(pa.int32(), -2**31, None, 2**31 - 1, 0), "i64": column(pa.int64(), -2**63, None, 2**63 - 1, 0),
    "u8": column(pa.uint8(), 255, None, 0, 1), "u16": column(pa.uint16(), 65535, None, 0, 1),
    "u32": column(pa.uint32(), 2**32 - 1, None, 0, 1), "u64": column(pa.uint64(), 2**64 - 1, None, 0, 1),
    "f16": pa.array([1.5, None, -0.25, 65504.0]).cast(pa.float16()), "f32": column(pa.float32(), 1.5, None, -0.25, 1e30),
    "f64": column(pa.float64(), 0.1, None, -1e300, 5.0),
    "dec": column(pa.decimal128(10, 2), D("12345678.90"), None, D("-0.01"), D("0.00")),
    "dec38": column(pa.decimal128(38, 10), D("1234567890123456789012345678.0123456789"), None, D("-1.0000000000"), D("0E-10")),
    "s": column(pa.string(), "", None, "größe", long), "ls": column(pa.large_string(), "x", None, long, "日本"),
    "sv": column(pa.string_view(), long, None, "tiny", long + "!"),
    "bin": column(pa.binary(), b"\x00\xff", None, b"", b"0123456789abcdef"), "lbin": column(pa.large_binary(), b"\x01", None, b"", b"zz"),
    "binv": column(pa.binary_view(), b"\x01" * 40, None, b"", b"zz"), "fix": column(pa.binary(3), b"abc", None, b"\x00\x01\x02", b"xyz"),
    "d32": column(pa.date32(), t1.date(), None, t2.date(), dt.date(1, 1, 1)), "d64": column(pa.date64(), t1.date(), None, t2.date(), dt.date(1970, 1, 1)),
    "t_s": column(pa.time32("s"), dt.time(1, 2, 3), None, dt.time(0), dt.time(23, 59, 59)),
    "t_ms": column(pa.time32("ms"), dt.time(1, 2, 3, 4000), None, dt.time(0), dt.time(23, 59, 59)),
    "t_us": column(pa.time64("us"), dt.time(1, 2, 3, 4), None, dt.time(0), dt.time(23, 59, 59)),
    "t_ns": column(pa.time64("ns"), dt.time(1, 2, 3, 4), None, dt.time(0), dt.time(23, 59, 59)),
}
for unit in ["s", "ms", "us", "ns"]:
    cut = {"s": 1000000, "ms": 1000}.get(unit, 1)
    values = [v and v.replace(microsecond=v.microsecond // cut * cut) for v in (t1, None, t2, dt.datetime(1970, 1, 1))]
    cols["ts_" + unit] = column(pa.timestamp(unit), *values)
    cols["tz_" + unit] = column(pa.timestamp(unit, "Europe/Berlin"), *[v and v.replace(tzinfo=utc) for v in values])
row = pa.struct([("a", pa.int32()), ("b", pa.string())])
nested = {
    "l": column(pa.list_(pa.int32()), [1, None, 3], None, [], [4]), "ll": column(pa.large_list(pa.string()), ["x", long], None, [], [None]),
    "fl": column(pa.list_(pa.int16(), 2), [1, 2], None, [3, None], [5, 6]), "lv": column(pa.list_view(pa.int64()), [1, 2], None, [], [None, 3]),
    "llv": column(pa.large_list_view(pa.string()), ["p"], None, [long, "q"], []),
    "r": column(row, {"a": 1, "b": "x"}, None, {"a": None, "b": long}, {"a": 4, "b": None}),
    "m": column(pa.map_(pa.string(), pa.int64()), [("k", 1), ("l", None)], None, [], [(long, 2)]),
    "lr": column(pa.list_(row), [{"a": 1, "b": "x"}, None], None, [], [{"a": 2, "b": "y"}]),
    "lll": column(pa.list_(pa.list_(pa.bool_())), [[True, None], []], None, [], [None, [False]]),
}
def coded(codes, values):
    return pa.DictionaryArray.from_arrays(pa.array([0, None, 1, 0], codes), pa.array(["red", "green"], values))


dicts = {
    "d8": coded(pa.int8(), pa.string()), "d64": coded(pa.int64(), pa.large_string()),
    "du": coded(pa.uint16(), pa.string()),
    "di": pa.array([1000, None, 3, 1000]).dictionary_encode(),
    "ld": pa.ListArray.from_arrays(pa.array([0, 2, 2, 4, 4]), pa.array(["u", "v", "u", "w"]).dictionary_encode()),
}


def text(v, f):
    """The value as heliosc prints it in NDJSON."""
    t = f
    if v is None:
        return "null"
    if pa.types.is_dictionary(t):
        return text(v, t.value_type)
    if pa.types.is_boolean(t):
        return "true" if v else "false"
    if pa.types.is_decimal(t):
        return format(v, "f")
    if pa.types.is_floating(t):
        return repr_float(float(v), t)
    if pa.types.is_integer(t):
        return str(v)
    if isinstance(v, bytes):
        import base64
        return json.dumps(base64.b64encode(v).decode())
    if pa.types.is_timestamp(t):
        if t.tz:
            v = v.astimezone(utc).replace(tzinfo=None)
        digits = 9 if t.unit == "ns" else 6
        frac = ("%06d" % v.microsecond + "000")[:digits]
        return json.dumps(v.strftime("%Y-%m-%d %H:%M:%S") + ("." + frac if int(frac or 0) else ""))
    if pa.types.is_date(t):
        return json.dumps("%04d-%02d-%02d" % (v.year, v.month, v.day))
    if pa.types.is_time(t):
        return json.dumps(v.strftime("%H:%M:%S") + (".%06d" % v.microsecond if v.microsecond else ""))
    if pa.types.is_map(t):
        return "{" + ",".join(json.dumps(k, ensure_ascii=False) + ":" + text(x, t.item_type) for k, x in v) + "}"
    if pa.types.is_struct(t):
        return "{" + ",".join(json.dumps(k.name) + ":" + text(v[k.name], k.type) for k in t) + "}"
    if isinstance(v, list):
        return "[" + ",".join(text(x, t.value_type) for x in v) + "]"
    return json.dumps(v, ensure_ascii=False)


def repr_float(v, t):
    import re
    s = repr(v) if t == pa.float64() else repr(float(str(pa.scalar(v, pa.float32()).cast(pa.string()))))
    return re.sub(r"e([+-])0*(\d)", r"e\1\2", s)


def rows(name, table):
    with open(os.path.join(here, name + ".ndjson"), "w", encoding="utf-8") as out:
        for batch in table.to_batches():
            for i in range(batch.num_rows):
                out.write("{" + ",".join(json.dumps(f.name) + ":" + text(as_py(batch.column(k)[i]), f.type) for k, f in enumerate(batch.schema)) + "}\n")


def as_py(x):
    if pa.types.is_timestamp(x.type) or pa.types.is_time(x.type):
        if x.type.unit == "ns":
            x = x.cast(pa.timestamp("us", x.type.tz) if pa.types.is_timestamp(x.type) else pa.time64("us"))
    return x.as_py()


def write(name, table, stream=False, **opt):
    path = os.path.join(here, name + (".arrows" if stream else ".arrow"))
    options = pa.ipc.IpcWriteOptions(**opt)
    new = pa.ipc.new_stream if stream else pa.ipc.new_file
    with new(path, table.schema, options=options) as w:
        w.write_table(table)
    rows(name, table)


if __name__ == "__main__":
    flat = pa.table(cols)
    write("flat", pa.concat_tables([flat, flat.slice(1, 2)]))
    write("flat_zstd", flat, compression="zstd")
    write("flat_lz4", pa.table({k: pa.concat_arrays([v] * 40) for k, v in cols.items()}), compression="lz4")
    write("nested", pa.concat_tables([pa.table(nested), pa.table(nested).slice(2, 2)]))
    write("nested_stream", pa.table(nested), stream=True, compression="zstd")
    write("dicts", pa.table(dicts))
    other = dict(dicts, d8=pa.DictionaryArray.from_arrays(pa.array([0, 1, None, 2], pa.int8()), pa.array(["blue", "red", "x"])))
    both = pa.Table.from_batches([pa.record_batch(dicts), pa.record_batch(other)])
    write("dicts_stream", both, stream=True)
    grown = pa.Table.from_batches([pa.record_batch({"d": pa.DictionaryArray.from_arrays(pa.array([0, 1]), pa.array(["a", "b"]))}),
                                   pa.record_batch({"d": pa.DictionaryArray.from_arrays(pa.array([2, 0]), pa.array(["a", "b", "c" * 20]))})])
    write("deltas", grown, emit_dictionary_deltas=True)
    write("deltas_stream", grown, stream=True, emit_dictionary_deltas=True)
    write("empty", flat.slice(0, 0))
    feather.write_feather(pa.table(dicts), os.path.join(here, "feather.feather"), compression="lz4")
    rows("feather", pa.table(dicts))
    try:
        import polars as pl
    except ImportError:
        sys.exit("polars is not installed: its files are left as they are")
    frame = pl.DataFrame({
        "s": ["", None, "größe", long], "i": [1, None, 3, -4], "f": [0.5, None, -1e300, 2.0], "b": [True, None, False, True],
        "d": [t1.date(), None, t2.date(), t1.date()], "ts": [t1, None, t2, t1], "cat": pl.Series(["red", None, "green", "red"], dtype=pl.Categorical),
        "enum": pl.Series(["x", None, "y", "x"], dtype=pl.Enum(["x", "y", "z"])), "l": [[1, None], None, [], [4]], "r": [{"a": 1, "b": "x"}, {"a": None, "b": None}, {"a": 2, "b": long}, {"a": 3, "b": "z"}],
        "dec": pl.Series([D("1.50"), None, D("-2.25"), D("0.00")], dtype=pl.Decimal(10, 2)), "t": [dt.time(1, 2, 3, 4), None, dt.time(0), dt.time(23)], "u": pl.Series([1, None, 2**32 - 1, 0], dtype=pl.UInt32),
    })
    for name, codec in [("polars", "uncompressed"), ("polars_zstd", "zstd"), ("polars_lz4", "lz4")]:
        frame.write_ipc(os.path.join(here, name + ".arrow"), compression=codec)
        rows(name, frame.to_arrow())
    frame.write_ipc_stream(os.path.join(here, "polars_stream.arrows"))
    rows("polars_stream", frame.to_arrow())
