-- the column of WATERMARK mistyped
CREATE MAPPING u (id BIGINT, ts TIMESTAMP, WATERMARK FOR tss AS tss - INTERVAL '5' SECOND) TYPE File OPTIONS ('path' = 'u.csv');
