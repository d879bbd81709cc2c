# Signed datagrams: keys, sending, and what somebody on the way can do: nothing.
. "$(dirname "$0")/lib.sh"
unset AIRWAKE_CONFIG
tool=$(dirname "$0")/signed.py
count() { get /api/v1/sources | sed -E 's/.*"refused_by_reason":\{([^}]*)\}.*/\1/' | grep -oE "\"$1\":[0-9]+" | grep -oE '[0-9]+$' || echo 0; }
packets() { get /api/v1/sources | grep -oE '"packets":[0-9]+' | head -1 | grep -oE '[0-9]+'; }
frames() { get /api/v1/sources | grep -oE '"frames":[0-9]+' | head -1 | grep -oE '[0-9]+'; }
is() { # is REASON N: within 10 s N were refused for it
    counted() { [ "$(count "$1")" = "$2" ]; }
    wait_for "$2 refused: $1 (are $(count "$1"))" counted "$1" "$2"
}
"$AIRWAKE" sim walk --seconds 6 --nodes 2 --rate 50 --loss 0 --out "$work/walk.pcap" >/dev/null
keys=$work/keys

# keys
run 0 "$AIRWAKE" key create --file "$keys"
check "a line for the sender" has "$out" '^1 [0-9a-f]{64}$'
run 0 "$AIRWAKE" key create --file "$keys" --id 7
key=$(sed 's/^7 //' "$out")
run 0 "$AIRWAKE" key create --file "$keys"
check "the number after the highest" has "$out" '^8 '
run 1 "$AIRWAKE" key create --file "$keys" --id 7
check "a number that is taken" has "$err" 'key 7: there is one already'
run 0 "$AIRWAKE" key list --file "$keys"
check "numbers only" test "$(paste -sd, "$out")" = 1,7,8
check "mode" test "$(stat -c %a "$keys")" = 600
run 2 "$AIRWAKE" key
run 2 "$AIRWAKE" key create
run 2 "$AIRWAKE" key revoke --file "$keys"
run 1 "$AIRWAKE" send "$work/walk.pcap" --key-file "$keys"
check "which one?" has "$err" 'holds 3 keys: say which by --key-id'

# a server that is to require what it cannot check
run 1 "$AIRWAKE" serve --http-port 0 --udp 0 --udp-require-auth
check "what is missing" has "$err" 'sources\.udp_require_auth: sources\.udp_keys_file is missing'
chmod 640 "$keys"
run 1 "$AIRWAKE" serve --http-port 0 --udp 0 --udp-keys "$keys"
check "others may read it" has "$err" 'chmod 600'
chmod 600 "$keys"
printf '1 00\n' >"$work/short"
chmod 600 "$work/short"
run 1 "$AIRWAKE" serve --http-port 0 --udp 0 --udp-keys "$work/short"
check "a wrong line" has "$err" 'short: line 1 is not a number'

# signed ones arrive, through somebody who keeps them
send_through_relay() { # send_through_relay FILE KEY_ID
    python3 "$tool" relay "$udp" "$1" >"$work/relay" &
    relay=$!
    pids+=("$relay")
    wait_for "the relay listens" test -s "$work/relay"
    run 0 "$AIRWAKE" send "$work/walk.pcap" --to "127.0.0.1:$(head -1 "$work/relay")" --speed 4 --key-file "$keys" --key-id "$2"
    sent=$(grep -oE '^[0-9]+' "$out")
    wait "$relay"
    check "all were passed on" test "$(tail -1 "$work/relay")" = "$sent"
}
serve --udp 0 --udp-keys "$keys" --udp-require-auth
curl -sS -o "$out" -X POST -H 'Content-Type: application/json' -d '{}' "$http/api/v1/recordings"
id=$(grep -oE '"id":"[^"]+"' "$out" | head -1 | sed 's/.*:"//; s/"//')
send_through_relay "$work/kept" 7
all_in() { [ "$(packets)" = "$sent" ]; }
wait_for "all $sent arrive" all_in
get /api/v1/sources >"$out"
check "none is refused" has "$out" '"refused":0'
used=$(frames)
check "their frames are used: $used" test "$used" -ge 599

