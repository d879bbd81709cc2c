# Help, flags and wrong input of every subcommand.
. "$(dirname "$0")/lib.sh"

run 0 "$AIRWAKE" --help
commands=$(sed -nE 's/^  ([a-z]+) +.*/\1/p' "$out")
check "all commands are listed" test "$(wc -w <<<"$commands")" -ge 8
run 0 "$AIRWAKE" --version
check "version" has "$out" '^airwake [0-9]+\.[0-9]+\.[0-9]+$'
run 2 "$AIRWAKE"
run 2 "$AIRWAKE" nonsense
check "the wrong word is named" has "$err" 'nonsense'

for c in $commands; do
    run 0 "$AIRWAKE" "$c" --help
    check "$c: usage" has "$out" "^usage: airwake $c"
    check "$c: long enough to work from" test "$(wc -l <"$out")" -ge 5
    run 2 "$AIRWAKE" "$c" --no-such-flag
    check "$c: the flag is named" has "$err" 'no-such-flag'
done
for c in replay inspect convert record send; do run 2 "$AIRWAKE" $c; done

# numbers: the range is named
run 2 "$AIRWAKE" serve --http-port 70000
check "range of a port" has "$err" '0 to 65535'
run 2 "$AIRWAKE" serve --speed nan
run 2 "$AIRWAKE" serve --udp 0x50
run 1 "$AIRWAKE" serve --bind 0.0.0.0
check "no open API without a token" has "$err" 'token'

# files that are none
echo "Dear Sir or Madam" >"$work/letter.txt"
head -c 3000 /dev/urandom >"$work/noise.bin"
: >"$work/empty"
for f in letter.txt noise.bin empty nowhere; do
    for c in inspect replay send; do
        run 1 "$AIRWAKE" $c "$work/$f"
        check "$c $f: one sentence with the name" has "$err" "$f: "
    done
    run 1 "$AIRWAKE" convert "$work/$f" "$work/x.npz"
    check "convert $f leaves nothing" test ! -e "$work/x.npz"
done
run 2 "$AIRWAKE" convert "$work/letter.txt" "$work/x.doc"
check "known endings are named" has "$err" '\.npz, \.csv or \.pcap'
run 2 "$AIRWAKE" send --to nowhere "$work/letter.txt"
finish
