# A recording through inspect, replay and convert. The recording is simulated here.
. "$(dirname "$0")/lib.sh"

run 0 "$AIRWAKE" sim walk --seconds 10 --nodes 2 --rate 50 --loss 0 --out "$work/walk.pcap"
run 0 "$AIRWAKE" inspect "$work/walk.pcap"
check "simulated is said" has "$out" 'SIMULATED'
run 0 "$AIRWAKE" inspect --json "$work/walk.pcap"
check "two links" test "$(grep -o '"link":' "$out" | wc -l)" = 2
check "rate" has "$out" '"rate_hz":(49|50|51)'
check "nothing refused" has "$out" '"refused":\{\}'

# replay: byte-identical, one line per link and second, a summary last
run 0 "$AIRWAKE" replay "$work/walk.pcap"
cp "$out" "$work/first"
run 0 "$AIRWAKE" replay "$work/walk.pcap"
check "twice the same" cmp -s "$out" "$work/first"
lines=$(grep -c '"t_s":' "$out")
check "a line per link, and for the room, and second, not $lines" test "$lines" -ge 27 -a "$lines" -le 30
check "every line is marked simulated" test "$(grep -c '"source":"simulated"' "$out")" = $((lines + 1))
check "summary last" grep -q '^{"summary":' <(tail -1 "$out")
check "somebody moves" has "$out" '"state":"moving"'
check "what is unknown has a reason" has "$out" '"breathing_bpm":null,"breathing_confidence":null,"breathing_reason":"[a-z-]+"'

# compressed: the same, whatever the name says
gzip -c "$work/walk.pcap" >"$work/a"
run 0 "$AIRWAKE" replay "$work/a"
check "gzip" cmp -s <(grep '"t_s"' "$out") <(grep '"t_s"' "$work/first")
if command -v zstd >/dev/null; then
    zstd -q -c "$work/walk.pcap" >"$work/b"
    run 0 "$AIRWAKE" replay "$work/b"
    check "zstd" cmp -s <(grep '"t_s"' "$out") <(grep '"t_s"' "$work/first")
fi

# convert
run 0 "$AIRWAKE" convert "$work/walk.pcap" "$work/copy.pcap"
run 0 "$AIRWAKE" replay "$work/copy.pcap"
check "pcap to pcap senses the same" cmp -s <(grep '"t_s"' "$out") <(grep '"t_s"' "$work/first")
run 1 "$AIRWAKE" convert "$work/walk.pcap" "$work/copy.pcap"
check "never overwrites" has "$err" 'exists already'
run 0 "$AIRWAKE" convert "$work/walk.pcap" "$work/walk.csv"
check "csv: a line per frame" test "$(wc -l <"$work/walk.csv")" = 1001
check "csv: marked" has "$work/walk.csv" '^simulated,'
run 0 "$AIRWAKE" convert "$work/walk.pcap" "$work/walk.npz"
if python3 -c 'import numpy' 2>/dev/null; then
    check "numpy reads it" python3 - "$work/walk.npz" <<'P'
import sys, numpy as np
z = np.load(sys.argv[1])
assert str(z["source"]) == "simulated", z["source"]
for g in ("g0_", "g1_"):
    csi, k, t = z[g + "csi"], z[g + "k"], z[g + "t_ns"]
    assert csi.dtype == np.complex64 and csi.shape == (500, 1, 1, 64), csi.shape
    assert k.shape == (64,) and k.min() == -32 and k.max() == 31
    assert np.all(np.diff(t) > 0) and abs(csi).max() > 1
P
else echo "SKIPPED: no numpy for opening the .npz" >&2; fi

# a full disk: a sentence, no success
(
    trap '' XFSZ
    ulimit -f 64
    run 1 "$AIRWAKE" convert "$work/walk.pcap" "$work/full.pcap"
    check "full disk is told" has "$err" 'full.pcap: File too large'
    run 0 "$AIRWAKE" inspect "$work/full.pcap"
    run 1 "$AIRWAKE" convert "$work/walk.pcap" "$work/full.csv"
    run 1 "$AIRWAKE" convert "$work/walk.pcap" "$work/full.npz"
    exit $failed
) || failed=1
run 1 sh -c '"$0" replay "$1" >/dev/full' "$AIRWAKE" "$work/walk.pcap"

# damaged: what can be read is read, the rest counted
head -c 100000 "$work/walk.pcap" >"$work/cut.pcap"
run 0 "$AIRWAKE" replay "$work/cut.pcap"
check "cut: counted" has "$out" '"refused":\{"truncated":1\}'
finish
