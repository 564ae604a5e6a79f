-- rows without a partner into a file
CREATE MAPPING trades (
  id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), trade_time TIMESTAMP(3), WATERMARK FOR trade_time AS trade_time - INTERVAL '5' SECOND
) TYPE File OPTIONS ('path' = 'trades.ndjson', 'format' = 'json', 'follow' = 'true');
CREATE MAPPING out (a BIGINT, b BIGINT) TYPE File OPTIONS ('path' = 'out.ndjson', 'format' = 'json');
INSERT INTO out SELECT a.id, b.id FROM trades a LEFT JOIN trades b ON a.ticker = b.ticker AND b.price > a.price;
