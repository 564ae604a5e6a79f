-- DECIMAL with too many digits
CREATE MAPPING u (x DECIMAL(50, 2)) TYPE File OPTIONS ('path' = 'u.csv');
