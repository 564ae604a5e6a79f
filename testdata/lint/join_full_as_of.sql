-- a full join as of a time
CREATE MAPPING trades (
  id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), trade_time TIMESTAMP(3), WATERMARK FOR trade_time AS trade_time - INTERVAL '5' SECOND
) TYPE File OPTIONS ('path' = 'trades.ndjson', 'format' = 'json', 'follow' = 'true');
CREATE MAPPING rates (currency VARCHAR, rate DOUBLE) TYPE File OPTIONS ('path' = 'rates.csv');
SELECT t.id FROM trades t FULL JOIN rates FOR SYSTEM_TIME AS OF t.trade_time AS r ON t.ticker = r.currency;
