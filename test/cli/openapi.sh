# Every path of api/openapi.json against the running program: status, type and body by the schemas,
# wrong methods, bad parameters and bodies, WebSocket messages.
. "$(dirname "$0")/lib.sh"

"$AIRWAKE" sim still --seconds 60 --nodes 2 --rate 50 --out "$work/b.pcap" >/dev/null ||
    fail "no recording"
serve --udp 0 --replay "$work/b.pcap" --speed 10 --loop --model "$(dirname "$0")/../../models/activity.card.json"
sensed() { get /api/v1/sensing/latest >"$out"; has "$out" '"state":"'; }
wait_for "a state of the simulated room" sensed
# the walk makes a recording and deletes one: another remains to ask for
curl -sS -o "$out" -H 'Content-Type: application/json' -d '{}' "$http/api/v1/recordings"
id=$(grep -oE '"id":"[^"]+"' "$out" | sed 's/.*:"//; s/"//')
curl -sS -o "$out" -X POST "$http/api/v1/recordings/$id/stop" -H 'Content-Length: 0'
sleep 1.1 # so that the next one is newer
check "the walk" python3 "$(dirname "$0")/openapi_walk.py" "$http"
stop_server
finish
