-- WITH without 'connector'
CREATE TABLE u (id BIGINT) WITH ('path' = 'u.csv');
