-- the size before the slide, by position
CREATE MAPPING trades (
    id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), amount BIGINT, trade_time TIMESTAMP(3), WATERMARK FOR trade_time AS trade_time - INTERVAL '5' SECOND
) TYPE File OPTIONS ('path' = 'trades.ndjson');
SELECT window_start, COUNT(*) FROM TABLE(HOP(TABLE trades, DESCRIPTOR(trade_time), INTERVAL '5' MINUTES, INTERVAL '1' MINUTE)) GROUP BY window_start;
