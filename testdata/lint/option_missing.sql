-- an option that must be there
CREATE MAPPING u (id BIGINT) TYPE File OPTIONS ('format' = 'csv');
