-- a constant that is no value of its type
CREATE MAPPING trades (
  id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), amount BIGINT, day DATE, trade_time TIMESTAMP(3), WATERMARK FOR trade_time AS trade_time - INTERVAL '5' SECOND
) TYPE File OPTIONS ('path' = 'trades.ndjson', 'format' = 'json');
CREATE VIEW late AS SELECT * FROM trades WHERE trade_time > '2024-13-01';
SELECT id, CAST('12a' AS INTEGER) AS a, CAST(300 AS TINYINT) AS b, TRY_CAST('x' AS DOUBLE) AS c FROM late
WHERE trade_time BETWEEN '2024-01-31 12:00:00' AND '2024-02-30' OR day IN (DATE '2024-01-31', '31.01.2024') OR '24:00' = CAST(trade_time AS TIME);
SELECT id FROM late WHERE CAST(ticker AS BOOLEAN) = CAST('yes!' AS BOOLEAN);
