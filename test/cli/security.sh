# Who is let in: tokens, scopes, rates, origins.
. "$(dirname "$0")/lib.sh"
unset AIRWAKE_CONFIG
status() { curl -s -o "$out" -D "$work/headers" --max-time 5 -w '%{http_code}' "$@"; }
is() { # is WHAT CODE CURL_ARGUMENTS...
    local what=$1 want=$2 got
    shift 2
    checks=$((checks + 1))
    got=$(status "$@")
    [ "$got" = "$want" ] || { fail "$what: $got, not $want"; cat "$out" >&2; }
}
token() { run 0 "$AIRWAKE" token create --name "$1" --scope "$2" && cat "$out"; }
ws() { # ws CODE HEADER...: asks for the WebSocket
    local want=$1 headers=()
    shift
    for h in "$@"; do headers+=(-H "$h"); done
    is "WebSocket with $*" "$want" --max-time 1 -H 'Connection: Upgrade' -H 'Upgrade: websocket' \
        -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==' "${headers[@]}" "$http/ws/sensing"
}

# beyond loopback only with a token
run 1 "$AIRWAKE" serve --http-port 0 --no-udp --bind 0.0.0.0
check "the way out is named" has "$err" 'airwake token create --scope read'

read_token=$(token reader read)
control_token=$(token controller control)
admin_token=$(token boss admin)
check "256 bits" test ${#read_token} = 47
check "mode" test "$(stat -c %a "$STATE_DIRECTORY/tokens")" = 600
for t in "$read_token" "$control_token" "$admin_token"; do
    check "the secret is not kept" lacks "$STATE_DIRECTORY/tokens" "${t#awt_}"
done
run 1 "$AIRWAKE" token create --name reader --scope read
run 1 "$AIRWAKE" token create --name x --scope everything
run 2 "$AIRWAKE" token create
run 2 "$AIRWAKE" token
run 0 "$AIRWAKE" token list
check "listed" has "$out" '^controller +control +20'
check "three" test "$(wc -l <"$out")" = 3

# scopes
cat >"$work/closed.yaml" <<'Y'
http:
  loopback_needs_token: true
  requests_per_s: 1000
  names: [home.example]
  cors_origins: ["https://panel.example"]
Y
serve --no-udp --config "$work/closed.yaml"
bearer() { printf 'Authorization: Bearer %s' "$1"; }
is "health is open" 200 "$http/health"
is "the page is open" 200 "$http/"
is "no token" 401 "$http/api/v1/links"
check "what is needed" has "$work/headers" '^www-authenticate: Bearer'
is "a wrong token" 401 -H "$(bearer awt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA)" "$http/api/v1/links"
is "read" 200 -H "$(bearer "$read_token")" "$http/api/v1/links"
json=(-H 'Content-Type: application/json')
is "read may not control" 403 -X DELETE -H "$(bearer "$read_token")" "$http/api/v1/calibration"
is "control may" 404 -X DELETE -H "$(bearer "$control_token")" "$http/api/v1/recordings/nothing"
is "control may not set" 403 -X PATCH "${json[@]}" -d '{"log.level":"debug"}' -H "$(bearer "$control_token")" "$http/api/v1/config"
is "admin may" 200 -X PATCH "${json[@]}" -d '{"log.level":"debug"}' -H "$(bearer "$admin_token")" "$http/api/v1/config"
is "the metrics, too" 401 "$http/metrics"
ws 401
ws 401 'Sec-WebSocket-Protocol: airwake, bearer.awt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
ws 101 "Sec-WebSocket-Protocol: airwake, bearer.$read_token"
check "the answer names airwake only" lacks "$work/headers" 'bearer'
ws 101 "$(bearer "$read_token")"

# names and origins
is "another name" 421 -H 'Host: evil.example' "$http/health"
is "a listed name" 200 -H 'Host: home.example' "$http/health"
may=(-H "$(bearer "$admin_token")" "${json[@]}" -X PATCH -d '{"log.level":"info"}')
is "another site's page" 403 -H 'Origin: https://evil.example' "${may[@]}" "$http/api/v1/config"
is "told by Sec-Fetch-Site" 403 -H 'Sec-Fetch-Site: cross-site' "${may[@]}" "$http/api/v1/config"
is "one's own page" 200 -H 'Sec-Fetch-Site: same-origin' "${may[@]}" "$http/api/v1/config"
check "no CORS unasked" lacks "$work/headers" 'access-control'
is "a listed origin" 200 -H 'Origin: https://panel.example' "${may[@]}" "$http/api/v1/config"
check "CORS" has "$work/headers" '^access-control-allow-origin: https://panel.example'
is "preflight" 204 -X OPTIONS -H 'Origin: https://panel.example' "$http/api/v1/config"
is "preflight of another" 405 -X OPTIONS -H 'Origin: https://evil.example' "$http/api/v1/config"
check "no CORS for it" lacks "$work/headers" 'access-control'
ws 403 "$(bearer "$read_token")" 'Origin: https://evil.example'

# revoked while it runs
run 0 "$AIRWAKE" token revoke --name reader
refused() { [ "$(status -H "$(bearer "$read_token")" "$http/api/v1/links")" = 401 ]; }
wait_for "the revoked token is refused" refused
is "others are not" 200 -H "$(bearer "$control_token")" "$http/api/v1/links"
check "no secret in the log" lacks "$work/serve.log" "awt_"

# guessing: the tenth failure in a row is the last for a while
for _ in $(seq 12); do status -H "$(bearer awt_wrong)" "$http/api/v1/links" >/dev/null; done
is "wait" 429 -H "$(bearer awt_wrong)" "$http/api/v1/links"
check "how long" has "$work/headers" '^retry-after: [1-9]'

# all of it is counted: 10 wrong ones may be tried, then they are not looked at
sleep 11 # for one more try
is "the metrics" 200 -H "$(bearer "$admin_token")" "$http/metrics"
cp "$out" "$work/metrics"
for reason in token:1 guess:1 scope:2 origin:3 host:1; do
    n=$(sed -n "s/^airwake_http_refused_total{reason=\"${reason%:*}\"} //p" "$work/metrics")
    check "refused for ${reason%:*}: $n" test "${n:-0}" -ge "${reason#*:}"
done
check "no rate was passed" has "$work/metrics" '^airwake_http_refused_total\{reason="rate"\} 0$'
stop_server

# a file that others may write is none
chmod 644 "$STATE_DIRECTORY/tokens"
run 1 "$AIRWAKE" serve --http-port 0 --no-udp
check "why" has "$err" 'chmod 600'
chmod 600 "$STATE_DIRECTORY/tokens"

# requests per second
printf 'http:\n  loopback_needs_token: true\n  requests_per_s: 5\n' >"$work/slow.yaml"
serve --no-udp --config "$work/slow.yaml"
# one program asks them all, so that a busy machine does not spread them over the bucket's refills
n=$(curl -s -o /dev/null -w '%{http_code}\n' "$http/health?[1-60]" | grep -c '^429$') || true
check "most of 60 at once are refused: $n" test "$n" -ge 30
check "not all" test "$n" -le 50
stop_server

# slowly dripping headers are hung up on
serve --no-udp
exec 3<>"/dev/tcp/127.0.0.1/${http##*:}"
printf 'GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n' >&3
(trap - EXIT; for i in $(seq 25); do printf 'X-%s: 1\r\n' "$i" >&3 || exit; sleep 1; done) 2>/dev/null &
pids+=($!)
started=$SECONDS
timeout 20 cat <&3 >/dev/null
check "after 10 s: $((SECONDS - started))" test $((SECONDS - started)) -le 14
check "not at once" test $((SECONDS - started)) -ge 5
exec 3>&- 3<&-
is "others are served" 200 "$http/health"
stop_server

# TLS
certificate() { openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
    -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' -keyout "$work/$1.key" -out "$work/$1.crt" 2>/dev/null; }
certificate a
certificate b
run 1 "$AIRWAKE" serve --http-port 0 --no-udp --tls-cert "$work/a.crt"
check "the key is missing" has "$err" 'tls_key is missing'
run 1 "$AIRWAKE" serve --http-port 0 --no-udp --tls-cert "$work/a.crt" --tls-key "$work/b.key"
check "another's key" has "$err" "not the certificate's"
run 1 "$AIRWAKE" serve --http-port 0 --no-udp --tls-cert "$work/none.crt" --tls-key "$work/b.key"
check "no file" has "$err" 'none.crt: No such file'
scheme=https serve --no-udp --config "$work/closed.yaml" --tls-cert "$work/a.crt" --tls-key "$work/a.key"
is "https" 200 --cacert "$work/a.crt" "$http/health"
check "HSTS" has "$work/headers" '^strict-transport-security: max-age='
is "another's certificate is not trusted" 000 --cacert "$work/b.crt" "$http/health"
is "no plain http" 000 "${http/https/http}/health"
is "TLS 1.2" 200 --cacert "$work/a.crt" --tls-max 1.2 "$http/health"
is "no TLS 1.1" 000 --cacert "$work/a.crt" --tlsv1.0 --tls-max 1.1 --ciphers 'DEFAULT@SECLEVEL=0' "$http/health"
is "tokens there, too" 401 --cacert "$work/a.crt" "$http/api/v1/links"
check "wss" test "$(curl -s -o "$out" --http1.1 --cacert "$work/a.crt" --max-time 1 -w '%{http_code}' -H 'Connection: Upgrade' \
    -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==' \
    -H "Sec-WebSocket-Protocol: airwake, bearer.$admin_token" "$http/ws/sensing")" = 101
check "frames over wss" has "$out" '"type":"hello"'
stop_server

# loopback is free by default, but not what a proxy hands on
serve --no-udp
is "loopback" 200 "$http/api/v1/links"
is "a proxy's client" 401 -H 'X-Forwarded-For: 203.0.113.9' "$http/api/v1/links"
stop_server
finish
