# Calibration over the API: an empty take arms, a walk that looks like the empty room refuses and
# says by how much, what is armed outlives the program.
. "$(dirname "$0")/lib.sh"
for what in empty walk still; do
    "$AIRWAKE" sim $what --seconds 60 --rate 50 --out "$work/$what.pcap" >/dev/null
done
join() { python3 "$(dirname "$0")/join_pcap.py" "$work/$1.pcap" 60 "${@:2}"; }
join room "$work/empty.pcap" "$work/walk.pcap"
join alike "$work/empty.pcap" "$work/empty.pcap"

play() { serve --udp 0 --replay "$work/$1.pcap" --speed 10; }
status() { get /api/v1/calibration >"$out"; has "$out" "\"status\":\"$1\""; }
value() { grep -oE "\"$1\":[^,}]*" "$out" | tail -1 | cut -d: -f2; }
link_id() { get /api/v1/links | grep -oE '"id":[0-9]+' | head -1 | cut -d: -f2; }
link() { get /api/v1/links >"$out"; has "$out" '"id":'; }
take() { # take WHAT STATUS [MORE]: asks for it; the HTTP status is to be this
    code=$(curl -sS --max-time 5 -o "$work/answer" -w '%{http_code}' "$http/api/v1/calibration" \
        -H 'Content-Type: application/json' -d "{\"link\":$(link_id),\"take\":\"$1\",\"seconds\":10}")
    check "a take $1 is answered with $2, not $code" test "$code" = "$2"
}

# empty, then somebody walks: armed, and apart
play room
wait_for "the link" link
check "nothing is calibrated by itself" status none
take walk 409
take empty 202
check "the answer shows it" has "$work/answer" '"status":"collecting"'
take empty 409
wait_for "the empty take arms" status armed
check "all seconds of it were usable: $(value empty_s)" test "$(value empty_s)" = 10
check "no overlap without a walk" test "$(value overlap)" = null
check "its age is told" test "$(value calibrated_age_s)" != null
walking() { get /api/v1/sensing/latest >"$out"; has "$out" '"state":"moving"'; }
wait_for "the walker" walking
take walk 202
two_sided() { status armed && test "$(value walk_s)" = 10; }
wait_for "the walk take arms, too" two_sided
check "overlap $(value overlap) is at most 0.05" test "$(value overlap | sed 's/0\.0[0-5].*/yes/')" = yes
stop_server
check "it is kept" has "$STATE_DIRECTORY/calibrations.json" '"crc32":[0-9]+,"content":\[\{"name":'

# the next run has it back, and knows that it is not its own
play room
wait_for "the kept calibration" status armed
check "said to be restored" has "$out" '"restored":true'
take walk 409
check "forgotten on request" test "$(curl -sS -o "$out" -w '%{http_code}' -X DELETE "$http/api/v1/calibration?link=$(link_id)")" = 204
wait_for "none" status none
stop_server
play room
wait_for "the link" link
sleep 0.5
check "it stays forgotten" status none
stop_server

# a walk that is none is refused, and by how much it overlaps is told
play alike
wait_for "the link" link
take empty 202
wait_for "the empty take arms" status armed
take walk 202
wait_for "the walk take is refused" status refused
check "for overlap" has "$out" '"refused":"overlap"'
check "of about one half: $(value overlap)" test "$(value overlap | sed 's/0\.[2-8].*/half/')" = half
stop_server

# a file that was damaged is set aside, not believed
play room
wait_for "the link" link
take empty 202
wait_for "the empty take arms" status armed
stop_server
sed -i 's/"empty_s":10/"empty_s":11/' "$STATE_DIRECTORY/calibrations.json"
play room
wait_for "the link" link
sleep 0.5
check "a wrong checksum arms nothing" status none
check "and is told" has "$work/serve.log" 'calibrations.json: the checksum is wrong'
check "set aside" test -e "$STATE_DIRECTORY/calibrations.json.bad"
stop_server
finish
