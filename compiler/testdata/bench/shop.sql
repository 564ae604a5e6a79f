-- What a shop's pipeline looks like: sources of several kinds, views that clean them up,
-- totals by window for several readers, alarms, and a table of everything for later.

SET 'parallelism' = '2';

CREATE MAPPING orders (
    id          BIGINT NOT NULL,
    customer    ROW<id BIGINT, name VARCHAR, country VARCHAR>,
    sku         VARCHAR,
    channel     VARCHAR,
    quantity    INTEGER,
    price       DECIMAL(10, 2),
    discount    DECIMAL(4, 2),
    status      VARCHAR,
    ordered_at  TIMESTAMP(3),
    total       AS CAST(quantity AS DECIMAL(10, 0)) * price,
    WATERMARK FOR ordered_at AS ordered_at - INTERVAL '10' SECONDS
) TYPE File OPTIONS (
    'path' = 'orders.ndjson',
    'format' = 'json'
);

CREATE MAPPING web_orders (
    id          BIGINT,
    customer_id BIGINT,
    sku         VARCHAR,
    quantity    INTEGER,
    price       DECIMAL(10, 2),
    status      VARCHAR,
    ordered_at  TIMESTAMP(3)
) TYPE File OPTIONS (
    'path' = 'web.csv',
    'format' = 'csv'
);

CREATE TABLE clicks (
    session     VARCHAR,
    url         VARCHAR,
    referrer    VARCHAR,
    agent       VARCHAR,
    took_ms     DOUBLE,
    code        INTEGER,
    clicked_at  TIMESTAMP(3),
    WATERMARK FOR clicked_at AS clicked_at - INTERVAL '5' SECOND
) WITH (
    'connector' = 'filesystem',
    'path' = 'clicks.ndjson',
    'format' = 'json'
);

CREATE MAPPING minute_totals (
    window_start TIMESTAMP(3),
    channel      VARCHAR,
    orders       BIGINT,
    turnover     DECIMAL(38, 2)
) TYPE File OPTIONS ('path' = 'out/minute_totals.csv', 'format' = 'csv');

CREATE MAPPING minute_sizes (
    window_start TIMESTAMP(3),
    channel      VARCHAR,
    smallest     DECIMAL(38, 2),
    largest      DECIMAL(38, 2),
    mean         DECIMAL(38, 6)
) TYPE File OPTIONS ('path' = 'out/minute_sizes.csv', 'format' = 'csv');

CREATE MAPPING busy_minutes (
    window_start TIMESTAMP(3),
    channel      VARCHAR,
    orders       BIGINT
) TYPE File OPTIONS ('path' = 'out/busy.csv', 'format' = 'csv');

CREATE MAPPING slow_pages (
    window_end TIMESTAMP(3),
    section    VARCHAR,
    kind       VARCHAR,
    hits       BIGINT,
    failed     BIGINT,
    took       DOUBLE
) TYPE File OPTIONS ('path' = 'out/slow.csv', 'format' = 'csv');

CREATE MAPPING alarms (
    at      TIMESTAMP(3),
    what    VARCHAR,
    subject VARCHAR,
    number  BIGINT
) TYPE File OPTIONS ('path' = 'out/alarms.csv', 'format' = 'csv');

CREATE MAPPING countries (
    window_start TIMESTAMP(3),
    country      VARCHAR,
    class        VARCHAR,
    pieces       BIGINT,
    customers    BIGINT
) TYPE File OPTIONS ('path' = 'out/countries.csv', 'format' = 'csv');

CREATE MAPPING archive (
    id         BIGINT,
    source     VARCHAR,
    sku        VARCHAR,
    class      VARCHAR,
    quantity   BIGINT,
    total      DECIMAL(38, 2),
    ordered_at TIMESTAMP(3)
) TYPE File OPTIONS ('path' = 'out/archive.ndjson', 'format' = 'json');

-- Orders that count: neither tests nor those that were taken back.
CREATE VIEW good_orders AS
SELECT id, customer.id AS customer, customer.country AS country, sku,
       UPPER(TRIM(channel)) AS channel,
       quantity, total,
       total - COALESCE(discount, 0.00) AS net, ordered_at
