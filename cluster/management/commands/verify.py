"""``netviz verify``: is what is stored what follows from what is stored?"""

import sys
from argparse import ArgumentParser
from typing import Any

from cluster.management.command import NetvizCommand
from cluster.runtime.verify import verify
from cluster.store import all_clusters


class Command(NetvizCommand):
    """Work everything out anew and print each difference; exit 1 where there is one."""

    help = "Recompute everything from scratch and compare it with what is stored."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--cluster", help="only this one (default: every cluster)")

    def handle(self, *_args: Any, **options: Any) -> None:
        named = options["cluster"]
        names = [named] if named else [cluster.name for cluster in all_clusters()]
        total = 0
        for name in names:
            found = verify(name)
            total += len(found)
            for difference in found:
                self.stdout.write(f"{name}: {difference}")
            self.stdout.write(f"{name}: {len(found)} differences" if found else f"{name}: equal")
        if total:
            sys.exit(1)
