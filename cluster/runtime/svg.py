"""A view as an SVG document, drawn by the scripts of the pages under Node.

There is one renderer: `scripts/svg.mjs` runs the very modules that the pages draw and export with.
The same graph, address and theme give the same bytes.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Literal

import orjson
from django.conf import settings

from cluster.machinery.manifest import Manifest

Theme = Literal["light", "dark"]
MOST_SECONDS = 60.0  # the largest view there may be takes less than two
AT_ONCE = threading.BoundedSemaphore(2)
"""Node takes a core for as long as it draws; further requests wait for their turn."""


class NotDrawn(Exception):
    """Why there is no drawing: Node is missing, or it ended with an error."""


def draw_svg(graph: Manifest, *, url: str, theme: Theme = "light") -> bytes:
    """Return the SVG document of a view; raises NotDrawn.

    `graph` is the JSON of docs/graph.md; `url` is printed under the drawing, as its source.
    """
    script = Path(settings.BASE_DIR) / "scripts" / "svg.mjs"
    request = orjson.dumps({"graph": graph, "url": url, "theme": theme})
    try:
        with AT_ONCE:
            done = subprocess.run(  # noqa: S603 - our own script, the request on its input
                [node(), str(script)], input=request, capture_output=True, check=False,
                timeout=MOST_SECONDS,
            )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise NotDrawn(f"the drawing was not done after {MOST_SECONDS:.0f} s") from error
    except OSError as error:
        raise NotDrawn(f"Node cannot be run: {error}") from error
    if done.returncode:
        raise NotDrawn(f"Node could not draw it: {_reason(done.stderr)}")
    return done.stdout


def node() -> str:
    """Return the path of Node: beside this Python, as `make setup` puts it, or the machine's.

    Raises NotDrawn where there is none.
    """
    own = Path(sys.prefix) / "node" / "bin" / "node"
    found = str(own) if own.is_file() else shutil.which("node")
    if found is None:
        raise NotDrawn("SVG is drawn by Node, and there is none; `make setup` installs it")
    return found


def _reason(errors: bytes) -> str:
    """Return the line of Node's report that names the error, or its last one."""
    lines = [line.strip() for line in errors.decode(errors="replace").splitlines() if line.strip()]
    named = (line for line in lines if line.partition(":")[0].endswith("Error"))
    return next(named, lines[-1] if lines else "no reason given")
