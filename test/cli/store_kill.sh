# The real server is killed (kill -9) again and again while it writes. After each death the history
# must be whole, and hold at least what the server had said to have written.
#   store_kill.sh [LIVES]
. "$(dirname "$0")/lib.sh"
lives=${1:-100}
if ! command -v sqlite3 >/dev/null; then
    echo "SKIPPED: sqlite3 is not installed; it looks into the file independently" >&2
    exit 77
fi
db=$STATE_DIRECTORY/history.db
sql() { sqlite3 -readonly "$db" "$1"; }
"$AIRWAKE" sim enter-sit-leave --nodes 3 --rate 20 --out "$work/in.pcap" >/dev/null
export AIRWAKE_STORE_BATCH_MS=10 RANDOM=20261
n=0 events=0 early=0 written=0

start() {
    : >"$work/serve.log"
    "$AIRWAKE" serve --http-port 0 --no-udp --replay "$work/in.pcap" --speed 200 --loop \
        2>"$work/serve.log" &
    server=$!
    pids=("$server")
}
address() {
    http=
    for _ in $(seq 200); do
        http=$(grep -oE 'http://127.0.0.1:[0-9]+' "$work/serve.log") && return
        sleep 0.01
    done
    fail "life $life: the server did not start"
    cat "$work/serve.log" >&2
    exit 1
}
for life in $(seq "$lives"); do
    start
    said=0
    if [ $((life % 5)) = 0 ]; then # while it starts, makes tables or reads the log of the last death
        early=$((early + 1))
        sleep "0.0$((RANDOM % 6))$((RANDOM % 10))"
    else
        address
        sleep "0.$((RANDOM % 3))$((RANDOM % 10))"
        said=$(get /api/v1/store | sed -nE 's/.*"events_written":([0-9]+).*/\1/p')
    fi
    kill -9 "$server"
    wait "$server" 2>/dev/null
    [ -s "$db" ] && [ -n "$(sql "SELECT 1 FROM sqlite_master WHERE name = 'events'")" ] || continue
    [ "$(sql 'PRAGMA integrity_check')" = ok ] || fail "life $life: integrity_check"
    read -r got_n got_events < <(sql "SELECT coalesce((SELECT sum(n) FROM hist_second), 0) || ' ' || (SELECT count(*) FROM events)")
    [ "$got_events" -ge $((events + said)) ] ||
        fail "life $life: $got_events events, but $events before and $said said to be written"
    [ "$got_n" -ge "$n" ] || fail "life $life: $got_n seconds where $n were"
    wrong=$(sql "SELECT count(*) FROM series s JOIN
        (SELECT series, source, sum(n) n, sum(frames) f FROM hist_minute GROUP BY 1, 2) m ON m.series = s.id LEFT JOIN
        (SELECT series, source, sum(n) n, sum(frames) f FROM hist_second
         WHERE t < (SELECT max(t) + 60 FROM hist_minute) GROUP BY 1, 2) x
        ON x.series = m.series AND x.source = m.source
        WHERE x.n IS NOT m.n OR x.f IS NOT m.f")
    open=$(sql "SELECT count(*) FROM hist_minute m WHERE t >= (SELECT value FROM meta WHERE key = 'rolled_minute_s')")
    [ "$open" != 0 ] || [ "$wrong" = 0 ] || fail "life $life: minutes and seconds disagree"
    orphan=$(sql "SELECT count(*) FROM hist_second WHERE series NOT IN (SELECT id FROM series)")
    [ "$orphan" = 0 ] || fail "life $life: seconds of no link"
    written=$((written + got_events - events))
    n=$got_n events=$got_events
    checks=$((checks + 5))
done
check "the lives wrote something" test "$n" -gt "$lives"
check "and events" test "$written" -gt "$lives"
life=last
start
address
alive() { get "/api/v1/store" >"$out" && has "$out" '"ok":true' && lacks "$out" '"batches":0'; }
wait_for "the history works after the last death" alive
link=$(sql "SELECT name FROM series WHERE kind = 'link' LIMIT 1")
get "/api/v1/history?link=${link// /%20}&resolution=second" >"$out"
check "and is shown" has "$out" '"points":\[\{"t":[0-9]+,"source":"simulated"'
stop_server
echo "$lives deaths, $early of them while starting: $n seconds and $events events are whole"
finish
