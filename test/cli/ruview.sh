# RuView's web page and phone app, played by what they read: field paths and types. Once without
# frames, once with a simulated room, once with a node's own vital signs.
. "$(dirname "$0")/lib.sh"
client="$(dirname "$0")/ruview_client.py"

serve --udp 0 --ruview-ports 0
extra=$(grep -oE 'RuView clients on port [0-9]+' "$work/serve.log" | grep -oE '[0-9]+$')
check "the port for RuView clients is named" test -n "$extra"
check "fields while nothing is seen" python3 "$client" "$http" "$extra" waiting
"$AIRWAKE" sim still --seconds 320 --nodes 2 --rate 50 --loss 0 --out "$work/b.pcap" >/dev/null
# a vitals packet (0002) as a node sends it: 15.5 breaths, 72.25 beats per minute, -51 dBm
exec 3<>"/dev/udp/127.0.0.1/$udp"
printf '\x02\x00\x11\xc5\x07\x05\x0e\x06\x44\x06\x0b\x00\xcd\x04\x00\x00\x00\x00\x80\x40\x00\x00\x80\x40\x39\x30\x00\x00\x00\x00\x00\x00' >&3
exec 3>&-
reported() { get /api/v1/edge-vitals >"$out"; has "$out" '"status":"ok"'; }
wait_for "the node's own vital signs" reported
check "as it said them" has "$out" '"node_id":7,"presence":true,"fall_detected":false,"motion":true,"breathing_rate_bpm":15.50,"heartrate_bpm":72.25,"rssi":-51,"n_persons":null,"motion_energy":4.0000,"presence_score":4.0000,"timestamp_ms":12345'
check "its report makes no frame and no state" has <(get /api/v1/status) '"source":"waiting"'
expired() { get /api/v1/edge-vitals >"$out"; has "$out" '"no_data","edge_vitals":null'; }
wait_for "a report that is not repeated expires" expired
check "other routes are not on that port" test \
    "$(curl -s -o "$out" -w '%{http_code}' "http://127.0.0.1:$extra/api/v1/links")" = 404
check "health is" has <(curl -s "http://127.0.0.1:$extra/health") '"status":"no-data"'
stop_server

serve --udp 0 --ruview-ports 0 --replay "$work/b.pcap" --speed 10
extra=$(grep -oE 'RuView clients on port [0-9]+' "$work/serve.log" | grep -oE '[0-9]+$')
sensed() { get /api/v1/vital-signs >"$out"; has "$out" '"breathing_rate_bpm":[0-9]'; }
wait_for "breathing of the simulated room" sensed
check "fields of a simulated room" python3 "$client" "$http" "$extra" simulated
stop_server
finish
