-- columns to be learned from a file that is not there
CREATE MAPPING u TYPE File OPTIONS ('path' = 'nowhere.parquet', 'format' = 'parquet');
SELECT * FROM u;
