-- WATERMARK without FOR
CREATE MAPPING u (ts TIMESTAMP(3), WATERMARK ts AS ts) TYPE File OPTIONS ('path' = 'u.csv');
