# Settings: precedence, files with errors, and that serve runs with what config shows.
. "$(dirname "$0")/lib.sh"
unset AIRWAKE_CONFIG

run 0 "$AIRWAKE" config example
cp "$out" "$work/example.yaml"
run 0 "$AIRWAKE" config check "$work/example.yaml"
sed -E 's/^#( *[a-z_]+:)/\1/' "$work/example.yaml" >"$work/all.yaml"
run 0 "$AIRWAKE" config check "$work/all.yaml"
n=$(grep -cE '^  [a-z_]+:' "$work/all.yaml")
check "the example names all settings" has "$out" "right; $n settings"
AIRWAKE_CONFIG=$work/all.yaml run 0 "$AIRWAKE" config show
sed 's/  # .*//' "$out" >"$work/from_file"
check "all from the file" test "$(grep -c '  # .*all\.yaml:[0-9]*$' "$out")" = "$n"
AIRWAKE_CONFIG=$work/example.yaml run 0 "$AIRWAKE" config show
sed 's/  # .*//' "$out" >"$work/defaults"
check "the example's values are the defaults" cmp "$work/from_file" "$work/defaults"

# defaults < file < environment < flags
printf 'http:\n  port: 1\nsources:\n  udp: [11]\n' >"$work/a.yaml"
run 0 "$AIRWAKE" config show --config "$work/a.yaml"
check "file" has "$out" '^http\.port: 1  # .*a\.yaml:2$'
check "default" has "$out" '^http\.bind: "127\.0\.0\.1"  # default$'
AIRWAKE_HTTP_PORT=2 run 0 "$AIRWAKE" config show --config "$work/a.yaml"
check "environment" has "$out" '^http\.port: 2  # AIRWAKE_HTTP_PORT$'
AIRWAKE_HTTP_PORT=2 run 0 "$AIRWAKE" config show --config "$work/a.yaml" --http-port 3 --udp 5 --udp 6
check "flag" has "$out" '^http\.port: 3  # --http-port$'
check "flags replace the file's list" has "$out" '^sources\.udp: \[5, 6\]  # --udp$'
run 0 "$AIRWAKE" config show --config "$work/a.yaml" --no-udp
check "an empty list" has "$out" '^sources\.udp: \[\]'

# every error, with its place, key and range
printf 'http:\n  port: 70000\n  prot: 1\nsources:\n  replay_speed: fast\n' >"$work/bad.yaml"
run 1 "$AIRWAKE" config check "$work/bad.yaml"
check "range" has "$err" 'bad\.yaml:2:9: http\.port: 70000 is not a whole number from 0 to 65535$'
check "suggestion" has "$err" 'bad\.yaml:3:3: http\.prot: unknown key; did you mean http\.port\?$'
check "the last one too" has "$err" 'bad\.yaml:5:17: sources\.replay_speed: fast is not a number from 0\.01 to 1000$'
run 2 "$AIRWAKE" serve --config "$work/bad.yaml" --http-port 0 --no-udp
check "serve names them too" test "$(wc -l <"$err")" = 3
run 1 "$AIRWAKE" config check "$work/nowhere.yaml"
check "a file that is not there" has "$err" 'nowhere\.yaml: No such file'
run 2 "$AIRWAKE" serve --config "$work/nowhere.yaml" --no-udp
run 1 "$AIRWAKE" config check "$work"
AIRWAKE_HTTP_PORT=x run 2 "$AIRWAKE" serve --no-udp
check "the variable is named" has "$err" 'AIRWAKE_HTTP_PORT: http\.port: x is not'
run 2 "$AIRWAKE" config nonsense

# the page: its table is this program's, its example is right
page=$(dirname "$0")/../../docs/configuration.md
run 0 "$AIRWAKE" config reference
check "docs/configuration.md is up to date (tools/config-doc.sh)" diff <(sed -n '/^| key/,$p' "$page") "$out"
sed -n '/^```yaml/,/^```$/p' "$page" | grep -v '```' >"$work/page.yaml"
run 0 "$AIRWAKE" config check "$work/page.yaml"

# serve runs with the file
printf 'sources:\n  udp: [0]\n  udp_address: 127.0.0.1\n' >"$work/run.yaml"
serve --config "$work/run.yaml"
get /api/v1/sources >"$out"
check "the file's socket" has "$work/serve.log" 'UDP 127\.0\.0\.1:[1-9]'
check "one source" test "$(grep -o '"name":"udp:' "$out" | wc -l)" = 1
stop_server
finish
