"""Writes persons, auctions and bids as Parquet (Snappy) beside their NDJSON files."""
import os
import sys

import duckdb

COLUMNS = {
    "bids": "auction BIGINT, bidder BIGINT, price BIGINT, channel VARCHAR, url VARCHAR, dateTime TIMESTAMP, extra VARCHAR",
    "auctions": "id BIGINT, itemName VARCHAR, description VARCHAR, initialBid BIGINT, reserve BIGINT, dateTime TIMESTAMP, "
                "expires TIMESTAMP, seller BIGINT, category BIGINT, extra VARCHAR",
    "persons": "id BIGINT, name VARCHAR, emailAddress VARCHAR, creditCard VARCHAR, city VARCHAR, state VARCHAR, "
               "dateTime TIMESTAMP, extra VARCHAR",
}


def main(folder):
    db = duckdb.connect()
    db.execute("SET threads = 2; SET preserve_insertion_order = true")
    for name, columns in COLUMNS.items():
        source, target = f"{folder}/{name}.ndjson", f"{folder}/{name}.parquet"
        fields = ", ".join("{}: '{}'".format(*c.split()) for c in columns.split(", "))
        db.execute(f"COPY (SELECT * FROM read_ndjson('{source}', columns={{{fields}}})) "
                   f"TO '{target}.part' (FORMAT parquet, COMPRESSION snappy)")
        os.rename(target + ".part", target)


if __name__ == "__main__":
    main(sys.argv[1])
