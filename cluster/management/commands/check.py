"""`netviz check`: findings about manifests, with an exit code that a pipeline can gate on."""

from __future__ import annotations

import sys
from argparse import ArgumentParser

import orjson
from django.core.management.base import BaseCommand, CommandError

from cluster.machinery.findings import SEVERITIES, Finding
from cluster.machinery.manifest import JSON
from cluster.management.inputs import UnreadablePath, printable
from cluster.management.seeded import load
from cluster.questions.facts import Facts, in_order

FOUND, INVALID = 1, 2


class Command(BaseCommand):
    """Exit 0 without findings, 1 with some at or above `--severity`, 2 for invalid input."""

    help = "Print findings about manifests; exit 1 if any is at or above --severity"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH")
        parser.add_argument("--format", choices=("text", "json"), default="text")
        parser.add_argument("--severity", choices=SEVERITIES, default="warning")
        parser.add_argument("--namespace", default="", help="for objects that name none")

    def handle(self, *args: object, **options: str) -> None:
        try:
            loaded = load(options["paths"], namespace=options["namespace"], with_dns_server=True)
        except UnreadablePath as error:
            raise CommandError(str(error), returncode=INVALID) from error
        seeded = loaded.seeded
        found = [
            finding
            for finding in in_order(
                [*Facts(seeded.simulator.engine.facts).all(), *seeded.duplicates]
            )
            if finding.key not in seeded.built_in and _counts(finding, options["severity"])
        ]
        if options["format"] == "json":
            answers: list[JSON] = [finding.answer() for finding in found]
            sys.stdout.buffer.write(orjson.dumps({"findings": answers}) + b"\n")
            sys.stdout.flush()
        else:
            for finding in found:
                self.stdout.write(_line(finding))
        for line in [*loaded.refusals, *loaded.notices]:
            self.stderr.write(line)
        if loaded.refusals:
            sys.exit(INVALID)
        if found:
            sys.exit(FOUND)


def _counts(finding: Finding, least: str) -> bool:
    order: tuple[str, ...] = SEVERITIES
    return order.index(finding.severity) >= order.index(least)


def _line(finding: Finding) -> str:
    field = f" {finding.path}" if finding.path else ""
    return printable(
        f"{finding.severity:<7} {finding.rule} {finding.key}{field}: {finding.message}"
    )
