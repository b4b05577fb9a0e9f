"""``netviz reconcile``: the engine, which works out what follows from what is stored."""

import signal
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand

from cluster.runtime.loop import EngineLoop


class Command(BaseCommand):
    """Run the engine until SIGTERM or SIGINT."""

    help = "Run the engine: work out Pods, slices and status of every cluster, until stopped."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--cluster", action="append", default=[], help="only this one (may be repeated)"
        )
        parser.add_argument(
            "--once", action="store_true", help="end when nothing is left to do, not on a signal"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        loop = EngineLoop(only=frozenset(options["cluster"]))
        if options["once"]:
            loop.run_until_idle()
            return

        def asked_to_end(_number: int, _frame: FrameType | None) -> None:
            loop.stop()

        signal.signal(signal.SIGTERM, asked_to_end)
        signal.signal(signal.SIGINT, asked_to_end)
        loop.run()
