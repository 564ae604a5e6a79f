-- the end of another window than the one that is grouped by
CREATE MAPPING trades (
  id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), amount BIGINT, trade_time TIMESTAMP(3),
  WATERMARK FOR trade_time AS trade_time - INTERVAL '5' SECOND
) TYPE File OPTIONS ('path' = 'trades.ndjson', 'format' = 'json');
SELECT ticker, TUMBLE_END(trade_time, INTERVAL '5' MINUTE), COUNT(*) FROM trades GROUP BY ticker, TUMBLE(trade_time, INTERVAL '1' MINUTE);
