-- a colon between a column and its type
CREATE MAPPING u (id: BIGINT, name VARCHAR) TYPE File OPTIONS ('path' = 'u.csv');
