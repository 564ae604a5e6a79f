-- a watermark that adds
CREATE MAPPING u (ts TIMESTAMP, WATERMARK FOR ts AS ts + INTERVAL '5' SECOND) TYPE File OPTIONS ('path' = 'u.csv');
