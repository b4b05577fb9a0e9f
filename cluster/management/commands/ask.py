"""`netviz ask`: questions as JSON lines on standard input, answers on standard output."""

from __future__ import annotations

import sys

import orjson

from cluster.machinery.manifest import Manifest
from cluster.management.command import NetvizCommand
from cluster.questions.session import answer_line


class Command(NetvizCommand):
    """Answer one line after the other; a line that cannot be answered gives an `error`."""

    help = "Answer questions about clusters given as JSON lines (no database, no server)"

    def handle(self, *args: object, **options: object) -> None:
        for line in sys.stdin.buffer:
            if line.strip():
                sys.stdout.buffer.write(orjson.dumps(_answer(line)) + b"\n")
                sys.stdout.buffer.flush()


def _answer(line: bytes) -> Manifest:
    try:
        request = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return _error(None, "BadRequest", f"the line is no JSON: {error}")
    if not isinstance(request, dict):
        return _error(None, "BadRequest", "the line must be a JSON object")
    try:
        return answer_line(request)
    except Exception as error:  # a bug in one answer must not end the others
        return _error(request.get("id"), "InternalError", f"{type(error).__name__}: {error}")


def _error(id_: Manifest | str | None, code: str, message: str) -> Manifest:
    return {"id": id_, "error": {"code": code, "message": message, "field": ""}}
