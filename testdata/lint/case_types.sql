-- branches of CASE that do not fit
CREATE MAPPING trades (
  id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), amount BIGINT, trade_time TIMESTAMP(3)
) TYPE File OPTIONS ('path' = 'trades.ndjson', 'format' = 'json');
SELECT CASE WHEN id > 3 THEN 'big' ELSE 0 END FROM trades;
