# Recordings of the real server: start, stop, download, play again, delete; a file that may not grow.
. "$(dirname "$0")/lib.sh"
"$AIRWAKE" sim walk --seconds 30 --nodes 3 --rate 100 --loss 0 --out "$work/walk.pcap" >/dev/null
api() { # api METHOD PATH [JSON]: body to $out, status to $code
    local body=()
    [ "$1" = POST ] && body=(-H 'Content-Type: application/json' -d "${3:-{\}}")
    code=$(curl -sS --max-time 10 -o "$out" -w '%{http_code}' -X "$1" "${body[@]}" "$http$2")
}
is() { [ "$code" = "$1" ]; }
id_of() { grep -oE '"id":"[^"]+"' "$out" | head -1 | sed 's/.*:"//; s/"//'; }

serve --udp 0
api GET /api/v1/recordings
check "none yet" has "$out" '^\{"recordings":\[\]\}$'
"$AIRWAKE" send "$work/walk.pcap" --to "127.0.0.1:$udp" --speed 10 >"$work/sent" &
sender=$!
pids+=($sender)
receiving() { get /api/v1/sources >"$out"; has "$out" '"frames":[1-9][0-9]{2}'; }
wait_for "frames" receiving
api POST /api/v1/recordings '{"name":"evening","label":"walk"}'
check "started between two markers: 201" is 201
id=$(id_of)
check "an id" test -n "$id"
api POST /api/v1/recordings
check "a second one: 409" is 409
api DELETE "/api/v1/recordings/$id"
check "deleting it while it runs: 409" is 409
wait "$sender"
sleep 0.2
api POST "/api/v1/recordings/$id/stop"
check "stopped" is 200
check "complete" has "$out" '"name":"evening","label":"walk","state":"complete","reason":null'
check "nothing lost" has "$out" '"lost":0'
check "marked simulated, since its sender said so" has "$out" '"simulated":true'
packets=$(grep -oE '"packets":[0-9]+' "$out" | grep -oE '[0-9]+')
check "with packets" test "$packets" -gt 1000
get "/api/v1/recordings/$id/data" >"$work/got.pcap"
check "downloaded as it is on disk" cmp "$work/got.pcap" "$STATE_DIRECTORY/recordings/$id.pcap"
size=$(stat -c %s "$work/got.pcap")
piece() { # RANGE STATUS: asks for it, headers to head, bytes to piece
    status=$(curl -sS -D "$work/head" -o "$work/piece" -w '%{http_code}' -H "Range: $1" "$http/api/v1/recordings/$id/data")
    check "$1: $2" test "$status" = "$2"
}
piece bytes=100-299 206
check "says which" has "$work/head" "^content-range: bytes 100-299/$size"
check "and is those bytes" cmp "$work/piece" <(tail -c +101 "$work/got.pcap" | head -c 200)
piece bytes=-50 206
check "the last 50" cmp "$work/piece" <(tail -c 50 "$work/got.pcap")
piece "bytes=$size-" 416
check "says how long it is" has "$work/head" "^content-range: bytes \*/$size"
check "as a problem document" has "$work/piece" '"status":416'
for whole in bytes=0-1,5-6 nonsense; do piece "$whole" 200; done
check "whole, and ranges are offered" has "$work/head" '^accept-ranges: bytes'
{ head -c 1000 "$work/got.pcap" >"$work/resumed.pcap" && curl -sS -C - -o "$work/resumed.pcap" "$http/api/v1/recordings/$id/data"; }
check "a download that was cut off goes on" cmp "$work/resumed.pcap" "$work/got.pcap"
run 0 "$AIRWAKE" inspect --json "$work/got.pcap"
frames=$(grep -oE '"frames":[0-9]+' "$out" | head -1 | grep -oE '[0-9]+')
markers=$(grep -oE '"without_csi":[0-9]+' "$out" | head -1 | grep -oE '[0-9]+')
check "every packet is in it" test $((frames + markers)) = "$packets"
check "and says that it is simulated" has "$out" '"simulated":true|simulated'

