"""`netviz simulate`: print every object of the cluster that manifests settle to."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

import orjson
import yaml
from django.core.management.base import CommandError

from cluster.catalog import KINDS
from cluster.machinery.manifest import JSON, Manifest
from cluster.management.command import INVALID, NetvizCommand
from cluster.management.seeded import add_source, check_source, load
from cluster.store import list_objects


class Command(NetvizCommand):
    """Print what was accepted; refusals go to standard error and make the exit code 2."""

    help = "Print every object of the settled cluster: addresses, Pods, EndpointSlices, status"

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_source(parser)
        parser.add_argument("-o", "--output", choices=("yaml", "json"), default="yaml")
        parser.add_argument("--kinds", default="", help="only these kinds: Pod,EndpointSlice")
        parser.add_argument("--dual-stack", action="store_true", help="give both families")

    def handle(self, *_args: Any, **options: Any) -> None:
        check_source(options)
        kinds = _kinds(options["kinds"])
        if options["cluster"]:
            _print(_stored(options["cluster"], kinds, options["namespace"]), options["output"])
            return
        loaded = load(
            options["paths"],
            is_dual_stack=options["dual_stack"],
            namespace=options["namespace"],
        )
        _print(loaded.seeded.simulator.objects(kinds), options["output"])
        loaded.tell(self.stderr.write)
        if loaded.refusals:
            sys.exit(INVALID)


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


def _stored(cluster: str, kinds: list[str] | None, namespace: str) -> list[Manifest]:
    """Return the objects of a stored cluster, in catalog and name order."""
    return [
        manifest
        for kind in KINDS
        if kinds is None or kind.kind in kinds
        if kind.namespaced or not namespace
        for manifest in list_objects(cluster, kind, namespace=namespace).items
    ]


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
