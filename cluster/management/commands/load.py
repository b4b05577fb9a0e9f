"""``netviz load``: apply manifests to a stored cluster."""

import sys
from argparse import ArgumentParser
from operator import attrgetter
from typing import Any

from django.conf import settings

from cluster.machinery.settings import dual_stack
from cluster.management.command import INVALID, NetvizCommand
from cluster.management.inputs import printable, uploads
from cluster.runtime import firstrun
from cluster.runtime.loading import Loaded, load
from cluster.store.imports import Result

BAR_CELLS = 30


class Command(NetvizCommand):
    """Exit 0, or 2 if any document was refused; each refusal is a line on standard error."""

    help = "Apply manifests to a stored cluster, which is made if it does not exist."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH")
        parser.add_argument("--cluster", default=settings.DNS_CLUSTER, help="its name")
        parser.add_argument("--namespace", default="", help="for objects that name none")
        parser.add_argument(
            "--replace", action="store_true", help="replace objects whole instead of merging"
        )
        parser.add_argument(
            "--dual-stack", action="store_true", help="give a new cluster IPv4 and IPv6"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        login = firstrun.prepare()
        if login is not None:
            self.stdout.write(login)
        loaded = load(
            cluster=options["cluster"],
            uploads=uploads(options["paths"]),
            actor="netviz load",
            namespace=options["namespace"],
            operation="put" if options["replace"] else "apply",
            new_settings=dual_stack({}) if options["dual_stack"] else {},
            progress=self.show_progress,
        )
        self.tell(options["cluster"], loaded)
        if loaded.refused:
            sys.exit(INVALID)

    def show_progress(self, done: int, total: int) -> None:
        """Draw the progress bar where somebody watches a terminal."""
        if not self.stderr.isatty():
            return
        filled = "#" * (BAR_CELLS * done // max(1, total))
        end = "\n" if done == total else ""
        self.stderr.write(f"\r[{filled:<{BAR_CELLS}}] {done} of {total}", ending=end)
        self.stderr.flush()

    def tell(self, cluster: str, loaded: Loaded) -> None:
        """Print a line for each refusal and notice, and what became of the rest."""
        for result in sorted(loaded.told, key=attrgetter("position")):
            for text in lines_of(result):
                self.stderr.write(printable(text))
        counts = ", ".join(f"{number} {word}" for word, number in sorted(loaded.counts.items()))
        state = "" if loaded.is_settled else "; the engine is still at work"
        self.stdout.write(f"{cluster}: {counts or 'nothing to load'}{state}")


def lines_of(result: Result) -> list[str]:
    """Return what is to be said about one document, a line each."""
    who = " ".join(
        part
        for part in (result.kind, "/".join(filter(None, (result.namespace, result.name))))
        if part
    )
    place = f"{result.file}:{result.line}: {who}: " if who else f"{result.file}:{result.line}: "
    texts = [result.message] if result.message else list(result.notices)
    return [f"{place}{result.outcome}: {text}" for text in texts]
