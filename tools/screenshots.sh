#!/usr/bin/env bash
# Makes the pictures of docs/images anew, from the bundled simulated recording.
#   tools/screenshots.sh [BUILD_DIR]
set -euo pipefail
cd "$(dirname "$0")/.."
build=$(realpath "${1:-build/release}")
state=$(mktemp -d)
trap 'rm -rf "$state"' EXIT
export STATE_DIRECTORY=$state
(cd web && node e2e/shots.mjs "$state/shots" "$build/airwake" serve --no-udp --http-port 0 --replay "$build/demo.pcap" --loop)
mkdir -p docs/images
cp "$state"/shots/{home,signals,link,phone}.png docs/images/
