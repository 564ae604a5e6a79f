#!/bin/sh
# Compares what the query gives with expected.ndjson. HELIOSC names another heliosc.
set -eu
cd "$(dirname "$0")"
got=$(mktemp)
trap 'rm -f "$got"' EXIT
"${HELIOSC:-heliosc}" run averages.sql --quiet --format json > "$got.rows"
sort "$got.rows" > "$got"
rm -f "$got.rows"
diff expected.ndjson "$got" && echo "ok: averages.sql gives what expected.ndjson says"
