-- an option without quotes
CREATE MAPPING u (id BIGINT) TYPE File OPTIONS (path = 'u.csv');
