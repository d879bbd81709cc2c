# Black-box tests of the real binary. Sourced; AIRWAKE names the program.
set -u
: "${AIRWAKE:?the program under test}"
work=$(mktemp -d)
export STATE_DIRECTORY=$work/state # what a server keeps is its test's alone
failed=0
checks=0
pids=()
trap 'for p in "${pids[@]}"; do kill "$p" 2>/dev/null; done; rm -rf "$work"' EXIT

fail() { echo "FAILED: $*" >&2; failed=1; }
check() { # check WHAT COMMAND...: the command succeeds
    local what=$1
    shift
    checks=$((checks + 1))
    "$@" || fail "$what"
}
has() { grep -qE -- "$2" "$1"; } # has FILE REGEX
lacks() { ! has "$@"; }

# run CODE COMMAND...: runs it with that exit code; output in $out and $err
out=$work/out err=$work/err
run() {
    local want=$1 got
    shift
    checks=$((checks + 1))
    "$@" >"$out" 2>"$err"
    got=$?
    [ "$got" = "$want" ] || { fail "$* exited with $got, not $want"; cat "$err" >&2; }
}

# serve FLAGS...: starts the server on free ports; sets $http and $udp
serve() {
    : >"$work/serve.log" # what is read below is to be this server's, not the last one's
    "$AIRWAKE" serve --http-port 0 "$@" 2>"$work/serve.log" &
    server=$!
    pids+=("$server")
    for _ in $(seq 100); do
        http=$(grep -oE "${scheme:-http}://127.0.0.1:[0-9]+" "$work/serve.log")
        [ -n "$http" ] && break
        sleep 0.05
    done
    udp=$(grep -oE 'UDP [0-9.]+:[0-9]+' "$work/serve.log" | head -1 | sed 's/.*://')
    [ -n "$http" ] || { fail "the server did not start"; cat "$work/serve.log" >&2; exit 1; }
}
stop_server() { # ends it; its exit code is to be 0
    kill -TERM "$server"
    wait "$server" || fail "the server exited with $?"
}
get() { curl -sS --max-time 5 "$http$1"; }

# wait_for WHAT COMMAND...: within 10 s the command succeeds
wait_for() {
    local what=$1
    shift
    checks=$((checks + 1))
    for _ in $(seq 100); do
        "$@" && return 0
        sleep 0.1
    done
    fail "$what did not happen within 10 s"
}
finish() { echo "$checks checks"; exit $failed; }
