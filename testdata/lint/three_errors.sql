-- several mistakes in one file
CREATE MAPPING trades (
  id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), amount BIGINT, trade_time TIMESTAMP(3)
) TYPE File OPTIONS ('path' = 'trades.ndjson', 'format' = 'json');
SELECT prcie FROM trades;
SELECT id FROM trade;
SELECT UPER(ticker), id FROM trades WHERE amount;
