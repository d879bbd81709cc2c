# Tasks pose and densepose: known answers of small models come out as persons and a body map; what
# cannot be is not shown.
. "$(dirname "$0")/lib.sh"

mkdir "$work/m"
run 0 python3 "$(dirname "$0")/body_models.py" "$work/m"
run 0 "$AIRWAKE" sim empty --hw generic --rx 3 --tx 3 --rate 100 --seconds 9 --out "$work/3x3.pcap"
run 0 "$AIRWAKE" sim empty --hw generic --rate 100 --seconds 4 --out "$work/1x1.pcap"

run 0 "$AIRWAKE" model check "$work/m/pose.onnx" "$work/m/densepose.onnx"
run 1 "$AIRWAKE" model check "$work/m/joints.onnx"
check "14 joints are refused" has "$err" 'outputs are not keypoints \[1,P,17,4\] and person \[1,P\]'
run 1 "$AIRWAKE" model check "$work/m/planes.onnx"
check "three coarse planes are refused" has "$err" 'outputs are not coarse_segm \[1,2,H,W\]'

of() { # of MODEL RECORDING FLAGS...: answers of one model
    local model=$1 recording=$2
    shift 2
    run 0 "$AIRWAKE" model run "$@" "$work/m/$model.onnx" "$work/$recording"
}
of pose 3x3.pcap
check "no template, no answer" test "$(grep -c '"reason":"not-calibrated","persons":null}$' "$out")" = "$(wc -l <"$out")"
of pose 1x1.pcap --empty 2
check "another number of antennas" has "$out" '"reason":"other-antennas","persons":null}$'

of pose 3x3.pcap --empty 3 --hop 0.5
tail -1 "$out" >"$work/last"
check "simulated, whole, good input" has "$work/last" '"source":"simulated","model":"pose","quality":[01]\.[0-9]+,"reason":null,'
check "two persons, the same two" test "$(grep -oE '"id":[0-9]+' "$work/last" | tr '\n' ' ')" = '"id":1 "id":2 '
check "the confidence of each" has "$work/last" '"id":1,"confidence":0\.90,.*"id":2,"confidence":0\.77,'
check "where, in metres" has "$work/last" '"id":1,"confidence":0\.90,"age_s":[0-9.]+,"unseen_s":0\.0,"at_m":\[1\.00,0\.[45][0-9],1\.[0-9]+\],"joints":\[\{"joint":"nose","at_m":\[1\.00,0\.50,1\.60\],"confidence":0\.50,"reason":null\}'
check "not before the second time" has "$out" '"reason":null,"persons":\[\]\}$'
check "17 joints each" test "$(grep -o '"joint":' "$work/last" | wc -l)" = 34

of knee 3x3.pcap --empty 3 --hop 0.5
check "a knee below the floor has no place" has "$out" '\{"joint":"left-knee","at_m":null,"confidence":null,"reason":"stale"\}'
of nowhere 3x3.pcap --empty 3
check "nobody stands 50 m away" has "$out" '"reason":"impossible","persons":null\}$'
of nobody 3x3.pcap --empty 3
check "nobody is an answer" has "$out" '"reason":null,"persons":\[\]\}$'

of densepose 3x3.pcap --empty 3
tail -1 "$out" >"$work/last"
check "parts" has "$work/last" '"width":8,"height":8,"parts":\[\{"part":"torso-front","pixels":4,"confidence":1\.00\},\{"part":"left-head","pixels":4,"confidence":1\.00\}\],"map":"'
grep -oE '"map":"[^"]*"' "$work/last" | cut -d'"' -f4 | base64 -d >"$work/map"
# AWB1, 8 x 8, two parts of confidence 255; runs 19x0 2x2 6x0 2x2 6x0 2x24 6x0 2x24 19x0; U 64, V 255
want='41574231 0800 0800 02 02ff 18ff 0013 0202 0006 0202 0006 1802 0006 1802 0013 4040404040404040 ffffffffffffffff'
check "the bytes of the map" test "$(od -An -v -tx1 "$work/map" | tr -d ' \n')" = "$(tr -d ' ' <<<"$want")"
of densepose 1x1.pcap
check "no map without an answer" has "$out" '"reason":"other-antennas","width":null,"height":null,"parts":null,"map":null}$'

# in the server: no answer before somebody has said when the room is empty
run 0 "$AIRWAKE" sim empty --hw generic --rx 3 --tx 3 --rate 100 --seconds 120 --out "$work/long.pcap"
serve --udp 0 --replay "$work/long.pcap" --speed 4 --no-store --model "$work/m/pose.card.json" --model "$work/m/densepose.card.json"
says() { get /api/v1/sensing/latest >"$out"; has "$out" "$1"; }
wait_for "not calibrated" says '"pose":\{"model":"pose",[^{}]*"reason":"not-calibrated","persons":null\}'
wait_for "nor is the map" says '"densepose":\{[^{}]*"reason":"not-calibrated","width":null'
get /api/v1/links >"$out"
id=$(grep -oE '"id":[0-9]+' "$out" | head -1 | cut -d: -f2)
code=$(curl -sS -o "$out" -w '%{http_code}' "$http/api/v1/calibration" -H 'Content-Type: application/json' \
    -d "{\"link\":$id,\"take\":\"empty\",\"seconds\":10}")
check "a take of the empty room: $code" test "$code" = 202
wait_for "two persons" says '"persons":\[\{"id":1,"confidence":0\.90,.*\{"id":2,'
check "experimental, for their card says nothing else" has "$out" '"pose":\{"model":"pose","version":"1","experimental":true,'
wait_for "the map" says '"parts":\[\{"part":"torso-front","pixels":4,"confidence":1\.00\},'
stop_server
finish
