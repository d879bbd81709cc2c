#!/usr/bin/env bash
# Installs what building, running and testing airwake needs, on Debian and its relatives; ONNX
# Runtime where that can be had (tools/onnxruntime.sh), since models work without it, too.
#   tools/setup.sh run|test
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:?run or test}

onnxruntime() {
    tools/onnxruntime.sh || echo "airwake: ONNX Runtime is not installed; models are computed in plain C" >&2
}

packages=(build-essential cmake ninja-build pkg-config
    libwebsockets-dev libserialport-dev libpcap-dev libzstd-dev zlib1g-dev libminizip-dev libcap-dev
    libjsmn-dev libcjson-dev libyaml-dev libmosquitto-dev libsqlite3-dev libpq-dev
    libsodium-dev libssl-dev)
if [ "$what" = test ]; then
    packages+=(clang clang-format libclang-rt-dev zstd curl chromium python3 sqlite3 postgresql python3-jsonschema
        mosquitto mosquitto-clients openssl prometheus)
    packages+=(dpkg-dev systemd)
fi
if ! command -v node >/dev/null; then packages+=(nodejs); fi
if ! command -v npm >/dev/null; then packages+=(npm); fi

missing=()
for p in "${packages[@]}"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || missing+=("$p")
done
if [ ${#missing[@]} = 0 ]; then
    onnxruntime
    exit 0
fi

if ! command -v apt-get >/dev/null; then
    echo "airwake: no apt-get here; install these (or what your system calls them): ${missing[*]}" >&2
    exit 1
fi
as_root=()
if [ "$(id -u)" != 0 ]; then as_root=(sudo); fi
echo "airwake: installing ${missing[*]}" >&2
# The tests start brokers and databases themselves: none of them becomes a service of this machine.
policy=/usr/sbin/policy-rc.d
if [ "$what" = test ] && [ ! -e $policy ]; then
    trap '"${as_root[@]}" rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee $policy >/dev/null
    "${as_root[@]}" chmod 755 $policy
fi
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
onnxruntime
