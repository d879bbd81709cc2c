# Rubbish at the HTTP port of the real server: it serves on, and ends as ever (under the sanitizers
# that also says that no memory was misused or lost).
. "$(dirname "$0")/lib.sh"
unset AIRWAKE_CONFIG
"$AIRWAKE" sim walk --seconds 5 --nodes 2 --rate 50 --out "$work/walk.pcap" >/dev/null
serve --udp 0 --replay "$work/walk.pcap" --loop
seed=${NOISE_SEED:-$(date +%s)}
echo "NOISE_SEED=$seed"
run 0 python3 "$(dirname "$0")/noise.py" "${http##*:}" "${NOISE_SECONDS:-6}" "$seed"
check "many came: $(cat "$out")" test "$(cat "$out")" -ge 20
check "it serves" test "$(curl -s -o /dev/null -w '%{http_code}' --max-time 10 "$http/api/v1/links")" = 200
hears() { curl -s -N --http1.1 --max-time 1 -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' \
    -H 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==' "$http/ws/sensing" | grep -aq hello; }
wait_for "and its WebSockets" hears
stop_server
check "nothing was found" lacks "$work/serve.log" 'Sanitizer|runtime error'
finish
