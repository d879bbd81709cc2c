# Every path of api/openapi.json against the running program: status, type and body by the schemas,
# wrong methods, bad parameters and bodies, WebSocket messages.
. "$(dirname "$0")/lib.sh"

"$AIRWAKE" sim still --seconds 60 --nodes 2 --rate 50 --out "$work/b.pcap" >/dev/null ||
    fail "no recording"
serve --udp 0 --replay "$work/b.pcap" --speed 10 --loop
sensed() { get /api/v1/sensing/latest >"$out"; has "$out" '"state":"'; }
wait_for "a state of the simulated room" sensed
check "the walk" python3 "$(dirname "$0")/openapi_walk.py" "$http"
stop_server
finish
