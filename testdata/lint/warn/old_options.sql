-- option names of Flink 1.10
CREATE MAPPING trades (
    id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), amount BIGINT, trade_time TIMESTAMP(3), WATERMARK FOR trade_time AS trade_time - INTERVAL '5' SECOND
) TYPE File OPTIONS ('path' = 'trades.ndjson');
CREATE TABLE u (id BIGINT) WITH ('connector.type' = 'filesystem', 'connector.path' = 'u.csv', 'format.type' = 'csv');
INSERT INTO u SELECT id FROM trades;
