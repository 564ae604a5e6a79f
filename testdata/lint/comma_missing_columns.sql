-- no comma between columns of a mapping
CREATE MAPPING u (id BIGINT name VARCHAR) TYPE File OPTIONS ('path' = 'u.csv');
