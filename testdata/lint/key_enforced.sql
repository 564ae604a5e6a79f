-- a key that is to be enforced
CREATE MAPPING u (id BIGINT, PRIMARY KEY (id)) TYPE File OPTIONS ('path' = 'u.csv');
