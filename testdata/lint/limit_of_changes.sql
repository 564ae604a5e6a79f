-- the first rows of a result whose rows change
CREATE MAPPING trades (id BIGINT, ticker VARCHAR, amount BIGINT)
TYPE File OPTIONS ('path' = 'trades.ndjson', 'format' = 'json', 'follow' = 'true');
SELECT ticker, SUM(amount) AS total FROM trades GROUP BY ticker LIMIT 10;
