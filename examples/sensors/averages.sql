-- Three thousand readings of four sensors, made up: what each sensor measured in windows
-- of 30 seconds, printed with the time at which each row was shown.
CREATE MAPPING readings (
    sensor      VARCHAR,
    temperature DOUBLE,
    ts          TIMESTAMP(3),
    WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
) TYPE Generator OPTIONS (
    'number-of-rows'         = '3000',
    'seed'                   = '7',
    'fields.sensor.values'   = 'attic,cellar,kitchen,porch',
    'fields.temperature.min' = '10',
    'fields.temperature.max' = '35',
    'fields.ts.kind'         = 'sequence',
    'fields.ts.start'        = '2024-05-01 12:00:02',
    'fields.ts.step'         = '100ms',
    'fields.ts.max-past'     = '2s'
);

CREATE MAPPING averages (
    window_start TIMESTAMP(3),
    sensor       VARCHAR,
    average      DOUBLE,
    highest      DOUBLE,
    lowest       DOUBLE,
    heat         DOUBLE,
    hot_readings BIGINT
) TYPE Console OPTIONS ('show_timestamp' = 'true');

INSERT INTO averages
SELECT
    window_start,
    sensor,
    ROUND(AVG(temperature), 2),
    ROUND(MAX(temperature), 2),
    ROUND(MIN(temperature), 2),
    ROUND(SUM(CASE WHEN temperature > 30 THEN temperature - 30 ELSE 0 END), 2),
    COUNT(*) FILTER (WHERE temperature > 30)
FROM TABLE(TUMBLE(TABLE readings, DESCRIPTOR(ts), INTERVAL '30' SECONDS))
GROUP BY window_start, sensor;
