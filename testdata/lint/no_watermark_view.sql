-- a window over a view whose table has no watermark
CREATE MAPPING trades (
  id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), amount BIGINT, trade_time TIMESTAMP(3)
) TYPE File OPTIONS ('path' = 'trades.ndjson', 'format' = 'json');
CREATE VIEW big AS SELECT * FROM trades WHERE amount > 100;
SELECT window_start, COUNT(*) FROM TABLE(TUMBLE(TABLE big, DESCRIPTOR(trade_time), INTERVAL '1' MINUTE)) GROUP BY window_start;
