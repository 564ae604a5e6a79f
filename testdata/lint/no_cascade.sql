-- a mistake in a view that others use
CREATE MAPPING trades (
  id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), amount BIGINT, trade_time TIMESTAMP(3)
) TYPE File OPTIONS ('path' = 'trades.ndjson', 'format' = 'json');
CREATE VIEW v AS SELECT id, prcie AS price FROM trades;
SELECT price FROM v WHERE price > 3;
SELECT UPPER(price), id + price FROM v;
