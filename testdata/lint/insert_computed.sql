-- INSERT into a computed column
CREATE MAPPING trades (
  id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), amount BIGINT, trade_time TIMESTAMP(3)
) TYPE File OPTIONS ('path' = 'trades.ndjson', 'format' = 'json');
CREATE MAPPING u (a BIGINT, b AS a + 1) TYPE File OPTIONS ('path' = 'u.csv');
INSERT INTO u (a, b) SELECT id, amount FROM trades;
