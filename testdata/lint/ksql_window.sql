-- a window in the words of ksqlDB
CREATE MAPPING trades (
  id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), amount BIGINT, trade_time TIMESTAMP(3), WATERMARK FOR trade_time AS trade_time - INTERVAL '5' SECOND
) TYPE File OPTIONS ('path' = 'trades.ndjson', 'format' = 'json');
SELECT ticker, COUNT(*) FROM trades WINDOW TUMBLING (SIZE 1 MINUTE) GROUP BY ticker;
