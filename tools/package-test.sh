#!/usr/bin/env bash
# Installs, starts, stops, removes and purges the Debian package in a clean root. Needs root,
# mmdebstrap and a Debian mirror.
#   tools/package-test.sh [BUILD_DIR]
# systemd does not run in the root: the service is started as the unit would, by hand.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build/release}
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf --one-file-system "$work"' EXIT
step() { printf '== %s\n' "$*"; }
want() { "${@:2}" || { echo "package-test: $1" >&2; exit 1; }; }

step "build the package"
cpack --config "$build/CPackConfig.cmake" -B "$work/deb" >/dev/null
deb=$(echo "$work"/deb/*.deb)
dpkg-deb --info "$deb"
dpkg-deb --contents "$deb"

step "a clean root, and install"
root=$work/root
mmdebstrap --variant=apt --mode=root --include=ca-certificates \
    bookworm "$root" ${MIRROR:+"$MIRROR"} 2>"$work/mm.log" ||
    { tail -20 "$work/mm.log" >&2; exit 1; }
in_root() { chroot "$root" "$@"; }
cp /etc/resolv.conf "$root/etc/" 2>/dev/null || true
cp -n /etc/apt/apt.conf.d/* "$root/etc/apt/apt.conf.d/" # how this machine reaches its mirror
cp "$deb" "$root/tmp/"
in_root apt-get update -q >/dev/null
in_root sh -c "DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends /tmp/$(basename "$deb")" |
    tail -3
want "no user" in_root getent passwd airwake
want "the state folder" [ "$(in_root stat -c '%U %a' /var/lib/airwake)" = "airwake 750" ]
want "the settings file" [ "$(in_root stat -c '%U %G %a' /etc/airwake/airwake.yaml)" = "root airwake 640" ]
want "settings" in_root airwake config check /etc/airwake/airwake.yaml

step "start, look, reload, stop"
chroot --userspec=airwake:airwake "$root" env STATE_DIRECTORY=/var/lib/airwake \
    AIRWAKE_HTTP_PORT=0 AIRWAKE_SOURCES_UDP=0 \
    /usr/bin/airwake serve --demo /usr/share/airwake/demo.pcap 2>"$work/log" &
server=$!
for _ in $(seq 100); do
    url=$(grep -oE 'http://[0-9.]+:[0-9]+' "$work/log" || true)
    [ -z "$url" ] || break
    sleep 0.1
done
curl -fsS "$url/health"; echo
kill -HUP "$server"
sleep 0.5
want "no history was written" [ -n "$(ls "$root/var/lib/airwake")" ]
want "reload" grep -q 'settings read again' "$work/log"
kill -TERM "$server"
wait "$server"
server=
cat "$work/log"

step "remove: settings and state stay; purge: nothing stays"
in_root apt-get remove -q -y airwake >/dev/null
want "settings stay" [ -e "$root/etc/airwake/airwake.yaml" ]
want "state stays" [ -d "$root/var/lib/airwake" ]
want "program goes" [ ! -e "$root/usr/bin/airwake" ]
in_root apt-get purge -q -y airwake >/dev/null
want "the user goes" [ -z "$(in_root getent passwd airwake || true)" ]
want "something stays" [ -z "$(find "$root" -xdev -name '*airwake*' -not -path "$root/tmp/*")" ]
echo "package-test: installed, started, reloaded, stopped, removed and purged"
