-- the digits of a type without parentheses
CREATE MAPPING u (timestamp TIMESTAMP 3, price DECIMAL 10, 2) TYPE File OPTIONS ('path' = 'u.csv');
