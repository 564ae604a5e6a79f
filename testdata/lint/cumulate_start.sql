-- GROUP BY the start of CUMULATE alone
CREATE MAPPING trades (ticker VARCHAR, amount BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' SECONDS) TYPE File OPTIONS ('path' = 'trades.ndjson', 'format' = 'ndjson');
SELECT window_start, SUM(amount)
FROM TABLE(CUMULATE(TABLE trades, DESCRIPTOR(ts), INTERVAL '1' HOUR, INTERVAL '1' DAY))
GROUP BY window_start;
