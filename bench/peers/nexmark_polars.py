"""The queries of Nexmark for Polars, which sees the whole input at once and runs them on its streaming engine.

Ties are broken as heliosc breaks them: by the order of the rows, which n numbers."""
from datetime import timedelta
from decimal import Decimal

import polars as pl
from polars import col

COLUMNS = {
    "bid": "auction=i bidder=i price=i channel=s url=s dateTime=t extra=s",
    "auction": "id=i itemName=s description=s initialBid=i reserve=i dateTime=t expires=t seller=i category=i extra=s",
    "person": "id=i name=s emailAddress=s creditCard=s city=s state=s dateTime=t extra=s",
}

TEN = timedelta(seconds=10)
BID = ["auction", "bidder", "price", "channel", "url", "dateTime", "extra"]
AUCTION = ["itemName", "description", "initialBid", "reserve", "dateTime", "expires", "seller", "category", "extra"]


class Tables:
    """The inputs as lazy frames."""

    def __init__(self, data, fmt):
        self.data, self.fmt = data, fmt

    def _read(self, name):
        path = f"{self.data}/{name}s.{self.fmt}"
        if self.fmt == "parquet":
            return pl.scan_parquet(path)
        kinds = dict(c.split("=") for c in COLUMNS[name].split())
        times = [c for c, kind in kinds.items() if kind == "t"]
        read = pl.scan_ndjson(path, schema={c: pl.Int64 if kind == "i" else pl.String for c, kind in kinds.items()})
        return read.with_columns(col(times).str.to_datetime("%Y-%m-%d %H:%M:%S%.3f", time_unit="us"))

    @property
    def bid(self):
        return self._read("bid")

    @property
    def numbered(self):
        return self.bid.with_row_index("n")

    @property
    def auction(self):
        return self._read("auction")

    @property
    def person(self):
        return self._read("person")

    @property
    def side(self):
        return pl.LazyFrame({"key": range(10000), "value": [f"value-{k}" for k in range(10000)]})

    @property
    def open_bids(self):
        """Bids while their auction is open; the bid's own columns end with _bid where both have them."""
        both = self.auction.join(self.numbered, left_on="id", right_on="auction", how="inner", suffix="_bid")
        return both.filter(col("dateTime_bid").is_between(col("dateTime"), col("expires")))


def _day():
    return col("dateTime").dt.strftime("%Y-%m-%d").alias("day")


def _euros():
    # Whole thousandths: exact.
    return (col("price").cast(pl.Decimal(20, 0)) * pl.lit(Decimal("0.908"))).cast(pl.Decimal(23, 3)).alias("price")


def _ranges():
    price = col("price")
    return [price < 10000, (price >= 10000) & (price < 1000000), price >= 1000000]


def _counts():
    """How many rows there are, and how many in each range of prices."""
    return [c.cast(pl.Int64).alias(f"bids{i}") for i, c in enumerate([pl.len(), *[r.sum() for r in _ranges()]])]


def _distinct(column):
    """How many values there are, and how many in each range of prices."""
    values = [col(column), *[col(column).filter(r) for r in _ranges()]]
    return [v.n_unique().cast(pl.Int64).alias(f"{column}s{i}") for i, v in enumerate(values)]


def _all_counts():
    return [*_counts(), *_distinct("bidder"), *_distinct("auction")]


def q0(t):
    return t.bid.select("auction", "bidder", "price", "dateTime", "extra")


def q1(t):
    return t.bid.select("auction", "bidder", _euros(), "dateTime", "extra")


def q2(t):
    return t.bid.filter(col("auction") % 123 == 0).select("auction", "price")


def q3(t):
    sellers = t.person.filter(col("state").is_in(["OR", "ID", "CA"]))
    items = t.auction.filter(col("category") == 10).select(col("id").alias("item"), "seller")
    return items.join(sellers, left_on="seller", right_on="id").select("name", "city", "state", "item")


def q4(t):
    final = t.open_bids.group_by("id", "category").agg(col("price").max())
    return final.group_by("category").agg(col("price").mean().cast(pl.Int64))


def q5(t):
    panes = t.bid.group_by("auction", col("dateTime").dt.truncate("2s").alias("pane")).agg(pl.len().cast(pl.Int64).alias("num"))
    counts = pl.concat([panes.with_columns((col("pane") - timedelta(seconds=2 * back)).alias("starts")) for back in range(5)])
    counts = counts.group_by("auction", "starts").agg(col("num").sum())
    most = counts.group_by("starts").agg(col("num").max())
    return counts.join(most, on=["starts", "num"]).select("auction", "num")


def q7(t):
    highest = t.bid.group_by(col("dateTime").dt.truncate("10s").alias("starts")).agg(col("price").max())
    found = t.bid.join(highest, on="price").filter(col("dateTime").is_between(col("starts"), col("starts") + TEN))
    return found.select("auction", "bidder", "price", "dateTime", "extra")


