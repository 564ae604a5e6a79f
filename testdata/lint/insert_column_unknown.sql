-- a column in the list of INSERT mistyped
CREATE MAPPING trades (
  id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), amount BIGINT, trade_time TIMESTAMP(3)
) TYPE File OPTIONS ('path' = 'trades.ndjson', 'format' = 'json');
CREATE MAPPING totals (ticker VARCHAR, n BIGINT) TYPE File OPTIONS ('path' = 'totals.csv', 'format' = 'csv');
INSERT INTO totals (tiker, n) SELECT ticker, id FROM trades;
