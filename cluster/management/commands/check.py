"""`netviz check`: findings about manifests, with an exit code that a pipeline can gate on."""

from __future__ import annotations

from argparse import ArgumentParser

from cluster.machinery.findings import SEVERITIES, Finding
from cluster.machinery.manifest import JSON
from cluster.management.asking import AskingCommand
from cluster.management.inputs import printable
from cluster.questions.asked import Asked
from cluster.questions.facts import in_order
from cluster.questions.seeded import Seeded

FOUND = 1


class Command(AskingCommand):
    """Exit 0 without findings, 1 with some at or above `--severity`, 2 for invalid input."""

    help = "Print findings about manifests; exit 1 if any is at or above --severity"
    with_dns_server = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--format", choices=("text", "json"), default="text")
        parser.add_argument("--severity", choices=SEVERITIES, default="warning")

    def answer(self, asked: Asked, options: dict[str, object]) -> int:
        duplicates = asked.duplicates if isinstance(asked, Seeded) else []
        found = [
            finding
            for finding in in_order([*asked.facts.all(), *duplicates])
            if finding.key not in asked.built_in and _counts(finding, str(options["severity"]))
        ]
        if options["format"] == "json":
            answers: list[JSON] = [finding.answer() for finding in found]
            self.print_json({"findings": answers})
        else:
            for finding in found:
                self.stdout.write(_line(finding))
        return FOUND if found else 0


def _counts(finding: Finding, least: str) -> bool:
    order: tuple[str, ...] = SEVERITIES
    return order.index(finding.severity) >= order.index(least)


def _line(finding: Finding) -> str:
    field = f" {finding.path}" if finding.path else ""
    return printable(
        f"{finding.severity:<7} {finding.rule} {finding.key}{field}: {finding.message}"
    )
