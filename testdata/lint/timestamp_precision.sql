-- TIMESTAMP with too many digits
CREATE MAPPING u (ts TIMESTAMP(12)) TYPE File OPTIONS ('path' = 'u.csv');
