-- rows of VALUES that differ in length
CREATE MAPPING totals (ticker VARCHAR, n BIGINT) TYPE File OPTIONS ('path' = 'totals.csv', 'format' = 'csv');
INSERT INTO totals VALUES ('a', 1), ('b');
