-- a type before its column
CREATE MAPPING u (BIGINT id, name VARCHAR) TYPE File OPTIONS ('path' = 'u.csv');
