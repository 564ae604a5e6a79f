-- times alone relate the sides
CREATE MAPPING trades (
  id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), trade_time TIMESTAMP(3), WATERMARK FOR trade_time AS trade_time - INTERVAL '5' SECOND
) TYPE File OPTIONS ('path' = 'trades.ndjson', 'format' = 'json');
SELECT a.id, b.id FROM trades a JOIN trades b ON b.trade_time BETWEEN a.trade_time AND a.trade_time + INTERVAL '10' SECOND;
