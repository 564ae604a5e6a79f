-- an option mistyped
CREATE MAPPING u (id BIGINT) TYPE File OPTIONS ('paht' = 'u.csv');
