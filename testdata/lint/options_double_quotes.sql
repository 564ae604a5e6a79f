-- an option in double quotes
CREATE MAPPING u (id BIGINT) TYPE File OPTIONS ("path" = "u.csv");
