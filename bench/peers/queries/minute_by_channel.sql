-- Count, sum, mean, least and greatest price of each channel in each minute.
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
    minute  TIMESTAMP(3),
    channel VARCHAR,
    bids    BIGINT,
    total   BIGINT,
    mean    DOUBLE,
    low     BIGINT,
    high    BIGINT
) TYPE File OPTIONS ('path' = '${out}', 'format' = 'parquet');

INSERT INTO result
SELECT window_start, channel, COUNT(*), SUM(price), AVG(price), MIN(price), MAX(price)
FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(dateTime), INTERVAL '1' MINUTE))
GROUP BY window_start, window_end, channel;
