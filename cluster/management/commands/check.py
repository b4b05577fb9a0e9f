"""`netviz check`: findings about manifests, with an exit code that a pipeline can gate on."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

import orjson

from cluster.machinery.findings import SEVERITIES, Finding
from cluster.machinery.manifest import JSON
from cluster.management.command import INVALID, NetvizCommand
from cluster.management.inputs import printable
from cluster.management.seeded import Loaded, add_source, check_source, load
from cluster.questions.facts import Facts, in_order
from cluster.runtime.replica import replicas

FOUND = 1


class Command(NetvizCommand):
    """Exit 0 without findings, 1 with some at or above `--severity`, 2 for invalid input."""

    help = "Print findings about manifests; exit 1 if any is at or above --severity"

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_source(parser)
        parser.add_argument("--format", choices=("text", "json"), default="text")
        parser.add_argument("--severity", choices=SEVERITIES, default="warning")

    def handle(self, *_args: Any, **options: Any) -> None:
        check_source(options)
        if options["cluster"]:
            found, loaded = _of_stored(options["cluster"], options["namespace"]), None
        else:
            loaded = load(options["paths"], namespace=options["namespace"])
            found = _of_manifests(loaded)
        found = [finding for finding in found if _counts(finding, options["severity"])]
        if options["format"] == "json":
            answers: list[JSON] = [finding.answer() for finding in found]
            sys.stdout.buffer.write(orjson.dumps({"findings": answers}) + b"\n")
            sys.stdout.flush()
        else:
            for finding in found:
                self.stdout.write(_line(finding))
        if loaded is not None:
            loaded.tell(self.stderr.write)
            if loaded.refusals:
                sys.exit(INVALID)
        if found:
            sys.exit(FOUND)


def _of_manifests(loaded: Loaded) -> list[Finding]:
    seeded = loaded.seeded
    everything = in_order([*Facts(seeded.simulator.engine.facts).all(), *seeded.duplicates])
    return [finding for finding in everything if finding.key not in seeded.built_in]


def _of_stored(cluster: str, namespace: str) -> list[Finding]:
    with replicas[cluster].reading() as reading:
        return [f for f in reading.facts.all() if namespace in {"", f.key.namespace}]


def _counts(finding: Finding, least: str) -> bool:
    order: tuple[str, ...] = SEVERITIES
    return order.index(finding.severity) >= order.index(least)


def _line(finding: Finding) -> str:
    field = f" {finding.path}" if finding.path else ""
    return printable(
        f"{finding.severity:<7} {finding.rule} {finding.key}{field}: {finding.message}"
    )
