-- a column declared twice
CREATE MAPPING u (id BIGINT, name VARCHAR, id VARCHAR) TYPE File OPTIONS ('path' = 'u.csv');
