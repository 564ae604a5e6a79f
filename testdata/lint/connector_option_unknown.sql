-- 'connector' that does not exist
CREATE TABLE u (id BIGINT) WITH ('connector' = 'jdbc', 'url' = 'x');
