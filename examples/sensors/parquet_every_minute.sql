-- Twenty readings a second for as long as the query runs, as Parquet: a new file every
-- minute, minutes/part-....parquet. One reading in twenty is no number; such rows go to
-- parquet_every_minute.dead-letters.ndjson in the working folder. A file appears when its
-- minute is over, and the last one when the run ends; with --checkpoint-dir the query goes
-- on after a crash as if there had been none.
CREATE MAPPING readings (
    sensor      VARCHAR,
    temperature VARCHAR,
    ts          TIMESTAMP(3)
) TYPE Generator OPTIONS (
    'rows-per-second'           = '20',
    'seed'                      = '7',
    'fields.sensor.values'      = 'attic,cellar,kitchen,porch',
    'fields.temperature.values' = '17.5,18,18.5,19,19.5,20,20.5,21,21.5,22,22.5,23,23.5,24,24.5,25,25.5,26,26.5,n/a',
    'fields.ts.max-past'        = '2s',
    'on.error'                  = 'dlq'
);

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
SELECT sensor, CAST(temperature AS DOUBLE), ts
FROM readings;
