-- a mapping created twice
CREATE MAPPING trades (
  id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), amount BIGINT, trade_time TIMESTAMP(3)
) TYPE File OPTIONS ('path' = 'trades.ndjson', 'format' = 'json');
CREATE MAPPING trades (id BIGINT) TYPE File OPTIONS ('path' = 'x.csv');
