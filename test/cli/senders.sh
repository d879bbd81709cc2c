# Whose datagrams come in: the list of addresses, and one that sends too much.
. "$(dirname "$0")/lib.sh"
unset AIRWAKE_CONFIG
senders=$(dirname "$0")/senders.py
from() { python3 "$senders" "$@"; }
patch() { # patch JSON: status to $code, body to $out
    code=$(curl -sS --max-time 5 -o "$out" -w '%{http_code}' -X PATCH -H 'Content-Type: application/json' -d "$1" "$http/api/v1/config")
}
"$AIRWAKE" sim walk --seconds 6 --nodes 1 --rate 100 --loss 0 --out "$work/walk.pcap" >/dev/null

# a wrong list is refused with its key, value and what is allowed
run 2 "$AIRWAKE" serve --http-port 0 --udp 0 --udp-allow 192.168.1.0/33
check "key, value, form" has "$err" '--udp-allow: sources\.udp_allow: 192\.168\.1\.0/33 is not a list of 0 to 32 IPv4 addresses or networks, as'

# only who is listed may send
serve --udp 0 --udp-allow 127.0.0.2 --udp-allow 10.9.0.0/16
run 0 "$AIRWAKE" send "$work/walk.pcap" --to "127.0.0.1:$udp" --speed 10
sent=$(grep -oE '^[0-9]+' "$out")
refused() { get /api/v1/sources >"$out"; has "$out" "\"refused_by_reason\":\{\"not-allowed\":$sent\}"; }
wait_for "all $sent are refused" refused
check "and said" has "$out" 'but not from an address in sources.udp_allow'
get /api/v1/links >"$out"
check "no link comes of them" has "$out" '"links":\[\]'
get /metrics >"$work/metrics"
check "in the metrics" has "$work/metrics" "^airwake_input_refused_total\{.*reason=\"not-allowed\"\} $sent\$"
patch '{"sources.udp_allow":["127.0.0.0/33"]}'
check "a wrong list: 422" test "$code" = 422
check "its key and form" has "$out" '"field":"sources.udp_allow".*IPv4 addresses or networks'
patch '{"sources.udp_allow":["127.0.0.1"]}'
check "changed while it runs" test "$code" = 200
sleep 0.3
run 0 "$AIRWAKE" send "$work/walk.pcap" --to "127.0.0.1:$udp" --speed 10
in_() { get /api/v1/sources >"$out"; has "$out" "\"packets\":$((2 * sent)),\"frames\":[1-9][0-9]{2}" && has "$out" "\"not-allowed\":$sent\b"; }
wait_for "the same are in" in_
printf 'AWK1' >"$work/short"
n=$(from 127.0.0.2 "$udp" 0.2 100 "$work/short")
others() { get /api/v1/sources >"$out"; has "$out" "\"not-allowed\":$((sent + n))\b"; }
wait_for "and others are out" others
stop_server

# one address floods; a node at another loses nothing
AIRWAKE_SOURCES_UDP_PACKETS_PER_S=200 serve --udp 0
from 127.0.0.2 "$udp" 5 3000 "$work/short" >"$work/flooded" &
flood=$!
pids+=("$flood")
sleep 0.5
run 0 "$AIRWAKE" send "$work/walk.pcap" --to "127.0.0.1:$udp" --speed 1.5
sent=$(grep -oE '^[0-9]+' "$out")
wait "$flood"
flooded=$(cat "$work/flooded")
all_in() { get /api/v1/sources >"$out"; has "$out" "\"packets\":$((sent + flooded))\b"; }
wait_for "all $sent and $flooded arrive" all_in
late=$(grep -oE '"too-often":[0-9]+' "$out" | grep -oE '[0-9]+')
cut=$(sed -E "s/.*\"refused_by_reason\":\{([^}]*)\}.*/\1/" "$out" | grep -oE "\"(truncated|unknown-format|length)\":[0-9]+" | grep -oE "[0-9]+$")
check "of the flood 200 at once and 200 per second are looked at: $cut" test "$cut" -ge 1000 -a "$cut" -le 1300
check "the rest is refused" test $((late + cut)) = "$flooded"
get /api/v1/links >"$out"
check "the node lost nothing" has "$out" '"lost":0,'
frames=$(grep -oE "\"frames\":[0-9]+" "$out" | head -1 | grep -oE "[0-9]+")
check "all its frames were used: $frames" test "$frames" -ge 599
stop_server
finish
