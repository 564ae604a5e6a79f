-- rows that never end, in an order that is not that of time
CREATE MAPPING trades (
  id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), trade_time TIMESTAMP(3), WATERMARK FOR trade_time AS trade_time - INTERVAL '5' SECOND
) TYPE Generator OPTIONS ('rows-per-second' = '10');
SELECT id, trade_time FROM trades ORDER BY price;
SELECT ticker, COUNT(*) AS n FROM trades GROUP BY ticker ORDER BY n DESC;
SELECT id FROM trades ORDER BY 2;
SELECT DISTINCT ticker FROM trades ORDER BY price;
