# Models: the shipped one is whole, whatever is not as its card says is refused with a sentence.
. "$(dirname "$0")/lib.sh"
top=$(cd "$(dirname "$0")/../.." && pwd)

run 0 "$AIRWAKE" model check "$top/models/activity.onnx" "$top/models/activity.card.json"
check "both names" test "$(grep -c 'card, hash and graph agree$' "$out")" = 2
run 0 "$AIRWAKE" model list "$top/models"
check "list" has "$out" '^activity +[0-9.]+ +task activity +[0-9]+ bytes$'
check "less than 5 MB" test "$(stat -c %s "$top/models/activity.onnx")" -lt 5000000
run 0 "$AIRWAKE" model bench --runs 3 --backend plain "$top/models/activity.onnx"
check "bench" has "$out" '"backend":"plain","library":"","load_ms":[0-9.]+,"runs":3,"p50_ms":[0-9.]+,"p95_ms":[0-9.]+,"cpu_ms":[0-9.]+,"resident_mb":[0-9.]+}$'
run 2 "$AIRWAKE" model bench --backend abacus "$top/models/activity.onnx"
run 1 "$AIRWAKE" model bench --backend onnxruntime --onnxruntime-library /nowhere "$top/models/activity.onnx"
check "a library that is not there" has "$err" 'ONNX Runtime: not loaded: /nowhere'
run 0 "$AIRWAKE" model bench --runs 3 --backend auto --onnxruntime-library /nowhere "$top/models/activity.onnx"
check "auto does without" has "$out" '"backend":"plain"'
ort=no
if "$AIRWAKE" model bench --runs 3 --backend onnxruntime "$top/models/activity.onnx" >"$out" 2>"$err"; then
    ort=yes
    check "bench of ONNX Runtime" has "$out" '"backend":"onnxruntime","library":"1\.[0-9.]+"'
else
    echo "SKIPPED: $(cat "$err")" >&2
fi

mkdir "$work/m"
run 0 python3 "$(dirname "$0")/damaged_models.py" "$top/models/activity.onnx" "$work/m"
refused() { # refused NAME SENTENCE: check says so and fails, without dying
    run 1 "$AIRWAKE" model check --backend plain "$work/m/$1.onnx"
    check "$1 is refused with its reason" has "$err" "$2"
    if [ "$ort" = yes ]; then
        run 1 "$AIRWAKE" model check --backend onnxruntime "$work/m/$1.onnx"
        check "$1: one line by ONNX Runtime, too" test "$(wc -l <"$err")" = 1
        run 1 "$AIRWAKE" model check --backend plain "$work/m/$1.onnx"
    fi
    check "one line" test "$(wc -l <"$err")" = 1
}
run 0 "$AIRWAKE" model check "$work/m/good.onnx"
refused hash 'is not the file of this card: its SHA-256 is [0-9a-f]{64}$'
refused truncated 'not an ONNX model, or cut off$'
refused empty 'the file is empty'
refused text 'not an ONNX model, or cut off$'
refused opset 'cannot be computed here: an operator set outside 7\.\.21$'
refused steps 'input has the shape \[1,21,177\], the card says another$'
refused nan 'output is not finite'
refused external 'weights are in a second file'
refused huge 'a dimension outside 0\.\.[0-9]+ \(series\)$'
refused large 'too large for the memory given \(Relu\)$'
refused cyclic 'used before anything defines it \(b\)$'
refused operator 'an operator not known here \(FormatDisk\)$'
refused task 'the task weather is not known here$'
refused kind 'wants other as input; this program makes activity-series-1$'
refused name 'input is called series, the card.s x$'
refused shape 'output has the shape \[1,6\], the card says another$'
refused classes 'names 2 classes, the model has others$'
refused licence 'licence is missing'
refused elsewhere 'not the name of a file beside it$'
refused json 'the card is not a JSON object$'
refused alone 'alone\.card\.json'
run 1 "$AIRWAKE" model list "$work/m"
check "list says which are good" has "$out" '^activity '

# a recording: every answer says where it comes from; too short and too slow give none
run 0 "$AIRWAKE" sim enter-sit-leave --rate 50 --out "$work/fast.pcap"
run 0 "$AIRWAKE" model run --hop 10 --backend plain "$top/models/activity.onnx" "$work/fast.pcap"
check "answers" has "$out" '"source":"simulated","model":"activity","quality":[01]\.[0-9]+,"reason":null,"class":"(fall|get-up|lie-down|sit-down|walk|none)","confidence":0\.[0-9]+,"probability"'
cp "$out" "$work/once"
run 0 "$AIRWAKE" model run --hop 10 --backend plain "$top/models/activity.onnx" "$work/fast.pcap"
check "the same each time" cmp "$out" "$work/once"
run 0 "$AIRWAKE" sim enter-sit-leave --rate 20 --out "$work/slow.pcap"
run 0 "$AIRWAKE" model run --hop 10 "$top/models/activity.onnx" "$work/slow.pcap"
check "too slow: no answer, and why" has "$out" '"reason":"rate-too-low","class":null,"confidence":null,"probability":null}$'
check "none at all" lacks "$out" '"class":"'
run 1 "$AIRWAKE" model run "$work/m/nan.onnx" "$work/fast.pcap"
check "no answers of a damaged model" test ! -s "$out"
run 1 "$AIRWAKE" model run "$top/models/activity.onnx" "$work/nothing"
run 0 "$AIRWAKE" model features --hop 10 --out "$work/x.npz" "$work/fast.pcap"
check "series of the shape in the card" has <(unzip -p "$work/x.npz" series.npy | head -c 128) ',21,178,'
run 1 "$AIRWAKE" model features --out "$work/y.npz" "$work/slow.pcap"
run 2 "$AIRWAKE" model features "$work/fast.pcap"
run 2 "$AIRWAKE" model dance
finish
