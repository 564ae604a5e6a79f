-- a computed column of a computed one
CREATE MAPPING u (a BIGINT, b AS a + 1, c AS b + 1) TYPE File OPTIONS ('path' = 'u.csv');
SELECT c FROM u;
