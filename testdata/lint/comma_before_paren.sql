-- a comma behind the last column
CREATE MAPPING u (id BIGINT, name VARCHAR,) TYPE File OPTIONS ('path' = 'u.csv');
