-- INSERT without a column that must be there
CREATE MAPPING trades (
  id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), amount BIGINT, trade_time TIMESTAMP(3)
) TYPE File OPTIONS ('path' = 'trades.ndjson', 'format' = 'json');
CREATE MAPPING u (id BIGINT NOT NULL, name VARCHAR) TYPE File OPTIONS ('path' = 'u.csv');
INSERT INTO u (name) SELECT ticker FROM trades;
