# The unit, the package, and the commands of docs/operations.md.
. "$(dirname "$0")/lib.sh"
root=$(cd "$(dirname "$0")/../.." && pwd)
build=$(dirname "$AIRWAKE")

if command -v systemd-analyze >/dev/null; then
    mkdir -p "$work/unit"
    sed "s|/usr/bin/airwake|$AIRWAKE|" "$root/contrib/airwake.service" >"$work/unit/airwake.service"
    run 0 systemd-analyze verify "$work/unit/airwake.service"
    check "verify has nothing to say about it" lacks "$err" 'airwake\.service'
    run 0 systemd-analyze security --offline=true --threshold=30 "$work/unit/airwake.service"
    grep -i 'overall' "$out"
else
    echo "SKIPPED: no systemd-analyze here"
fi
if command -v dpkg-shlibdeps >/dev/null && [ -e "$build/demo.pcap" ] && [ -e "$build/airwake.yaml" ]; then
    run 0 cpack --config "$build/CPackConfig.cmake" -B "$work/deb"
    deb=$(echo "$work"/deb/airwake_*.deb)
    run 0 dpkg-deb --contents "$deb"
    for f in ./usr/bin/airwake ./etc/airwake/airwake.yaml ./lib/systemd/system/airwake.service; do
        check "the package has $f" has "$out" " $f\$"
    done
    check "and nothing in odd places" lacks "$out" ' \./(usr/local|home|work|tmp)/'
    run 0 dpkg-deb --field "$deb" Depends
    check "libraries it needs" has "$out" 'libwebsockets'
    dpkg-deb --control "$deb" "$work/control"
    for s in postinst prerm postrm; do
        check "$s is executable" test -x "$work/control/$s"
        check "$s is shell" sh -n "$work/control/$s"
    done
    # unpacked somewhere else, the program runs and its settings file is right
    dpkg-deb --extract "$deb" "$work/there"
    run 0 "$work/there/usr/bin/airwake" config check "$work/there/etc/airwake/airwake.yaml"
else
    echo "SKIPPED: no dpkg-shlibdeps here, or not all is built"
fi

# graceful stop and exit codes, as the page says
serve --no-udp
get /health >"$out"
check "health" has "$out" '"status":"no-source"'
check "not ready: 503" test "$(curl -s -o /dev/null -w '%{http_code}' "$http/health/ready")" = 503
stop_server
run 2 "$AIRWAKE" serve --no-udp --log-level loud
check "choices are named" has "$err" 'loud is not error, warning, info or debug'
finish
