-- DECIMAL with more digits behind the point than in all
CREATE MAPPING trades (
  id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), amount BIGINT, trade_time TIMESTAMP(3)
) TYPE File OPTIONS ('path' = 'trades.ndjson', 'format' = 'json');
SELECT CAST(price AS DECIMAL(4, 6)) FROM trades;
