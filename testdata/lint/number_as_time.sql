-- TO_TIMESTAMP of a number
CREATE MAPPING trades (
  id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), amount BIGINT, trade_time TIMESTAMP(3), WATERMARK FOR trade_time AS trade_time - INTERVAL '5' SECOND
) TYPE File OPTIONS ('path' = 'trades.ndjson', 'format' = 'json');
CREATE TABLE u (id BIGINT, ms BIGINT, ts AS TO_TIMESTAMP(ms), WATERMARK FOR ts AS ts) WITH ('connector' = 'filesystem', 'path' = 'u.csv', 'format' = 'csv');
SELECT id FROM u;
