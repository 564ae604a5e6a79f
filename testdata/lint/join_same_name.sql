-- one table twice
CREATE MAPPING trades (
  id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), amount BIGINT, trade_time TIMESTAMP(3)
) TYPE File OPTIONS ('path' = 'trades.ndjson', 'format' = 'json');
SELECT id FROM trades JOIN trades ON id = id;
