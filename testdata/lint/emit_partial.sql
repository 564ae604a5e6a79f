-- EMIT PARTIAL of TUMBLE
CREATE MAPPING trades (ticker VARCHAR, amount BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) TYPE File OPTIONS ('path' = 'trades.ndjson');
SELECT window_start, window_end, SUM(amount) FROM TUMBLE(TABLE trades, DESCRIPTOR(ts), INTERVAL '1' MINUTE) GROUP BY window_start, window_end EMIT PARTIAL;
