#!/usr/bin/env bash
# Measures the running server: start to first answered request, memory, CPU and loss with N nodes.
#   bench/serve.sh [PROGRAM] [NODES] [RATE_HZ] [SECONDS]      prints one JSON line per figure
set -euo pipefail
airwake=${1:-build/release/airwake} nodes=${2:-16} rate=${3:-100} seconds=${4:-60}
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# start to first answer: the time until a request is answered, tried every millisecond
for _ in $(seq 9); do
    port=$((20000 + RANDOM % 20000))
    begin=$(date +%s%N)
    "$airwake" serve --http-port $port --no-udp 2>/dev/null &
    pid=$!
    until (exec 3<>/dev/tcp/127.0.0.1/$port && printf 'GET /health/live HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3 &&
        read -r -t 2 line <&3 && [[ $line == *200* ]]) 2>/dev/null; do sleep 0.001; done
    end=$(date +%s%N)
    echo $(((end - begin) / 1000)) >>"$work/start"
    kill $pid && wait $pid || true
done
echo "{\"bench\":\"serve_start_to_first_answer_ms\",\"median\":$(median <"$work/start" | awk '{ print $1 / 1000 }')}"

strip -o "$work/stripped" "$airwake"
echo "{\"bench\":\"stripped_binary_kB\",\"value\":$(($(stat -c %s "$work/stripped") / 1000))}"

"$airwake" sim walk --nodes "$nodes" --rate "$rate" --seconds "$seconds" --loss 0 --out "$work/load.pcap" >/dev/null
taskset -c 0 "$airwake" serve --http-port 0 --udp 0 --udp-address 127.0.0.1 2>"$work/log" &
pid=$!
until grep -q http "$work/log" 2>/dev/null; do sleep 0.05; done
http=$(grep -oE 'http://[0-9.:]+' "$work/log")
udp=$(grep -oE 'UDP [0-9.]+:[0-9]+' "$work/log" | sed 's/.*://')
ticks() { awk '{ print $14 + $15 }' /proc/$pid/stat; }
before=$(ticks)
taskset -c 1 "$airwake" send "$work/load.pcap" --to "127.0.0.1:$udp" >"$work/sent"
after=$(ticks)
sleep 1
sent=$(grep -oE '^[0-9]+' "$work/sent")
sources=$(curl -s "$http/api/v1/sources")
packets=$(grep -oE '"packets":[0-9]+' <<<"$sources" | head -1 | grep -oE '[0-9]+')
rss=$(awk '/VmRSS/ { print $2 }' /proc/$pid/status)
cpu=$(awk -v t=$((after - before)) -v hz="$(getconf CLK_TCK)" -v s="$seconds" 'BEGIN { print 100 * t / hz / s }')
echo "{\"bench\":\"load\",\"nodes\":$nodes,\"rate_hz\":$rate,\"seconds\":$seconds,\"sent\":$sent,\"received\":$packets,\"lost\":$((sent - packets)),\"cpu_percent_of_one_core\":$cpu,\"rss_MB\":$(awk -v k="$rss" 'BEGIN { print k / 1024 }')}"
kill $pid
wait $pid
