-- AUTO_INCREMENT of MySQL
CREATE TABLE u (id BIGINT AUTO_INCREMENT, name VARCHAR) WITH ('connector' = 'filesystem', 'path' = 'u.csv');
