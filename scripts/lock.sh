#!/bin/sh
# Write the locks from pyproject.toml: every package with its version and hashes, for every
# platform and Python from 3.11 on. No index is named, so a mirror serves as well.
set -eu
cd "$(dirname "$0")/.."

tool=.venv-lock
[ -x "$tool/bin/uv" ] || { python3 -m venv "$tool" && "$tool/bin/pip" install --quiet uv; }

compile() {  # compile OUTPUT SOURCE [OPTION...]
    output=$1 source=$2
    shift 2
    "$tool/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --custom-compile-command "make lock" "$@" --output-file "$output" "$source"
}

compile requirements/runtime.lock pyproject.toml
compile requirements/dev.lock pyproject.toml --extra dev --constraint requirements/runtime.lock
compile requirements/node.lock requirements/node.in
compile requirements/kubectl.lock requirements/kubectl.in --no-deps

if grep -in 'https\?://\|index-url\|find-links' requirements/*.lock; then
    echo "A lock names a host." >&2
    exit 1
fi
