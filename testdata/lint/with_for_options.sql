-- WITH behind TYPE
CREATE MAPPING u (id BIGINT) TYPE File WITH ('path' = 'u.csv');
