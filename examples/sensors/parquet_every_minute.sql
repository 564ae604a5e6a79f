-- A file of readings as Parquet, a new file every minute: minutes/part-....parquet. The
-- two records that cannot be read go to parquet_every_minute.dead-letters.ndjson in the
-- working folder. With 'follow' = 'true' behind the path the query goes on as the file
-- grows; with --checkpoint-dir it goes on after a crash, too.
CREATE MAPPING readings (
    sensor      VARCHAR,
    temperature DOUBLE,
    ts          TIMESTAMP(3)
) TYPE File OPTIONS ('path' = 'readings.ndjson', 'on.error' = 'dlq');

CREATE MAPPING minutes (
    sensor      VARCHAR,
    temperature DOUBLE,
    ts          TIMESTAMP(3)
) TYPE File OPTIONS (
    'path'          = 'minutes/',
    'format'        = 'parquet',
    'write.mode'    = 'append',
    'roll.interval' = '1 min'
);

INSERT INTO minutes
SELECT sensor, temperature, ts
FROM readings;
