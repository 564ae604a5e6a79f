-- What each sensor measured, in windows of 30 seconds.
CREATE MAPPING readings (
    sensor      VARCHAR,
    temperature DOUBLE,
    ts          TIMESTAMP(3),
    WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) TYPE File OPTIONS ('path' = 'readings.ndjson');

SELECT
    window_start,
    sensor,
    COUNT(*)         AS readings,
    AVG(temperature) AS average,
    MIN(temperature) AS lowest,
    MAX(temperature) AS highest
FROM TABLE(TUMBLE(TABLE readings, DESCRIPTOR(ts), INTERVAL '30' SECONDS))
GROUP BY window_start, sensor;
