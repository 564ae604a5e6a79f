-- no comma between options
CREATE MAPPING u (id BIGINT) TYPE File OPTIONS ('path' = 'u.csv' 'format' = 'csv');
