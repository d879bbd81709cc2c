#!/usr/bin/env bash
# Installs ONNX Runtime's library, which models are computed with when it is there. The system's
# package where the distribution has one; else out of the Python package onnxruntime, to
# DIR/libonnxruntime.so (build/lib/airwake, where programs of build/*/ look; installed ones look in
# ../lib/airwake from theirs).
#   tools/onnxruntime.sh [DIR]
set -euo pipefail
cd "$(dirname "$0")/.."
dir=${1:-build/lib/airwake}
[ -e "$dir/libonnxruntime.so" ] && exit 0
ldconfig -p 2>/dev/null | grep -q libonnxruntime && exit 0
as_root=()
if [ "$(id -u)" != 0 ]; then as_root=(sudo); fi
apt_install() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"; }

package=$(apt-cache search --names-only '^libonnxruntime[0-9.]+$' 2>/dev/null | awk 'END { print $1 }')
if [ -n "$package" ]; then
    apt_install "$package"
    exit 0
fi
python3 -m pip --version >/dev/null 2>&1 || apt_install python3-pip
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m pip download -q --disable-pip-version-check --no-deps --only-binary :all: -d "$work" onnxruntime
python3 - "$work" "$dir" <<'PYTHON'
import glob, os, re, sys, zipfile
wheel, = glob.glob(sys.argv[1] + "/onnxruntime-*.whl")
with zipfile.ZipFile(wheel) as z:
    name, = [n for n in z.namelist() if re.search(r"/capi/libonnxruntime\.so\.[0-9.]+$", n)]
    os.makedirs(sys.argv[2], exist_ok=True)
    part = sys.argv[2] + "/libonnxruntime.so.part"
    with open(part, "wb") as f:
        f.write(z.read(name))
    os.rename(part, sys.argv[2] + "/libonnxruntime.so")
    print("ONNX Runtime: " + name.split("/")[-1] + " to " + sys.argv[2])
PYTHON
