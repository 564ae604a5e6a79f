-- PARTITION BY an expression in SESSION
CREATE MAPPING clicks (user_id VARCHAR, page VARCHAR, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' SECONDS) TYPE File OPTIONS ('path' = 'clicks.ndjson', 'format' = 'ndjson');
SELECT user_id, window_start, window_end, COUNT(*) AS pages
FROM TABLE(SESSION(TABLE clicks PARTITION BY UPPER(user_id), DESCRIPTOR(ts), INTERVAL '30' MINUTES))
GROUP BY user_id, window_start, window_end;
