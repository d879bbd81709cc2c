#!/usr/bin/env bash
# Runs every fuzz target for SECONDS each, with address and undefined behaviour sanitizers.
#   tools/fuzz.sh SECONDS [TARGET...]
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:?seconds per target}
shift
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz >/dev/null
targets=("$@")
if [ ${#targets[@]} = 0 ]; then
    for t in build/fuzz/fuzz/fuzz_*; do [ -x "$t" ] && [ -f "$t" ] && targets+=("$(basename "$t")"); done
fi
for t in "${targets[@]}"; do
    corpus=build/fuzz/corpus/$t
    mkdir -p "$corpus"
    seeds=()
    [ -d "fuzz/corpus/$t" ] && seeds=("fuzz/corpus/$t")
    if ! build/fuzz/fuzz/"$t" -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=10 \
        -artifact_prefix=build/fuzz/ "$corpus" "${seeds[@]}" >build/fuzz/"$t".log 2>&1; then
        tail -40 build/fuzz/"$t".log >&2
        echo "fuzz: $t failed" >&2
        exit 1
    fi
    echo "fuzz: $t $(grep -oE '#[0-9]+' build/fuzz/"$t".log | tail -1) runs, no finding"
done
