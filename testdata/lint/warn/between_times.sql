-- NOT BETWEEN with the later time first
CREATE MAPPING trades (
    id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), amount BIGINT, trade_time TIMESTAMP(3), WATERMARK FOR trade_time AS trade_time - INTERVAL '5' SECOND
) TYPE File OPTIONS ('path' = 'trades.ndjson');
SELECT id FROM trades WHERE trade_time NOT BETWEEN TIMESTAMP '2024-01-02 00:00:00' AND TIMESTAMP '2024-01-01 00:00:00';
