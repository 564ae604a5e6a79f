-- results that change, into a file
CREATE MAPPING trades (id BIGINT, ticker VARCHAR, amount BIGINT)
TYPE File OPTIONS ('path' = 'trades.ndjson', 'format' = 'json', 'follow' = 'true');
CREATE MAPPING totals (ticker VARCHAR, trades BIGINT) TYPE File OPTIONS ('path' = 'totals.csv');
INSERT INTO totals SELECT ticker, COUNT(*) FROM trades GROUP BY ticker;
