-- Trades, shares and turnover of each stock in each minute, for prices above 10.

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

SELECT
    window_start,
    ticker,
    COUNT(*)            AS trades,
    SUM(amount)         AS shares,
    SUM(price * amount) AS turnover,
    MIN(price)          AS low,
    MAX(price)          AS high
FROM TABLE(TUMBLE(TABLE trades_ordered, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
WHERE price > 10
GROUP BY 1, 2;
