-- CUMULATE with its longest window before its step
CREATE MAPPING trades (ticker VARCHAR, amount BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' SECONDS) TYPE File OPTIONS ('path' = 'trades.ndjson', 'format' = 'ndjson');
SELECT window_start, window_end, SUM(amount)
FROM TABLE(CUMULATE(TABLE trades, DESCRIPTOR(ts), INTERVAL '1' DAY, INTERVAL '1' HOUR))
GROUP BY window_start, window_end;