def q8(t):
    starts = col("dateTime").dt.truncate("10s").alias("starts")
    people = t.person.select("id", "name", starts).unique()
    sellers = t.auction.select("seller", starts).unique()
    return people.join(sellers, left_on=["id", "starts"], right_on=["seller", "starts"]).select("id", "name", "starts")


def q9(t):
    best = t.open_bids.sort("id", col("price"), "dateTime_bid", "n", descending=[False, True, False, False])
    best = best.unique(subset="id", keep="first", maintain_order=True)
    return best.select("id", *AUCTION, col("id").alias("auction"), "bidder", "price", "dateTime_bid", "extra_bid")


def q10(t):
    return t.bid.select("auction", "bidder", "price", "dateTime", "extra", _day(), col("dateTime").dt.strftime("%H:%M").alias("hm"))


def q11(t):
    rows = t.bid.select("bidder", "dateTime").sort("bidder", "dateTime")
    begins = (col("bidder") != col("bidder").shift(1)) | (col("dateTime") - col("dateTime").shift(1) > TEN)
    sessions = rows.with_columns(begins.fill_null(True).cum_sum().alias("session")).group_by("bidder", "session")
    return sessions.agg(pl.len().cast(pl.Int64).alias("bids"), col("dateTime").min().alias("first"), (col("dateTime").max() + TEN).alias("last")).drop("session")


def q13(t):
    keyed = t.bid.with_columns((col("auction") % 10000).alias("key"))
    return keyed.join(t.side, on="key").select("auction", "bidder", "price", "dateTime", "value")


def q14(t):
    hour = col("dateTime").dt.hour()
    kind = pl.when(hour.is_between(8, 18)).then(pl.lit("dayTime")).when((hour <= 6) | (hour >= 20)).then(pl.lit("nightTime")).otherwise(pl.lit("otherTime"))
    thousandths = col("price") * 908
    kept = t.bid.filter((thousandths > 1_000_000_000) & (thousandths < 50_000_000_000))
    return kept.select("auction", "bidder", _euros(), kind.alias("kind"), "dateTime", "extra",
                       col("extra").str.count_matches("c", literal=True).cast(pl.Int64).alias("cs"))


def q15(t):
    return t.bid.group_by(_day()).agg(*_all_counts())


def q16(t):
    minute = col("dateTime").max().dt.strftime("%H:%M").alias("minute")  # of a day: the last one
    return t.bid.group_by("channel", _day()).agg(minute, *_all_counts())


def q17(t):
    price = col("price")
    return t.bid.group_by("auction", _day()).agg(*_counts(), price.min().alias("low"), price.max().alias("high"),
                                                 price.mean().cast(pl.Int64).alias("mean"), price.sum().alias("total"))


def q18(t):
    last = t.numbered.sort("dateTime", "n", descending=[True, False])
    return last.unique(subset=["bidder", "auction"], keep="first", maintain_order=True).select(BID)


def q19(t):
    rows = t.numbered.sort("auction", "price", "n", descending=[False, True, False])
    place = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("auction").alias("place")
    return rows.with_columns(place).filter(col("place") <= 10).select(*BID, "place")


def q20(t):
    items = t.auction.filter(col("category") == 10)
    both = t.bid.join(items, left_on="auction", right_on="id", suffix="_auction")
    return both.select(*BID, *[c + "_auction" if c in ("dateTime", "extra") else c for c in AUCTION])


def q21(t):
    channel, ident = col("channel").str.to_lowercase(), "(&|^)channel_id=([^&]*)"
    known = {"apple": "0", "google": "1", "facebook": "2", "baidu": "3"}
    kept = t.bid.filter(col("url").str.contains(ident) | channel.is_in(list(known)))
    found = channel.replace_strict(known, default=None, return_dtype=pl.String)
    return kept.select("auction", "bidder", "price", "channel", pl.coalesce(found, col("url").str.extract(ident, 2)).alias("channel_id"))


def q22(t):
    parts = col("url").str.split("/")
    return t.bid.select("auction", "bidder", "price", "channel", *[parts.list.get(i, null_on_oob=True).fill_null("").alias(f"dir{i - 2}") for i in (3, 4, 5)])


QUERIES = {name: made for name, made in globals().items() if name[0] == "q" and name[1:].isdigit()}


def prepared(query, data, fmt, out):
    """A function that runs the query and writes its result into the folder out."""
    frame = QUERIES[query](Tables(data, fmt))
    return lambda: frame.sink_parquet(f"{out}/result.parquet", compression="snappy")


def rows(query, data, fmt):
    """The rows of the query's result, as tuples."""
    return QUERIES[query](Tables(data, fmt)).collect(engine="streaming").rows()
