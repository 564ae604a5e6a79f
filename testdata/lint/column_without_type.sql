-- a column without a type
CREATE MAPPING u (id BIGINT, name) TYPE File OPTIONS ('path' = 'u.csv');
