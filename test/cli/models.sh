# Models in a running server: none unless named, refused ones harm nothing, answers say what they are.
. "$(dirname "$0")/lib.sh"
top=$(cd "$(dirname "$0")/../.." && pwd)
card=$top/models/activity.card.json
mapped() { grep -q onnxruntime "/proc/$server/maps"; }
threads() { awk '/^Threads/ { print $2 }' "/proc/$server/status"; }
field() { python3 -c 'import json,sys; d=json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$out" "$1"; }
model() { get "/api/v1/models/$1" >"$out"; }
activity() { get /api/v1/sensing/latest >"$out"; [ "$(field 'd["links"][0].get("activity", {}).get("'"$1"'")')" = "$2" ]; }

run 0 "$AIRWAKE" sim enter-sit-leave --rate 50 --out "$work/fast.pcap"
run 0 "$AIRWAKE" sim enter-sit-leave --rate 20 --out "$work/slow.pcap"
mkdir "$work/m"
run 0 python3 "$(dirname "$0")/damaged_models.py" "$top/models/activity.onnx" "$work/m"

# none named: no library, no thread, no word of it
serve --udp 0 --replay "$work/fast.pcap" --speed 20 --loop
check "no library" test "$(mapped && echo yes)" = ""
get /api/v1/models >"$out"
check "none" test "$(field 'd["models"]')" = "[]"
check "and why" has "$out" 'models\.use names none'
sensed() { get /api/v1/sensing/latest >"$out"; has "$out" '"state":"'; }
wait_for "a state" sensed
before=$(threads)
check "nothing said of activity" lacks "$out" '"activity"'
get /metrics >"$out"
check "no figures of models" lacks "$out" airwake_model
stop_server

# named: answers, with all that is to be said of them
serve --udp 0 --replay "$work/fast.pcap" --speed 10 --loop --model "$card"
check "the log says which" has "$work/serve.log" 'model activity [0-9.]+, computed by .*, experimental$'
answered() { activity reason None; }
wait_for "an answer" answered
check "a thread of its own" test "$(threads)" -gt "$before"
check "a class" has <(field 'd["links"][0]["activity"]["class"]') '^(fall|get-up|lie-down|sit-down|walk|none)$'
check "all classes, summing up to 1" test "$(field 'abs(sum(d["links"][0]["activity"]["probability"].values()) - 1) < 0.001')" = True
check "experimental" test "$(field 'd["links"][0]["activity"]["experimental"]')" = True
check "not of rooms" test "$(field '"activity" in d["rooms"][0]')" = False
model activity
check "its card" test "$(field 'd["card"]["accuracy"]["balanced_accuracy"] > 2 * d["card"]["accuracy"]["balanced_accuracy_always_one_class"]')" = True
check "in use" test "$(field '(d["state"], d["task"], d["runs"] > 0)')" = "('loaded', 'activity', True)"
get /metrics >"$out"
check "runs" has "$out" '^airwake_model_runs_total\{model="activity"\} [1-9]'
check "times" has "$out" '^airwake_model_seconds_bucket\{model="activity",le="0.05"\} [0-9]+$'
run 22 curl -sf "$http/api/v1/models/none"
get /api/v1/models/active >"$out"
check "RuView's name" test "$(field 'd["model_id"]')" = activity
stop_server

# too slow for it: a reason instead of a class
serve --udp 0 --replay "$work/slow.pcap" --speed 10 --loop --model "$card" --no-store
too_slow() { activity reason rate-too-low; }
wait_for "rate-too-low" too_slow
check "no class" test "$(field 'd["links"][0]["activity"]["class"]')" = None
stop_server

# what is damaged or hostile is refused with its sentence, and all else goes on
for bad in hash truncated nan external cyclic huge json alone; do
    serve --udp 0 --replay "$work/fast.pcap" --speed 20 --loop --no-store --model "$work/m/$bad.card.json"
    check "$bad: the log says why" has "$work/serve.log" "model .*/$bad.card.json is not used: "
    get /api/v1/models >"$out"
    check "$bad: refused" test "$(field '(d["models"][0]["state"], len(d["models"][0]["reason"]) > 9)')" = "('refused', True)"
    wait_for "$bad: sensing goes on" sensed
    check "$bad: no thread" test "$(threads)" -le "$before"
    check "$bad: no answers" lacks "$out" '"activity"'
    stop_server
done

# one that gives no number for what is measured, and one whose file is replaced and cut meanwhile
serve --udp 0 --replay "$work/fast.pcap" --speed 10 --loop --no-store --model "$work/m/bursts.card.json"
not_finite() { activity reason not-finite; }
wait_for "not-finite" not_finite
check "no class" test "$(field 'd["links"][0]["activity"]["class"]')" = None
get /metrics >"$out"
check "counted" has "$out" '^airwake_model_failed_total\{model="activity"\} [1-9]'
stop_server
serve --udp 0 --replay "$work/fast.pcap" --speed 10 --loop --no-store --model "$work/m/good.card.json"
wait_for "an answer" answered
runs() { model activity; field 'd["runs"]'; }
had=$(runs)
: >"$work/m/good.onnx"
echo '{' >"$work/m/good.card.json"
more() { [ "$(runs)" -gt $((had + 3)) ]; }
wait_for "it goes on with what it had" more
stop_server

# who computes
serve --udp 0 --no-store --model "$card" --replay "$work/fast.pcap" --speed 10 --loop
library=$(mapped && echo yes)
stop_server
export AIRWAKE_MODELS_BACKEND=plain
serve --udp 0 --no-store --model "$card"
check "plain: no library" test "$(mapped && echo yes)" = ""
get /api/v1/models >"$out"
check "plain" test "$(field 'd["models"][0]["backend"]')" = plain
stop_server
export AIRWAKE_MODELS_BACKEND=onnxruntime AIRWAKE_MODELS_ONNXRUNTIME_LIBRARY=/nowhere.so
serve --udp 0 --no-store --model "$card"
get /api/v1/models >"$out"
check "a library that is not there" has "$out" '"state":"refused","reason":"ONNX Runtime: not loaded: /nowhere.so'
stop_server
export AIRWAKE_MODELS_BACKEND=auto
serve --udp 0 --no-store --model "$card"
get /api/v1/models >"$out"
check "auto does without" test "$(field 'd["models"][0]["backend"]')" = plain
check "and says why" has "$out" '"backend_reason":"ONNX Runtime: not loaded: /nowhere.so'
stop_server
[ -n "$library" ] || echo "SKIPPED: no ONNX Runtime here: a model with it was not seen" >&2
finish
