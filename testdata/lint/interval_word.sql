-- a span of time without INTERVAL
CREATE MAPPING u (ts TIMESTAMP(3), WATERMARK FOR ts AS ts - 5 SECONDS) TYPE File OPTIONS ('path' = 'u.csv');
