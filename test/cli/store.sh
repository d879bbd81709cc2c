# History and events of the real server.
. "$(dirname "$0")/lib.sh"
"$AIRWAKE" sim enter-sit-leave --nodes 2 --rate 30 --out "$work/in.pcap" >/dev/null
export AIRWAKE_STORE_BATCH_MS=20

serve --no-udp --replay "$work/in.pcap" --speed 50
seen() { get '/api/v1/events?type=state' >"$out"; has "$out" '"type":"state"'; }
wait_for "a state is an event" seen
check "with its source" has "$out" '"source":"simulated"'
check "what it was and became" has "$out" '"detail":\{"from":(null|"[a-z]+"),"to":'
get '/api/v1/events?type=node-appeared' >"$out"
check "nodes appeared" test "$(grep -o node-appeared "$out" | wc -l)" = 2
get '/api/v1/events?limit=1' >"$out"
next=$(grep -oE '"next":[0-9]+' "$out" | grep -oE '[0-9]+')
newest=$(grep -oE '"id":[0-9]+' "$out")
check "one event, and where to go on" test -n "$next"
get "/api/v1/events?limit=1&cursor=$next" >"$out"
check "the next one is another" lacks "$out" "$newest\b"
link=$(get /api/v1/links | grep -oE '"id":[0-9]+' | head -1 | grep -oE '[0-9]+')
points() { get "/api/v1/history?link=$link" >"$out"; has "$out" '"points":\[\{"t":'; }
wait_for "history of a link by number" points
check "at seconds" has "$out" '"resolution":"second"'
check "with source" has "$out" '"source":"simulated"'
check "and why there is no heart rate" has "$out" '"heart_bpm":\{"mean":null,[^}]*"reason":"[a-z-]+"'
name=$(get /api/v1/links | grep -oE '"name":"[^"]+"' | head -1 | sed 's/.*:"//; s/"$//')
get "/api/v1/history?link=${name// /%20}" >"$out"
check "by name" has "$out" '"points":\[\{"t":'
get '/api/v1/history?room=replay-1' >"$out"
check "of a room" has "$out" '"room":"replay-1".*"points":\[\{"t":'
get '/api/v1/history?link=nobody' >"$out"
check "of a link that never was there is none" has "$out" '"series":\[\],"points":\[\]'
get "/api/v1/history?link=$link&to=1000&from=10" >"$out"
check "nor of a time when there was nothing" has "$out" '"points":\[\],"next":null'
refused() { curl -sS -o "$out" -w '%{http_code}' "$http$1"; }
check "a resolution that is none" test "$(refused '/api/v1/history?link=0&resolution=week')" = 422
check "says which there are" has "$out" '"field":"resolution".*"allowed":"second, minute, hour, auto"'
get /api/v1/history >"$out"
check "without a name: all live links together, of which there are none" has "$out" '"room":"default","series":\[\],"points":\[\]'

check "times the wrong way round" test "$(refused '/api/v1/history?link=0&from=20&to=10')" = 422
check "limit" test "$(refused '/api/v1/events?limit=0')" = 422

# another server in the same folder does not disturb
"$AIRWAKE" serve --http-port 0 --no-udp --replay "$work/in.pcap" 2>"$work/second.log" &
second=$!
pids+=("$second")
says() { has "$work/second.log" 'history is off.*another airwake uses this folder'; }
wait_for "a second server says why it keeps nothing" says
kill "$second"
wait "$second"
stop_server

# what was is there after a new start
serve --no-udp
get '/api/v1/events?type=node-appeared' >"$out"
check "events outlive the server" test "$(grep -o node-appeared "$out" | wc -l)" = 2
stop_server

# without a store, and where none can be
serve --no-udp --no-store
check "switched off" test "$(refused /api/v1/history?link=0)" = 503
check "and why" has "$out" 'history is off: it is switched off'
stop_server
: >"$work/file"
STATE_DIRECTORY=$work/file serve --no-udp
check "a folder that cannot be made is told" has "$work/serve.log" 'history is off: .*Not a directory'
get /api/v1/store >"$out"
check "and shown" has "$out" '"on":false,"ok":false,"reason":"history is off'
check "and serves" get /health/live >"$out"
stop_server
finish
