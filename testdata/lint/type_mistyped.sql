-- a type mistyped
CREATE MAPPING u (id BIGNIT) TYPE File OPTIONS ('path' = 'u.csv');
