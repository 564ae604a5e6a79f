-- The large trades, one by one, as they come in.

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

SELECT ts, ticker, price, amount, price * amount AS total
FROM trades_ordered
WHERE price * amount > 500000;