FROM orders
WHERE status NOT IN ('cancelled', 'test')
  AND quantity BETWEEN 1 AND 10000
  AND sku NOT LIKE 'TEST-%';

CREATE VIEW classed AS
SELECT id, customer, country, channel, sku, quantity, total, ordered_at,
       CASE
           WHEN sku LIKE 'BOOK-%' THEN 'books'
           WHEN sku LIKE 'CD-%' OR sku LIKE 'DVD-%' THEN 'media'
           WHEN total > 1000.00 THEN 'dear'
           ELSE 'other'
       END AS class
FROM good_orders;

CREATE VIEW by_minute AS
SELECT window_start,
       channel,
       COUNT(*) AS orders,
       SUM(total) AS turnover,
       MIN(total) AS smallest,
       MAX(total) AS largest,
       AVG(total) AS mean
FROM TABLE(TUMBLE(TABLE good_orders, DESCRIPTOR(ordered_at), INTERVAL '1' MINUTE))
GROUP BY window_start, channel;

CREATE VIEW pages AS
SELECT session, clicked_at, took_ms, code,
       CASE WHEN url LIKE '/shop/%' THEN 'shop'
            WHEN url LIKE '/account/%' THEN 'account'
            ELSE 'other' END AS section,
       CASE WHEN LOWER(agent) LIKE '%bot%' THEN 'robot' ELSE 'person' END AS kind
FROM clicks
WHERE code <> 304;

CREATE VIEW page_times AS
SELECT window_start, window_end, section, kind, COUNT(*) AS hits,
       COUNT(*) FILTER (WHERE code >= 500) AS failed,
       AVG(took_ms) AS took, MAX(took_ms) AS longest
FROM TABLE(HOP(DATA => TABLE pages, TIMECOL => DESCRIPTOR(clicked_at),
               SLIDE => INTERVAL '1' MINUTE, SIZE => INTERVAL '5' MINUTES))
GROUP BY window_start, window_end, section, kind;

CREATE VIEW everything AS
SELECT id, 'shop' AS source, sku, class, CAST(quantity AS BIGINT) AS quantity, total, ordered_at
FROM classed
UNION ALL
SELECT id, 'web', sku, 'other', CAST(quantity AS BIGINT), CAST(quantity AS DECIMAL(10, 0)) * price, ordered_at
FROM web_orders
WHERE status = 'paid' AND sku IS NOT NULL;

EXECUTE STATEMENT SET
BEGIN
    INSERT INTO minute_totals
    SELECT window_start, channel, orders, turnover FROM by_minute;

    INSERT INTO minute_sizes
    SELECT window_start, channel, smallest, largest, mean FROM by_minute WHERE orders > 3;

    INSERT INTO busy_minutes
    SELECT window_start, channel, orders FROM by_minute WHERE orders > 1000 AND channel <> 'SHOP';

    INSERT INTO slow_pages
    SELECT window_end, section, kind, hits, failed, took
    FROM page_times
    WHERE took > 250.0 AND hits >= 10;

    INSERT INTO alarms
    SELECT window_end, 'failing pages', section, failed
    FROM page_times
    WHERE failed * 20 > hits AND kind = 'person'
    UNION ALL
    SELECT window_start, 'no large order', channel, orders FROM by_minute WHERE largest < 10.00;

    INSERT INTO countries
    SELECT window_start, COALESCE(country, '?'), class, SUM(quantity), COUNT(customer)
    FROM TABLE(TUMBLE(TABLE classed, DESCRIPTOR(ordered_at), INTERVAL '1' HOUR))
    GROUP BY window_start, COALESCE(country, '?'), class
    HAVING SUM(quantity) > 0;

    INSERT INTO archive
    SELECT id, source, sku, class, quantity, total, ordered_at FROM everything;
END;

SELECT DATE_TRUNC('DAY', ordered_at) AS day, source, id, sku,
       CASE class WHEN 'books' THEN 'B' WHEN 'media' THEN 'M' ELSE '-' END AS shelf,
       quantity * 2 AS twice
FROM everything
WHERE total > 500.00
  AND EXTRACT(HOUR FROM ordered_at) BETWEEN 9 AND 17;
