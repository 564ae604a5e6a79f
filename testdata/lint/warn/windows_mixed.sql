-- an aggregate that does not look at its windows
CREATE MAPPING trades (
  id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), amount BIGINT, trade_time TIMESTAMP(3), WATERMARK FOR trade_time AS trade_time - INTERVAL '5' SECOND
) TYPE File OPTIONS ('path' = 'trades.ndjson', 'format' = 'json');
CREATE VIEW w AS SELECT * FROM TABLE(TUMBLE(TABLE trades, DESCRIPTOR(trade_time), INTERVAL '1' MINUTE));
SELECT ticker, COUNT(*) AS n FROM w WHERE price > 10 GROUP BY ticker;
SELECT ticker, MAX(window_end) AS last FROM w GROUP BY ticker;
SELECT ticker, COUNT(*) AS n FROM w WHERE EXTRACT(HOUR FROM window_start) = 9 GROUP BY ticker;
SELECT DATE_TRUNC('DAY', window_start) AS day, COUNT(*) AS n FROM w GROUP BY 1;
SELECT SUM(amount) AS shares FROM TABLE(HOP(TABLE trades, DESCRIPTOR(trade_time), INTERVAL '1' MINUTE, INTERVAL '5' MINUTES));
