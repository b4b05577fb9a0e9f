"""`netviz simulate`: print every object of the cluster that manifests settle to."""

from __future__ import annotations

import sys
from argparse import ArgumentParser

import orjson
import yaml
from django.core.management.base import BaseCommand, CommandError

from cluster.catalog import KINDS
from cluster.machinery.manifest import JSON, Manifest
from cluster.management.inputs import UnreadablePath
from cluster.management.seeded import load

INVALID = 2


class Command(BaseCommand):
    """Print what was accepted; refusals go to standard error and make the exit code 2."""

    help = "Print every object of the settled cluster: addresses, Pods, EndpointSlices, status"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH")
        parser.add_argument("-o", "--output", choices=("yaml", "json"), default="yaml")
        parser.add_argument("--kinds", default="", help="only these kinds: Pod,EndpointSlice")
        parser.add_argument("--namespace", default="", help="for objects that name none")
        parser.add_argument("--dual-stack", action="store_true", help="give both families")

    def handle(self, *args: object, **options: str) -> None:
        kinds = _kinds(options["kinds"])
        try:
            loaded = load(
                options["paths"],
                is_dual_stack=bool(options["dual_stack"]),
                namespace=options["namespace"],
            )
        except UnreadablePath as error:
            raise CommandError(str(error), returncode=INVALID) from error
        _print(loaded.seeded.simulator.objects(kinds), options["output"])
        for line in [*loaded.refusals, *loaded.notices]:
            self.stderr.write(line)
        if loaded.refusals:
            sys.exit(INVALID)


def _kinds(text: str) -> list[str] | None:
    if not text:
        return None
    found = []
    for word in text.split(","):
        kind = KINDS.word(word)
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