# played again, as a source of the running server
api POST "/api/v1/recordings/$id/replay" '{"speed":1}'
check "played" is 200
check "and says so" has "$out" '"replaying":true'
playing() { get /api/v1/links >"$out"; has "$out" '"id":640,'; }
wait_for "its links are there" playing
check "as simulated, from its first frame on" lacks "$out" '"source":"replay"'
api DELETE "/api/v1/recordings/$id/replay"
check "stopped" is 204
gone() { get /api/v1/links >"$out"; lacks "$out" '"id":640,'; }
wait_for "its links are gone" gone
api POST "/api/v1/recordings/$id/replay" '{"speed":1000}'
check "again, to its end" is 200
ended() { api GET "/api/v1/recordings/$id"; has "$out" '"replaying":false'; }
wait_for "it ends" ended
api POST "/api/v1/recordings/$id/replay" '{"speed":0}'
check "a speed that is none: 422" is 422

# ids cannot leave their folder
echo secret >"$STATE_DIRECTORY/secret.pcap"
for bad in '..%2fsecret' '..%2Fhistory.db' '%2e%2e%2fsecret' 'SECRET' 'a.b' "$(printf 'a%.0s' {1..60})"; do
    for path in "/api/v1/recordings/$bad/data" "/api/v1/recordings/$bad"; do
        api GET "$path"
        check "$path: 404" is 404
        check "$path says nothing" lacks "$out" secret$
    done
    api DELETE "/api/v1/recordings/$bad"
    check "DELETE $bad: 404" is 404
done
ln -s "$STATE_DIRECTORY/secret.pcap" "$STATE_DIRECTORY/recordings/link.pcap"
api GET /api/v1/recordings/link/data
check "nor by a link" is 404
check "the other file is there" test -s "$STATE_DIRECTORY/secret.pcap"

# it ends by itself; a killed server leaves a recording that can be read and is called interrupted
api POST /api/v1/recordings '{"max_s":1}'
short=$(id_of)
over() { api GET "/api/v1/recordings/$short"; has "$out" '"state":"complete","reason":"its time is over"'; }
wait_for "its time is over" over
api POST /api/v1/recordings
cut=$(id_of)
"$AIRWAKE" send "$work/walk.pcap" --to "127.0.0.1:$udp" --speed 30 >/dev/null
kill -9 "$server"
wait "$server" 2>/dev/null
run 0 "$AIRWAKE" inspect --json "$STATE_DIRECTORY/recordings/$cut.pcap"
check "what was written is there" has "$out" '"frames":[1-9][0-9]{3}'

# a disk that takes no more: what was written stays, and it is said. Files may have 600 KiB here.
(ulimit -f 600; exec "$AIRWAKE" serve --http-port 0 --udp 0 2>"$work/serve.log") &
server=$!
pids+=("$server")
listens() { http=$(grep -oE 'http://127.0.0.1:[0-9]+' "$work/serve.log"); }
wait_for "it starts" listens
udp=$(grep -oE 'UDP [0-9.]+:[0-9]+' "$work/serve.log" | head -1 | sed 's/.*://')
api GET "/api/v1/recordings/$cut"
check "the one that was cut off says so" has "$out" '"state":"interrupted","reason":"the server ended'
api POST /api/v1/recordings
full=$(id_of)
"$AIRWAKE" send "$work/walk.pcap" --to "127.0.0.1:$udp" --speed 30 >/dev/null
failed_() { api GET "/api/v1/recordings/$full"; has "$out" '"state":"failed"'; }
wait_for "it fails" failed_
check "and says why" has "$out" '"reason":"[^"]*File too large; what was written before is safe"'
packets=$(grep -oE '"packets":[0-9]+' "$out" | grep -oE '[0-9]+')
check "still serving" get /health/live >/dev/null
api GET '/api/v1/events?type=recording'
check "an event tells it" has "$out" '"state":"failed"'
stop_server
run 0 "$AIRWAKE" inspect --json "$STATE_DIRECTORY/recordings/$full.pcap"
frames=$(grep -oE '"frames":[0-9]+' "$out" | head -1 | grep -oE '[0-9]+')
markers=$(grep -oE '"without_csi":[0-9]+' "$out" | head -1 | grep -oE '[0-9]+')
check "the file is whole: $packets packets" test $((frames + markers)) = "$packets"
check "nearly as long as it may be" test "$(stat -c %s "$STATE_DIRECTORY/recordings/$full.pcap")" -gt 600000
serve --udp 0
api DELETE "/api/v1/recordings/$full"
check "deleted" is 204
check "with its file" test ! -e "$STATE_DIRECTORY/recordings/$full.pcap"
api GET "/api/v1/recordings/$full"
check "is gone" is 404
stop_server
finish
