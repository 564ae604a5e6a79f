#!/usr/bin/env bash
# Compares heliosc with DuckDB, Polars and ClickHouse on the same files: see bench/README.md.
# usage: run.sh [EVENTS] [harness options]     (EVENTS: 10000000)
#        run.sh decode [go test options]       NDJSON decoding alone
set -euo pipefail
cd "$(dirname "$0")/../.."

if [ "${1:-}" = decode ]; then
  exec go test -run '^$' -bench Decode "${@:2}" ./vexec/connect/format/ndjson
fi

events=10000000
if [[ "${1:-}" =~ ^[0-9]+$ ]]; then events=$1; shift; fi

venv=bench/.venv
if ! cmp -s bench/peers/requirements.txt "$venv/installed.txt"; then
  echo "installing the peers into $venv" >&2
  python3 -m venv "$venv"
  while read -r peer; do
    "$venv/bin/pip" install -q --disable-pip-version-check "$peer" || case $peer in
      duckdb==*) echo "DuckDB compares the answers: without it there is no comparison" >&2; exit 1 ;;
      *) echo "$peer cannot be had here: going on without it (delete $venv to try again)" >&2 ;;
    esac
  done < bench/peers/requirements.txt
  cp bench/peers/requirements.txt "$venv/installed.txt"
fi

data=bench/data/$events
if [ ! -e "$data/bids.ndjson" ]; then
  echo "making $data (NDJSON)" >&2
  go run ./bench/nexmark/cmd/nexmark-gen -events "$events" -out "$data"
fi
if [ ! -e "$data/bids.parquet" ]; then
  echo "making $data (Parquet)" >&2
  "$venv/bin/python" bench/peers/make_parquet.py "$data"
fi

go build -o bin/heliosc ./cmd/heliosc
exec "$venv/bin/python" bench/peers/harness.py --data "$data" --events "$events" "$@"
