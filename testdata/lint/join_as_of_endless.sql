-- the versions of a stream that has no key
CREATE MAPPING trades (
  id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), trade_time TIMESTAMP(3), WATERMARK FOR trade_time AS trade_time - INTERVAL '5' SECOND
) TYPE File OPTIONS ('path' = 'trades.ndjson', 'format' = 'json', 'follow' = 'true');
CREATE MAPPING rates (currency VARCHAR, rate DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) TYPE File OPTIONS ('path' = 'rates.ndjson', 'format' = 'json', 'follow' = 'true');
SELECT t.id, t.price * r.rate FROM trades t JOIN rates FOR SYSTEM_TIME AS OF t.trade_time AS r ON t.ticker = r.currency;
