-- USING of a column that one side lacks
CREATE MAPPING trades (
  id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), amount BIGINT, trade_time TIMESTAMP(3)
) TYPE File OPTIONS ('path' = 'trades.ndjson', 'format' = 'json');
CREATE MAPPING tickers (ticker VARCHAR, company VARCHAR) TYPE File OPTIONS ('path' = 'tickers.csv');
SELECT company FROM trades JOIN tickers USING (symbol);
