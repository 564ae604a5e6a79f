-- a watermark of text
CREATE MAPPING u (ts VARCHAR, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) TYPE File OPTIONS ('path' = 'u.csv');
