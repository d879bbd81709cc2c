#!/usr/bin/env bash
# Writes the table at the end of docs/configuration.md anew from the program.
#   tools/config-doc.sh [AIRWAKE]
set -euo pipefail
cd "$(dirname "$0")/.."
airwake=${1:-build/release/airwake}
page=docs/configuration.md
{
    sed '/^| key/,$d' "$page"
    "$airwake" config reference
} >"$page.new"
mv "$page.new" "$page"
