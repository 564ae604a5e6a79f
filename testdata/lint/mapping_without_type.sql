-- a mapping without TYPE
CREATE MAPPING u (id BIGINT) OPTIONS ('path' = 'u.csv');
