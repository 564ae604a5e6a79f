-- COUNT_WINDOW of an interval
CREATE MAPPING trades (ticker VARCHAR, amount BIGINT) TYPE File OPTIONS ('path' = 'trades.ndjson');
SELECT * FROM COUNT_WINDOW(TABLE trades PARTITION BY ticker, INTERVAL '1' MINUTE);
