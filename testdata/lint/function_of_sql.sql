-- a function written in SQL
CREATE MAPPING trades (
  id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), amount BIGINT, trade_time TIMESTAMP(3), WATERMARK FOR trade_time AS trade_time - INTERVAL '5' SECOND
) TYPE File OPTIONS ('path' = 'trades.ndjson', 'format' = 'json');
CREATE FUNCTION cents(price DECIMAL(10, 2)) RETURNS BIGINT AS CAST(price * 100 AS BIGINT);
