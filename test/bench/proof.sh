# airwake-proof: what is pinned holds, and every way of not holding is noticed.
AIRWAKE=$PROOF
. "$(dirname "$0")/../cli/lib.sh"
pins=$AW_SOURCE/proof/expected.txt

run 0 "$PROOF"
check "every mutant does what it should" lacks "$out" 'FAILED|should'
grep SKIPPED "$out" >&2

# without recordings: said, and the simulated cases still checked
run 0 "$PROOF" --no-mutants --data "$work/none"
check "missing recordings are told" has "$out" '^SKIPPED rec/rooms-walk: the recording is not there'
check "simulated cases run" has "$out" '^ok +sim/walk'

# writing gives the same file; what could not be run is kept
cp "$pins" "$work/pins"
run 0 "$PROOF" --write --expected "$work/pins" --data "$work/none"
check "written again it is the same" cmp -s "$pins" "$work/pins"

# a value off by more than its tolerance
sed -E 's|^(sim/walk/frames +)[0-9]+|\11234|' "$pins" >"$work/pins"
run 1 "$PROOF" --no-mutants --expected "$work/pins" --data "$work/none"
check "a wrong value" has "$out" 'differs: sim/walk/frames: [0-9]+, pinned 1234'
sed -E 's|^(sim/still/breathing_bpm +)[0-9.]+|\1null|' "$pins" >"$work/pins"
run 1 "$PROOF" --no-mutants --expected "$work/pins" --data "$work/none"
check "a value where none was" has "$out" 'differs: sim/still/breathing_bpm: [0-9.]+, pinned null'

# a tolerance so wide that the gate cannot fail: the mutants find it
sed -E 's|^(sim/[a-z-]*/slope_rad +[-0-9.]+ +)[0-9.]+|\1100|' "$pins" >"$work/pins"
run 1 "$PROOF" --expected "$work/pins" --data "$work/none"
check "a gate that cannot fail" has "$out" 'should fail: sim/still/slope_rad'
sed -E 's|^(.*/empty_share +[a-z0-9.]+ +)[0-9.]+|\1100|' "$pins" >"$work/pins"
run 1 "$PROOF" --expected "$work/pins" --data "$work/none"
check "a figure that nothing moves" has "$out" 'no mutant makes a gate empty_share fail'

# damaged pins
for line in 'sim/walk/nothing 1 0' 'sim/nothing/frames 1 0' 'sim/walk/frames 1' \
    'sim/walk/frames one 0' 'sim/walk/frames 1 -1' 'frames 1 0'; do
    { cat "$pins"; echo "$line"; } >"$work/pins"
    run 1 "$PROOF" --expected "$work/pins" --data "$work/none"
    check "refused: $line" has "$err" "pins:$(wc -l <"$work/pins"): not \"case/figure value"
done
run 1 "$PROOF" --expected "$work/missing"
run 1 "$PROOF" --write --expected "$work/missing/file" --data "$work/none"
check "cannot write" has "$err" 'missing/file: No such file'

run 0 "$PROOF" --ruview-compat
check "the hash that RuView publishes" has "$out" \
    'obtained +667eb054c44ac510342665bf9c93d608868a8ead948ae8774b2796ebce6f8fe7'
finish
