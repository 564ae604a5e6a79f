-- columns in another order than the mapping's
CREATE MAPPING trades (
  id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), amount BIGINT, trade_time TIMESTAMP(3), WATERMARK FOR trade_time AS trade_time - INTERVAL '5' SECOND
) TYPE File OPTIONS ('path' = 'trades.ndjson', 'format' = 'json');
CREATE MAPPING totals (ticker VARCHAR, n BIGINT) TYPE File OPTIONS ('path' = 'totals.csv');
INSERT INTO totals SELECT amount AS n, ticker FROM trades;
