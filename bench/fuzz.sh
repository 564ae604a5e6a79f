#!/usr/bin/env bash
# Runs every fuzz target of the module, one after the other: bench/fuzz.sh [time each, default 60s].
set -euo pipefail
cd "$(dirname "$0")/.."
each=${1:-60s}
grep -rlE '^func Fuzz[A-Z]' --include='*_test.go' . | sort | while read -r file; do
  grep -oE '^func Fuzz[A-Za-z0-9_]+' "$file" | sed 's/^func //' | while read -r target; do
    echo "== $(dirname "$file") $target"
    go test "$(dirname "$file")" -run xxx -fuzz "^$target\$" -fuzztime "$each" -fuzzminimizetime 10x
  done
done
