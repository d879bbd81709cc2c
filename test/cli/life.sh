# A server that is left running: told to reload, watched by a service manager, changed by the API.
. "$(dirname "$0")/lib.sh"
unset AIRWAKE_CONFIG

# a service manager: writes what it is told to $work/told, one datagram per line
cat >"$work/manager.py" <<'PY'
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
with open(sys.argv[2], "w") as f:
    while True:
        f.write(s.recv(4096).decode().replace("\n", " ") + "\n")
        f.flush()
PY
python3 "$work/manager.py" "$work/notify" "$work/told" &
pids+=($!)
wait_for "the manager listens" test -S "$work/notify"

"$AIRWAKE" sim walk --seconds 20 --nodes 2 --rate 20 --out "$work/walk.pcap" >/dev/null
printf 'sources:\n  udp: [0]\n  replay: ["%s"]\n  replay_speed: 1\nlog:\n  level: debug\n' \
    "$work/walk.pcap" >"$work/c.yaml"
export NOTIFY_SOCKET=$work/notify WATCHDOG_USEC=2000000
serve --config "$work/c.yaml"
wait_for "READY" grep -q '^READY=1' "$work/told"
told_often() { [ "$(grep -c '^WATCHDOG=1' "$work/told")" -ge 3 ]; }
wait_for "the watchdog is told" told_often

# reload: what can be changed is, what cannot is named, errors change nothing
playing() { get /api/v1/sources >"$out"; has "$out" "playing at $1x"; }
sed -i 's/replay_speed: 1/replay_speed: 4/; s/udp: .*/udp: [0, 0]/' "$work/c.yaml"
kill -HUP "$server"
wait_for "the speed is changed" playing 4
check "said" has "$work/serve.log" 'changed: sources\.replay_speed$'
check "restart" has "$work/serve.log" 'need a restart: sources\.udp$'
check "RELOADING with its time" has "$work/told" '^RELOADING=1 MONOTONIC_USEC=[0-9]+$'
check "READY again" test "$(grep -c '^READY=1' "$work/told")" = 2
sed -i 's/replay_speed: 4/replay_speed: 2000/' "$work/c.yaml"
kill -HUP "$server"
refused() { has "$work/serve.log" 'the old ones stay: 1 errors'; }
wait_for "a wrong file is refused" refused
check "with its place" has "$work/serve.log" 'c\.yaml:4:17: sources\.replay_speed: 2000 is not'
check "and the old speed stays" playing 4

# the API
patch() { curl -sS --max-time 5 -o "$out" -w '%{http_code}' -X PATCH -H 'content-type: application/json' -d "$1" "$http/api/v1/config"; }
check "PATCH" test "$(patch '{"sources.replay_speed":2,"log.level":"info"}')" = 200
check "in effect" has "$out" '"key":"sources.replay_speed","value":2.000000,"origin":"api","live":true'
wait_for "in the sensing thread too" playing 2
check "out of range: 422" test "$(patch '{"log.level":"debug","sources.replay_speed":5000}')" = 422
check "field and range" has "$out" '"field":"sources.replay_speed".*"allowed":"a number from 0.01 to 1000"'
for wrong in '"4"' null true '[4]' '{}' 1e999; do
    check "not $wrong" test "$(patch "{\"sources.replay_speed\":$wrong}")" != 200
done
check "unknown key: 422" test "$(patch '{"no.such":1}')" = 422
check "needs a restart: 409" test "$(patch '{"http.port":1}')" = 409
get /api/v1/config >"$out"
check "all or nothing" has "$out" '"key":"log.level","value":"info"'
check "nothing else was changed" has "$out" '"key":"sources.replay_speed","value":2.000000'
sed -i 's/replay_speed: 2000/replay_speed: 3/' "$work/c.yaml"
kill -HUP "$server"
again() { [ "$(grep -c 'settings read again' "$work/serve.log")" = 2 ]; }
wait_for "read again" again
check "what the API changed stays" playing 2

# one line each in JSON
check "PATCH json" test "$(patch '{"log.format":"json"}')" = 200
stop_server
check "STOPPING" has "$work/told" '^STOPPING=1'
check "JSON lines" has "$work/serve.log" '^\{"time":"20[0-9T:-]+Z","level":"info","message":"stopping"\}$'

unset NOTIFY_SOCKET WATCHDOG_USEC
finish
