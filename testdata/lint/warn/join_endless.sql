-- two streams that nothing bounds
CREATE MAPPING trades (
  id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), trade_time TIMESTAMP(3), WATERMARK FOR trade_time AS trade_time - INTERVAL '5' SECOND
) TYPE File OPTIONS ('path' = 'trades.ndjson', 'format' = 'json', 'follow' = 'true');
SELECT a.id, b.price FROM trades a LEFT JOIN trades b ON a.ticker = b.ticker AND b.trade_time > a.trade_time;
