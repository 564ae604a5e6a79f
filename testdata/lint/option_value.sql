-- a value of an option mistyped
CREATE MAPPING u (id BIGINT) TYPE File OPTIONS ('path' = 'u.csv', 'format' = 'cvs');
