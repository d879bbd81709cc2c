# The real server with a disk that takes no more: its files may have 300 KiB, then any size again.
# What was said to be written stays, the server says what is wrong, and goes on when there is room.
. "$(dirname "$0")/lib.sh"
for tool in sqlite3 prlimit; do
    command -v $tool >/dev/null || { echo "SKIPPED: $tool is not installed" >&2; exit 77; }
done
db=$STATE_DIRECTORY/history.db
sql() { sqlite3 -readonly "$db" "$1"; }
metric() { get /metrics | sed -n "s/^airwake_store_$1 //p"; }
"$AIRWAKE" sim enter-sit-leave --nodes 3 --rate 20 --out "$work/in.pcap" >/dev/null
export AIRWAKE_STORE_BATCH_MS=20

serve --no-udp --replay "$work/in.pcap" --speed 100 --loop
written() { [ "$(metric summaries_total)" -gt 100 ]; }
wait_for "seconds are written" written
check "the database takes them" test "$(metric up)" = 1
prlimit --pid "$server" --fsize=307200:unlimited
full() { [ "$(metric up)" = 0 ]; }
wait_for "the disk is full" full
said=$(metric summaries_total)
check "batches failed" test "$(metric failures_total)" -ge 1
get /api/v1/store >"$out"
check "the store says why" has "$out" '"reason":"[^"]+"'
check "so does the log" has "$work/serve.log" 'history cannot be written, and waits'
check "nothing was called written meanwhile" test "$(metric summaries_total)" = "$said"
check "what was is whole" test "$(sql 'PRAGMA integrity_check')" = ok
kept=$(sql 'SELECT sum(n) FROM hist_second')
check "and there: $kept of $said" test "$kept" -ge "$said"
check "it is still sensing" has <(get /api/v1/links) '"name"'

prlimit --pid "$server" --fsize=unlimited
again() { [ "$(metric up)" = 1 ] && [ "$(metric summaries_total)" -gt "$said" ]; }
wait_for "there is room: it goes on by itself" again
recovered() { get '/api/v1/events?type=store-recovered' >"$out"; has "$out" '"trouble_s":[0-9.]+,"lost":[0-9]+'; }
wait_for "an event tells how long it was and what was lost" recovered
stop_server
check "whole at the end" test "$(sql 'PRAGMA integrity_check')" = ok
check "with all that was said" test "$(sql 'SELECT sum(n) FROM hist_second')" -ge "$said"
finish
