-- an array as ARRAY(INT)
CREATE MAPPING u (id BIGINT, marks ARRAY(INT)) TYPE File OPTIONS ('path' = 'u.ndjson');
