-- a string without its end before others
CREATE MAPPING u (id BIGINT) TYPE File OPTIONS ('path' = 'u.csv,
  'format' = 'csv');
