-- a length that is not enforced
CREATE MAPPING trades (
    id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), amount BIGINT, trade_time TIMESTAMP(3), WATERMARK FOR trade_time AS trade_time - INTERVAL '5' SECOND
) TYPE File OPTIONS ('path' = 'trades.ndjson');
CREATE MAPPING u (name VARCHAR(10)) TYPE File OPTIONS ('path' = 'u.csv', 'format' = 'csv');
INSERT INTO u SELECT ticker FROM trades;
