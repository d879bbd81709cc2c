# Frames and spectra of a played recording, through the engine, to a client that subscribes.
. "$(dirname "$0")/lib.sh"

"$AIRWAKE" sim walk --seconds 40 --nodes 2 --rate 50 --loss 0 --out "$work/w.pcap" >/dev/null ||
    fail "no recording"
serve --udp 0 --replay "$work/w.pcap" --speed 2
linked() { get /api/v1/links >"$out"; has "$out" '"rate_hz":[0-9]'; }
wait_for "links" linked
check "streams" python3 "$(dirname "$0")/streams_client.py" "$http"
get /api/v1/info >"$out"
check "nothing was left out" has "$out" '"streams":\{"sent":[1-9][0-9]*,"dropped":0,"lost":0\}'
stop_server
finish
