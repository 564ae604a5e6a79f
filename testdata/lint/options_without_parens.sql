-- options without parentheses
CREATE MAPPING u (id BIGINT) TYPE File OPTIONS 'path' = 'u.csv';
