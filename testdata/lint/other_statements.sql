-- statements beside one that cannot be read
SELCT id FROM k;
CREATE MAPPING m (id BIGINT kind VARCHAR) TYPE File OPTIONS ('path' = 'x', 'format' = 'csv');
SELECT idd FROM m;
SELECT id FROM kk;
INSERT INTO zz SELECT 1;
