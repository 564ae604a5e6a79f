-- a column of a file that is a ROW
CREATE MAPPING u (who ROW<name VARCHAR, age INTEGER>) TYPE File OPTIONS ('path' = 'u.ndjson');
SELECT who.nam FROM u;
