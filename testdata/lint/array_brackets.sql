-- an array as INT[]
CREATE MAPPING u (id BIGINT, marks INT[]) TYPE File OPTIONS ('path' = 'u.ndjson');
