-- two mappings of one file
CREATE MAPPING trades (
  id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), amount BIGINT, trade_time TIMESTAMP(3), WATERMARK FOR trade_time AS trade_time - INTERVAL '5' SECOND
) TYPE File OPTIONS ('path' = 'trades.ndjson', 'format' = 'json');
CREATE MAPPING a (id BIGINT) TYPE File OPTIONS ('path' = 'out.csv', 'format' = 'csv');
CREATE MAPPING b (id BIGINT) TYPE File OPTIONS ('path' = './out.csv', 'format' = 'csv');
INSERT INTO a SELECT id FROM trades;
INSERT INTO b SELECT amount FROM trades;
