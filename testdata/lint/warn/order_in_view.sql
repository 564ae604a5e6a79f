-- an order that nobody sees
CREATE MAPPING t (id BIGINT, k VARCHAR) TYPE File OPTIONS ('path' = 't.ndjson', 'format' = 'json');
CREATE VIEW v AS SELECT id, k FROM t ORDER BY k, id;
SELECT k FROM v;
