-- a secret's option mistyped
CREATE MAPPING trades (
  id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), amount BIGINT, trade_time TIMESTAMP(3), WATERMARK FOR trade_time AS trade_time - INTERVAL '5' SECOND
) TYPE File OPTIONS ('path' = 'trades.ndjson', 'format' = 'json');
CREATE MAPPING w (id BIGINT) TYPE Webhook OPTIONS ('url' = 'http://127.0.0.1/', 'tokne' = 'hunter2secret');
