#!/usr/bin/env bash
# A server under load, or under trouble for long. Prints what was sent, what arrived and what
# clients saw, one JSON line each.
#   bench/load.sh [BUILD] [LOAD_OPTIONS...]
#   bench/load.sh build/release --links 256 --rate 100 --clients 200 --stalled 20 --seconds 60
#   bench/load.sh build/release --links 16 --rate 50 --clients 20 --stalled 2 --trouble --seconds 3600
set -euo pipefail
build=${1:-build/release}
[ $# -gt 0 ] && shift
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
export STATE_DIRECTORY=$work
ulimit -n 4096
export AIRWAKE_SOURCES_UDP_PACKETS_PER_S=1000000 # all links of this load have one address
"$build/airwake" serve --http-port 0 --udp 0 --udp-address 127.0.0.1 --max-links 256 2>"$work/log" &
pid=$!
until grep -q http "$work/log"; do kill -0 $pid; sleep 0.05; done
http=$(grep -oE 'http://[0-9.]+:[0-9]+' "$work/log" | head -1)
udp=$(grep -oE 'UDP [0-9.]+:[0-9]+' "$work/log" | head -1 | sed 's/.*://')
"$build/bench/load" --udp "$udp" --http "${http##*:}" --pid $pid "$@"
sleep 2
curl -sf "$http/api/v1/sources" | grep -oE '"(packets|frames|skipped|refused)":[0-9]+' | paste -sd, | sed 's/^/{"bench":"arrived",/; s/$/}/'
curl -sf "$http/api/v1/info" | grep -oE '"(feed|clients)":\{[^}]*\}' | paste -sd, | sed 's/^/{"bench":"server",/; s/$/}/'
echo "{\"bench\":\"resident_after\",\"MB\":$(awk '/VmRSS/ { print $2 / 1024 }' /proc/$pid/status)}"
kill $pid
wait $pid
