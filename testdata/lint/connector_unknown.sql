-- a connector mistyped
CREATE MAPPING u (id BIGINT) TYPE Fil OPTIONS ('path' = 'u.csv');
