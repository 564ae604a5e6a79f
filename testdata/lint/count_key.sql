-- GROUP BY a column that COUNT_WINDOW is not partitioned by
CREATE MAPPING trades (ticker VARCHAR, amount BIGINT) TYPE File OPTIONS ('path' = 'trades.ndjson');
SELECT window_start, window_end, ticker, SUM(amount) FROM COUNT_WINDOW(TABLE trades, 10) GROUP BY window_start, window_end, ticker;
