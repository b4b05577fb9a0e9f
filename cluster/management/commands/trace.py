"""`netviz trace`: one connection, step by step, with the reasons."""

from __future__ import annotations

from argparse import ArgumentParser

from cluster.machinery.manifest import Manifest
from cluster.management.asking import AskingCommand
from cluster.questions.asked import Asked
from cluster.questions.question import Given
from cluster.questions.trace.question import PEERS, traced
from cluster.questions.trace.rendering import to_text

BLOCKED = 1


class Command(AskingCommand):
    """Exit 0 if the connection reaches, 1 if it does not, 2 for invalid input."""

    help = "Follow one connection step by step and tell where it stops, and why"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--from", required=True, metavar="PEER", help=PEERS)
        parser.add_argument(
            "--to", required=True, metavar="PEER[:PORT][/PROTO]", help="the same, a name or a URL"
        )
        parser.add_argument("--port", default="", help="the port, if --to names none")
        parser.add_argument("--protocol", default="", help="TCP, UDP or SCTP")
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def answer(self, asked: Asked, options: dict[str, object]) -> int:
        names = ("from", "to", "port", "protocol")
        fields: Manifest = {name: str(options[name]) for name in names if options[name]}
        found = traced(asked, Given(fields))
        if options["format"] == "json":
            self.print_json(found.json())
        else:
            self.print_text(to_text(found))
        return 0 if found.verdict == "reaches" else BLOCKED
