-- wrong literals beside another mistake in their statement
CREATE MAPPING trades (
  id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), amount BIGINT, trade_time TIMESTAMP(3), WATERMARK FOR trade_time AS trade_time - INTERVAL '5' SECOND
) TYPE File OPTIONS ('path' = 'trades.ndjson', 'format' = 'json');
SELECT prcie, 1234567890123456789012345678901234567890 AS a, 10k AS b, x'0F3' AS c, trade_time + INTERVAL '5 x' SECOND AS d FROM trades;
