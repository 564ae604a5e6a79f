-- a computed column of an unknown one
CREATE MAPPING u (amount BIGINT, total AS price * amount) TYPE File OPTIONS ('path' = 'u.csv');
SELECT total FROM u;
