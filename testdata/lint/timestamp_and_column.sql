-- malformed TIMESTAMP beside another mistake in its statement
CREATE MAPPING m (id BIGINT, ts TIMESTAMP(3)) TYPE File OPTIONS ('path' = 'x', 'format' = 'csv');
SELECT idd FROM m WHERE ts > TIMESTAMP '2024-13-01 00:00:00';
