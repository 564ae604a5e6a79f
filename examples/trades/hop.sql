-- The last five minutes of each stock, every minute: windows that overlap.

CREATE MAPPING trades (
    id     BIGINT,
    ticker VARCHAR,
    price  DECIMAL(10, 2),
    amount BIGINT,
    ts     TIMESTAMP(3)
) TYPE File OPTIONS ('path' = 'trades.ndjson', 'format' = 'ndjson');

-- Trades arrive up to ten seconds late; what comes later than that is dropped and counted.
CREATE VIEW trades_ordered AS
SELECT *
FROM TABLE(IMPOSE_ORDER(TABLE trades, DESCRIPTOR(ts), INTERVAL '10' SECONDS));

SELECT window_start, window_end, ticker, COUNT(*) AS trades, AVG(price) AS mean_price
FROM TABLE(HOP(
    TABLE trades_ordered,
    DESCRIPTOR(ts),
    SIZE => INTERVAL '5' MINUTES,
    SLIDE => INTERVAL '1' MINUTE
))
WHERE price > 10
GROUP BY window_start, window_end, ticker;
