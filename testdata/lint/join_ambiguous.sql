-- a column of both sides without its table
CREATE MAPPING trades (
  id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), amount BIGINT, trade_time TIMESTAMP(3)
) TYPE File OPTIONS ('path' = 'trades.ndjson', 'format' = 'json');
SELECT id, b.price FROM trades a JOIN trades b ON a.ticker = b.ticker;
