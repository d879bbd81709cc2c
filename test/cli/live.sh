# The real server: synthetic nodes in by UDP, what it senses out by HTTP.
. "$(dirname "$0")/lib.sh"

"$AIRWAKE" sim walk --seconds 20 --nodes 3 --rate 50 --loss 0 --out "$work/walk.pcap" >/dev/null
serve --udp 0
check "not ready while nothing arrives is no error" get /health >"$out"
get /api/v1/links >"$out"
check "no link is made up" has "$out" '"links":\[\]'

"$AIRWAKE" send "$work/walk.pcap" --to "127.0.0.1:$udp" --speed 4 >"$work/sent" &
pids+=($!)
sender=$!
moving() { get /api/v1/sensing/latest >"$out"; has "$out" '"state":"moving"'; }
wait_for "motion of the simulated walker" moving
check "marked simulated, since the sender says so" has "$out" '"source":"simulated"'
check "not called live" lacks "$out" '"source":"live"'
wait "$sender"
sent=$(grep -oE '^[0-9]+' "$work/sent")
all_in() { get /api/v1/sources >"$out"; has "$out" "\"packets\":$sent\b"; }
wait_for "all $sent datagrams arrive" all_in
get /api/v1/links >"$out"
check "three links" test "$(grep -o '"rate_hz"' "$out" | wc -l)" = 3
get /api/v1/sensing/latest >"$out"
check "and a room of the three" has "$out" '"rooms":\[\{"room":"default","name":"Room","source":"simulated","links":3,'
get /api/v1/links >"$out"
check "nothing lost" lacks "$out" '"lost":[1-9]'

# rubbish of every length is counted and harms nothing
exec 3<>"/dev/udp/127.0.0.1/$udp"
for n in 0 1 3 4 7 19 20 47 48 59 60 100 600 1400 2100; do
    head -c "$n" /dev/urandom >&3 2>/dev/null
    { printf '\x01\x00\x11\xc5'; head -c "$n" /dev/urandom; } >&3 2>/dev/null
done
exec 3>&-
refused() { get /api/v1/sources >"$out"; has "$out" '"refused_by_reason":\{[^}]*"(unknown-format|truncated|length|layout|range)":'; }
wait_for "rubbish is refused with a reason" refused
check "still serving" get /health/live >"$out"

# silence is told, not held
silent() { get /api/v1/sensing/latest >"$out"; has "$out" '"state":null' && lacks "$out" '"state":"moving"'; }
wait_for "silent links say so" silent
check "with a reason" has "$out" '"(no-frames|stale)"'

# the port is taken
run 1 "$AIRWAKE" serve --http-port "${http##*:}" --no-udp
check "HTTP port in use" has "$err" 'in use'
run 1 "$AIRWAKE" serve --http-port 0 --udp "$udp"
check "UDP port in use" has "$err" "UDP port $udp is in use"
stop_server

# a file that is played is a replay; live frames of hardware end the demonstration
"$AIRWAKE" convert "$work/walk.pcap" "$work/w.csv" >/dev/null
serve --udp 0 --demo "$work/walk.pcap"
demo() { get /api/v1/links >"$out"; has "$out" '"source":"simulated"'; }
wait_for "the demonstration plays" demo
stop_server

# record what is sent, and play the recording
"$AIRWAKE" record --udp 45017 --address 127.0.0.1 --seconds 3 "$work/rec.pcap" >/dev/null &
recorder=$!
sleep 0.3
"$AIRWAKE" send "$work/walk.pcap" --to 127.0.0.1:45017 --speed 20 >"$work/sent"
wait "$recorder" || fail "record exited with $?"
sent=$(grep -oE '^[0-9]+' "$work/sent")
run 0 "$AIRWAKE" inspect --json "$work/rec.pcap"
frames=$(grep -oE '"frames":[0-9]+' "$out" | head -1 | grep -oE '[0-9]+')
markers=$(grep -oE '"without_csi":[0-9]+' "$out" | head -1 | grep -oE '[0-9]+')
check "every datagram is in the recording" test $((frames + markers)) = "$sent"
run 1 "$AIRWAKE" record --udp 45017 "$work/rec.pcap"
check "a recording is never overwritten" has "$err" 'exists already'

# doctor
run 1 "$AIRWAKE" doctor --udp 45018 --address 127.0.0.1 --seconds 1
check "doctor says what to do" has "$out" 'firewall'
"$AIRWAKE" doctor --udp 45018 --address 127.0.0.1 --seconds 2 >"$out" 2>&1 &
doctor=$!
sleep 0.3
"$AIRWAKE" send "$work/walk.pcap" --to 127.0.0.1:45018 --speed 20 >/dev/null
wait "$doctor" || fail "doctor exited with $? although CSI arrives"
check "doctor sees the nodes" has "$out" 'RuView'
finish