# sent again, changed, old, of others: each is refused for what it is
again=$(python3 "$tool" again "$udp" "$work/kept")
is replayed "$again"
bad=$(python3 "$tool" flip "$udp" "$work/kept")
total_bad() { [ $(($(count bad-mac) + $(count unknown-key))) = "$bad" ]; }
wait_for "all $bad with a changed bit are refused" total_bad
unknown=$(count unknown-key)
check "most of them by the MAC" test "$unknown" -le $((bad / 10))
bare=$(python3 "$tool" bare "$udp" "$work/kept")
is unsigned "$bare"
old=$(python3 "$tool" sign "$udp" "$work/kept" "$key" 7 31)
is stale "$old"
early=$(python3 "$tool" sign "$udp" "$work/kept" "$key" 7 -31)
is stale $((old + early))
other=$(python3 "$tool" sign "$udp" "$work/kept" "$key" 1 0)
wait_for "another's number" counted bad-mac $((bad - unknown + other))
stranger=$(python3 "$tool" sign "$udp" "$work/kept" "$key" 99 0)
is unknown-key $((unknown + stranger))
run 0 "$AIRWAKE" send "$work/walk.pcap" --to "127.0.0.1:$udp" --speed 10
is unsigned $((bare + sent))
check "none of them was used" test "$(frames)" = "$used"
get /metrics >"$work/metrics"
check "in the metrics, too" has "$work/metrics" "^airwake_input_refused_total\{.*reason=\"replayed\"\} $again\$"
get /api/v1/links >"$out"
check "and nothing is lost" lacks "$out" '"lost":[1-9]'

# what another program signs as the page says is taken; the sender goes on, too
python3 "$tool" sign "$udp" "$work/kept" "$key" 7 0 >/dev/null
taken() { [ "$(packets)" = "$((2 * sent + again + bad + bare + old + early + other + stranger + sent))" ]; }
wait_for "all are there" taken
check "no more refused as replayed" test "$(count replayed)" = "$again"
check "nor as stale" test "$(count stale)" = $((old + early))

# the recording holds what was inside, and nothing that was refused
curl -sS -o "$out" -X POST "$http/api/v1/recordings/$id/stop" -H 'Content-Type: application/json' -d '{}'
run 0 "$AIRWAKE" inspect --json "$STATE_DIRECTORY/recordings/$id.pcap"
check "every frame that was taken, twice" has "$out" '"frames":1200,.*"refused":\{\}'
check "readable as ever" has "$out" '"format":"ruview"'

# keys that change while it runs
run 0 "$AIRWAKE" key revoke --file "$keys" --id 7
wait_for "the server saw it" has "$work/serve.log" 'keys of datagrams read again: 2'
sleep 0.3
before=$(count unknown-key)
n=$(python3 "$tool" sign "$udp" "$work/kept" "$key" 7 0)
is unknown-key $((before + n))
chmod 644 "$keys"
wait_for "nor any, when others may read them" has "$work/serve.log" 'no key of datagrams is known any more: .*chmod 600'
chmod 600 "$keys"
again() { [ "$(grep -c 'read again: 2' "$work/serve.log")" = 2 ]; }
wait_for "and again" again
for secret in "$key" $(grep -oE '[0-9a-f]{64}' "$keys"); do
    check "no key in the log" lacks "$work/serve.log" "$secret"
    get /api/v1/config >"$out"
    check "nor in the settings" lacks "$out" "$secret"
done
sleep 1.5
send_through_relay "$work/kept" 8
stop_server

# what was kept before the server started is of no use after
serve --udp 0 --udp-keys "$keys"
again=$(python3 "$tool" again "$udp" "$work/kept")
is stale "$again"
check "no link comes of it" test "$(frames)" = 0

# signed and not signed, side by side
run 0 "$AIRWAKE" send "$work/walk.pcap" --to "127.0.0.1:$udp" --speed 10
run 0 "$AIRWAKE" send "$work/walk.pcap" --to "127.0.0.1:$udp" --speed 10 --key-file "$keys" --key-id 1
both() { [ "$(packets)" = $((again + 2 * sent)) ]; }
wait_for "both" both
check "none is refused for its signature" test "$(count stale),$(count unsigned),$(count bad-mac),$(count replayed)" = "$again,0,0,0"
stop_server

# a capture of signed datagrams is read like one of others
"$AIRWAKE" record --udp 45027 --address 127.0.0.1 --seconds 3 "$work/rec.pcap" >/dev/null &
recorder=$!
sleep 0.4
run 0 "$AIRWAKE" send "$work/walk.pcap" --to 127.0.0.1:45027 --speed 4 --key-file "$keys" --key-id 1
wait "$recorder"
run 0 "$AIRWAKE" inspect --json "$work/rec.pcap"
check "its frames" has "$out" '"frames":600\b'
finish
