-- The minute totals as Apache Flink's SQL writes them. WATERMARK FOR drops nothing
-- by itself: a trade is too late when the minute it belongs to has closed.

CREATE TABLE trades (
    id     BIGINT,
    ticker STRING,
    price  DECIMAL(10, 2),
    amount BIGINT,
    ts     TIMESTAMP(3),
    WATERMARK FOR ts AS ts - INTERVAL '10' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'trades.ndjson', 'format' = 'json');

SELECT window_start, window_end, ticker, COUNT(*) AS trades, SUM(amount) AS shares
FROM TABLE(TUMBLE(TABLE trades, DESCRIPTOR(ts), INTERVAL '1' MINUTES))
WHERE price > 10
GROUP BY window_start, window_end, ticker;
