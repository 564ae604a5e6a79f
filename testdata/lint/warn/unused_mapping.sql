-- a mapping that no statement reads or writes
CREATE MAPPING trades (
    id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), amount BIGINT, trade_time TIMESTAMP(3), WATERMARK FOR trade_time AS trade_time - INTERVAL '5' SECOND
) TYPE File OPTIONS ('path' = 'trades.ndjson');
CREATE MAPPING totals (ticker VARCHAR, n BIGINT) TYPE File OPTIONS ('path' = 'totals.csv', 'format' = 'csv');
SELECT id FROM trades;
