-- The minute totals, written to the file minute_totals.parquet.

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

CREATE MAPPING minute_totals (
    minute   TIMESTAMP(3),
    ticker   VARCHAR,
    trades   BIGINT,
    shares   BIGINT,
    turnover DECIMAL(38, 2)
) TYPE File OPTIONS ('path' = 'minute_totals.parquet', 'format' = 'parquet');

INSERT INTO minute_totals
SELECT window_start, ticker, COUNT(*), SUM(amount), SUM(price * amount)
FROM TABLE(TUMBLE(TABLE trades_ordered, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
WHERE price > 10
GROUP BY 1, 2;
