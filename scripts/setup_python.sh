#!/bin/sh
# Install the locked Python packages and netviz itself into .venv.
# Usage: scripts/setup_python.sh LOCK    (requirements/runtime.lock or requirements/dev.lock)
# PYTHON names the interpreter; without it the newest one found from 3.11 on is taken.
set -eu
cd "$(dirname "$0")/.."
lock=$1

recent() {  # recent INTERPRETER: it exists and is Python 3.11 or newer
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

if ! recent .venv/bin/python; then
    interpreter=
    for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11 python; do
        if [ -n "$candidate" ] && recent "$candidate"; then
            interpreter=$candidate
            break
        fi
    done
    if [ -z "$interpreter" ]; then
        echo "netviz needs Python 3.11 or newer; name one with PYTHON=/path/to/python." >&2
        exit 1
    fi
    if ! "$interpreter" -m venv --clear .venv; then
        echo "This Python cannot make virtual environments; Debian has them in python3-venv." >&2
        exit 1
    fi
fi

pip() {
    .venv/bin/python -m pip --disable-pip-version-check "$@"
}

# The lock is complete, so nothing is resolved again: an extra such as coverage[toml] would
# otherwise be taken in its newest version, which the lock has no hash for.
pip install --quiet --no-deps --require-hashes --requirement "$lock"
pip install --quiet --no-deps --editable .
