-- a watermark of another column
CREATE MAPPING u (ts TIMESTAMP, seen TIMESTAMP, WATERMARK FOR ts AS seen - INTERVAL '5' SECOND) TYPE File OPTIONS ('path' = 'u.csv');
