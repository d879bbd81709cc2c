#!/usr/bin/env bash
# Measures everything that can be measured and writes docs/accuracy.md.
#   bench/accuracy.sh [DATA] [BUILD] [ROOMS]       ../shared/data  build/release  150
# 5 to 8 minutes on 2 cores. Figures that depend on the machine are not part of it.
set -euo pipefail
cd "$(dirname "$0")/.."
data=${1:-../shared/data} build=${2:-build/release} rooms=${3:-150}
bin=$build/bench
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

simulate() { # part..., one after the other
    for part; do "$bin/accuracy_sim" "$rooms" "$part" >"$work/sim_$part"; done
}
simulate motion &
simulation=$!
simulate breathing heart relock doppler speed
"$bin/accuracy_motion" "$data" >"$work/motion"
"$bin/accuracy_breathing" "$data" >"$work/breathing" 2>/dev/null
"$bin/accuracy_falls" "$data" >"$work/falls"
"$bin/accuracy_speed" "$data" >"$work/speed"
"$bin/accuracy_rivals" "$data" >"$work/rivals"
wait $simulation

part() { sed -n "/^<!-- $1 -->/,/^<!-- end -->/p" bench/accuracy.md.in | sed '1d;$d'; }
code() { printf '\n```\n'; cat "$1"; printf '```\n'; }
{
    part head
    part rivals
    cat "$work/rivals"
    part motion
    code "$work/motion"
    part breathing
    code "$work/breathing"
    part falls
    cat "$work/falls"
    part speed
    cat "$work/speed"
    part simulation
    cat "$work/sim_breathing" "$work/sim_relock" "$work/sim_motion" "$work/sim_speed" "$work/sim_heart" "$work/sim_doppler"
    part notes
} >"$work/accuracy.md"
mv "$work/accuracy.md" docs/accuracy.md
echo "docs/accuracy.md is written"
