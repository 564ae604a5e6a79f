-- COUNT_WINDOW with a slide greater than its size
CREATE MAPPING trades (ticker VARCHAR, amount BIGINT) TYPE File OPTIONS ('path' = 'trades.ndjson');
SELECT window_start, window_end, ticker, SUM(amount) FROM COUNT_WINDOW(TABLE trades PARTITION BY ticker, 10, 20) GROUP BY window_start, window_end, ticker;
