-- a reserved word as a column
CREATE MAPPING u (id BIGINT, order BIGINT) TYPE File OPTIONS ('path' = 'u.csv');
