-- CASE x WHEN NULL
CREATE MAPPING trades (
    id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), amount BIGINT, trade_time TIMESTAMP(3), WATERMARK FOR trade_time AS trade_time - INTERVAL '5' SECOND
) TYPE File OPTIONS ('path' = 'trades.ndjson');
SELECT CASE ticker WHEN 'IBM' THEN 1 WHEN NULL THEN 0 END AS n FROM trades;
