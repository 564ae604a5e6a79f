"""Fails unless two Arrow files hold the same values, whatever the types that hold them."""
import sys
import pyarrow as pa


def rows(path):
    with pa.memory_map(path) as f:
        try:
            t = pa.ipc.open_file(f).read_all()
        except pa.ArrowInvalid:
            f.seek(0)
            t = pa.ipc.open_stream(f).read_all()
        t.validate(full=True)
        return t.schema.names, [[plain(x) for x in t.column(i).to_pylist()] if not wide(t.column(i).type) else
                                [x and str(x) for x in t.column(i).cast(pa.timestamp("us", "UTC" if t.column(i).type.tz else None) if pa.types.is_timestamp(t.column(i).type) else pa.time64("us")).to_pylist()]
                                for i in range(t.num_columns)]


def wide(t):
    return pa.types.is_timestamp(t) or pa.types.is_time(t)


def plain(x):
    if hasattr(x, "tolist"):
        x = x.tolist()
    return x


def compare(one, other):
    a, b = rows(one), rows(other)
    if a[0] != b[0]:
        sys.exit("%s: columns %s and %s" % (other, a[0], b[0]))
    for name, x, y in zip(a[0], a[1], b[1]):
        if x != y:
            sys.exit("%s: column %s: %s and %s" % (other, name, x, y))


for i in range(1, len(sys.argv), 2):
    compare(sys.argv[i], sys.argv[i + 1])
