-- Nexmark q2: a filter that few rows pass, and a projection.
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
    auction BIGINT,
    price   BIGINT
) TYPE File OPTIONS ('path' = '${out}', 'format' = 'parquet');

INSERT INTO result
SELECT auction, price
FROM bids
WHERE MOD(auction, 123) = 0;
