-- an option given twice
CREATE MAPPING u (id BIGINT) TYPE File OPTIONS ('path' = 'u.csv', 'path' = 'v.csv');
