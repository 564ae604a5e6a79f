-- OVER on rows that never end, in an order that is not that of time, and looking ahead
CREATE MAPPING trades (
  id BIGINT, ticker VARCHAR, price DECIMAL(10, 2), trade_time TIMESTAMP(3), WATERMARK FOR trade_time AS trade_time - INTERVAL '5' SECOND
) TYPE Generator OPTIONS ('rows-per-second' = '10');
SELECT id, SUM(price) OVER (PARTITION BY ticker ORDER BY id) AS total FROM trades;
SELECT id, LEAD(price) OVER (PARTITION BY ticker ORDER BY trade_time) AS following FROM trades;
SELECT ticker, LAG(n) OVER (ORDER BY ticker) AS before FROM (SELECT ticker, COUNT(*) AS n FROM trades GROUP BY ticker);
