"""Run one measurement in a process of its own: `python -m tests.bench.program NAME ARGUMENTS`.

`NAME` is a module of this folder whose `main` returns figures; they are printed as one JSON line.
"""

from __future__ import annotations

import importlib
import json
import logging
import sys

import django

if __name__ == "__main__":
    django.setup()
    logging.disable(logging.INFO)
    module = importlib.import_module(f"tests.bench.{sys.argv[1]}")
    print(json.dumps(module.main(*sys.argv[2:])))  # noqa: T201 - the caller reads it
