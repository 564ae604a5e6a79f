-- CASE with one value twice
CREATE MAPPING trades (
    id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), amount BIGINT, trade_time TIMESTAMP(3), WATERMARK FOR trade_time AS trade_time - INTERVAL '5' SECOND
) TYPE File OPTIONS ('path' = 'trades.ndjson');
SELECT CASE ticker WHEN 'IBM' THEN 1 WHEN 'SAP' THEN 2 WHEN 'IBM' THEN 3 END AS n FROM trades;
