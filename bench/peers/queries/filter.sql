-- A filter that a third of the rows pass, and five of the seven columns.
CREATE MAPPING bids (
    auction  BIGINT,
    bidder   BIGINT,
    price    BIGINT,
    channel  VARCHAR,
    url      VARCHAR,
    dateTime TIMESTAMP(3),
    extra    VARCHAR,
    WATERMARK FOR dateTime AS dateTime - INTERVAL '4' SECONDS
) TYPE File OPTIONS ('path' = '${data}/bids.${format}', 'format' = '${format}');

CREATE MAPPING result (
    auction  BIGINT,
    bidder   BIGINT,
    price    BIGINT,
    channel  VARCHAR,
    dateTime TIMESTAMP(3)
) TYPE File OPTIONS ('path' = '${out}', 'format' = 'parquet');

INSERT INTO result
SELECT auction, bidder, price, channel, dateTime
FROM bids
WHERE price > 1000000;
