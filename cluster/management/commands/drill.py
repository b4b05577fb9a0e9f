"""`netviz drill`: fail something in a stored cluster, and see what follows on the dashboard."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from cluster.management.command import NetvizCommand
from cluster.runtime.drilling import ACTIONS, carry_out, plan

ACTOR = "netviz drill"


class Command(NetvizCommand):
    """Say what the drill does, and do it."""

    help = "Make a Pod unready, delete it, scale, cordon, drain a Node, lose a zone"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=ACTIONS)
        parser.add_argument("target", help="ns/pod, Kind/ns/name, a Node or a zone")
        parser.add_argument("count", nargs="?", type=int, help="replicas, for scale")
        parser.add_argument("--cluster", default="demo")

    def handle(self, *_args: Any, **options: Any) -> None:
        cluster = options["cluster"]
        drill = plan(cluster, options["action"], options["target"], options["count"])
        carry_out(cluster, drill, ACTOR)
        self.stdout.write(drill.sentence)
