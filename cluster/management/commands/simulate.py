"""`netviz simulate`: print every object of the cluster that manifests settle to."""

from __future__ import annotations

import sys
from argparse import ArgumentParser

import orjson
import yaml
from django.core.management.base import CommandError

from cluster.catalog import KINDS
from cluster.machinery.manifest import JSON, Manifest
from cluster.management.asking import INVALID, AskingCommand
from cluster.questions.asked import Asked


class Command(AskingCommand):
    """Print what was accepted; refusals go to standard error and make the exit code 2."""

    help = "Print every object of the settled cluster: addresses, Pods, EndpointSlices, status"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("-o", "--output", choices=("yaml", "json"), default="yaml")
        parser.add_argument("--kinds", default="", help="only these kinds: Pod,EndpointSlice")

    def handle(self, *args: object, **options: object) -> None:
        """Read the kinds before anything is worked out, then ask."""
        super().handle(*args, **options | {"kinds": _kinds(str(options["kinds"]))})

    def answer(self, asked: Asked, options: dict[str, object]) -> int:
        kinds = options["kinds"]
        assert kinds is None or isinstance(kinds, list)  # noqa: S101 - as `handle` gave them
        _print(asked.objects(kinds), str(options["output"]))
        return 0


def _kinds(text: str) -> list[str] | None:
    if not text:
        return None
    found = []
    for word in text.split(","):
        kind = KINDS.word(word.strip())
        if kind is None:
            raise CommandError(f"--kinds: no kind {word!r}", returncode=INVALID)
        found.append(kind.kind)
    return found


def _print(objects: list[Manifest], output: str) -> None:
    if output == "json":
        items: list[JSON] = list(objects)
        listed: Manifest = {"apiVersion": "v1", "kind": "List", "items": items}
        sys.stdout.buffer.write(orjson.dumps(listed, option=orjson.OPT_INDENT_2) + b"\n")
    else:
        yaml.dump_all(
            objects, sys.stdout, Dumper=yaml.CSafeDumper, sort_keys=False, explicit_start=True,
            allow_unicode=True,
        )  # fmt: skip
    sys.stdout.flush()
