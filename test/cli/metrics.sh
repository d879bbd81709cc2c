# GET /metrics, and the alerts and dashboard that use it.
. "$(dirname "$0")/lib.sh"
contrib=$(cd "$(dirname "$0")/../../contrib" && pwd)

"$AIRWAKE" sim walk --seconds 20 --nodes 2 --rate 50 --loss 0 --out "$work/walk.pcap" >/dev/null
AIRWAKE_MQTT_HOST=127.0.0.1 AIRWAKE_MQTT_PORT=1 serve --udp 0
"$AIRWAKE" send "$work/walk.pcap" --to "127.0.0.1:$udp" --speed 4 >"$work/sent" &
sender=$!
pids+=("$sender")
sensed() { get /metrics >"$work/metrics"; has "$work/metrics" '^airwake_links 2$' && has "$work/metrics" '^airwake_updates_total [1-9]'; }
wait_for "two links" sensed
check "their rates" test "$(grep -c '^airwake_link_frame_rate_hertz{' "$work/metrics")" = 2
check "marked simulated" lacks "$work/metrics" '^airwake_link.*source="live"'
wait "$sender"
sent=$(grep -oE '^[0-9]+' "$work/sent")
all_in() { get /metrics >"$work/metrics"; has "$work/metrics" "^airwake_input_records_total\{input=\"udp:$udp\",source=\"live\"\} $sent\$"; }
wait_for "all $sent datagrams are counted" all_in
printf 'rubbish' >"/dev/udp/127.0.0.1/$udp"
refused() { get /metrics >"$work/metrics"; has "$work/metrics" '^airwake_input_refused_total\{.*reason="unknown-format"\} 1$'; }
wait_for "a refusal by reason" refused
get /nowhere >/dev/null
get /metrics >"$work/metrics"
check "requests by route" has "$work/metrics" '^airwake_http_requests_total\{route="/metrics",status="200"\} [1-9]'
check "an unknown address makes no series of its own" has "$work/metrics" '^airwake_http_requests_total\{route="other",status="404"\} 1$'
updates=$(sed -n 's/^airwake_updates_total //p' "$work/metrics")
check "every update is in the histogram" has "$work/metrics" "^airwake_update_latency_seconds_count $updates\$"
check "and in its last bucket" has "$work/metrics" "^airwake_update_latency_seconds_bucket\{le=\"\+Inf\"\} $updates\$"
check "no broker is told" has "$work/metrics" '^airwake_mqtt_connected 0$'
rss=$(sed -n 's/^process_resident_memory_bytes //p' "$work/metrics")
kb=$(awk '/VmRSS/ { print $2 }' "/proc/$server/status")
check "memory as the system says: $rss, $kb kB" test "$((rss / 1024))" -ge $((kb * 9 / 10)) -a "$((rss / 1024))" -le $((kb * 11 / 10))
start=$(sed -n 's/^process_start_time_seconds //p' "$work/metrics")
check "started a moment ago" test $(($(date +%s) - ${start%.*})) -le 60
silent() { get /metrics >"$work/later"; has "$work/later" '^airwake_links 0$' && lacks "$work/later" '^airwake_link_frame_rate_hertz\{'; }
wait_for "no rate of silent links" silent

# what the alerts and the dashboard name is there
for name in $(grep -ohE '\b(airwake|process)_[a-z_]+' "$contrib/alerts.yml" "$contrib/grafana-dashboard.json" | sort -u); do
    check "contrib: $name is in /metrics" has "$work/metrics" "^$name(\{| )"
done
check "the dashboard is JSON" python3 -m json.tool "$contrib/grafana-dashboard.json" /dev/null
if command -v promtool >/dev/null; then
    run 0 promtool check metrics <"$work/metrics"
    run 0 promtool check rules "$contrib/alerts.yml"
else echo "SKIPPED: no promtool for /metrics and the alerts" >&2; fi
stop_server
finish
