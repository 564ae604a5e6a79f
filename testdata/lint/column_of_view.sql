-- a column that the view leaves out
CREATE MAPPING trades (
  id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), amount BIGINT, trade_time TIMESTAMP(3)
) TYPE File OPTIONS ('path' = 'trades.ndjson', 'format' = 'json');
CREATE VIEW v AS SELECT id, ticker FROM trades;
SELECT id, price FROM v;
