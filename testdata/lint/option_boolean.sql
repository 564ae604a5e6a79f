-- a boolean option with another word
CREATE MAPPING u (id BIGINT) TYPE File OPTIONS ('path' = 'u.csv', 'csv.header' = 'yes');
