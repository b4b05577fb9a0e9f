"""Commands that ask a question: of manifests by paths, or of a stored cluster (`--cluster`).

Such a command prints text by default and with `--format json` the answer as `ask` gives it. What
was accepted is answered even where something was refused; the exit code is 2 then.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager

import orjson
from django.core.management.base import CommandError
from django.db import Error as DatabaseError

from cluster.machinery.manifest import Manifest
from cluster.management.command import INVALID, NetvizCommand
from cluster.management.seeded import load
from cluster.questions.asked import Asked
from cluster.questions.question import QuestionError
from cluster.questions.seeded import Seeded
from cluster.runtime.asking import stored_cluster

__all__ = ["INVALID", "AskingCommand"]


def nothing_stored(error: DatabaseError) -> str:
    """Return what to say where the database cannot be read, most often because there is none."""
    return f"no stored cluster can be read ({error}); `netviz serve` or `netviz load` makes them"


class AskingCommand(NetvizCommand):
    """A command that asks one cluster; subclasses say what, in `answer`.

    `with_dns_server` puts the Pods of the cluster's DNS beside what manifests make.
    """

    is_refused = False
    with_dns_server = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add where the cluster comes from."""
        parser.add_argument("paths", nargs="*", metavar="PATH", help="manifests: files, - or more")
        parser.add_argument("--cluster", default="", help="ask this stored cluster instead")
        parser.add_argument("--namespace", default="", help="for objects that name none")
        parser.add_argument("--dual-stack", action="store_true", help="give both families")

    def handle(self, *args: object, **options: object) -> None:
        """Ask, print and exit with what `answer` returns; 2 where something was refused."""
        paths = options["paths"]
        assert isinstance(paths, list)  # noqa: S101 - as declared above
        try:
            with self.asked(paths, str(options["cluster"]), options) as asked:
                code = self.answer(asked, options)
        except QuestionError as error:
            raise CommandError(f"{error.field}: {error.message}", returncode=INVALID) from error
        code = INVALID if self.is_refused else code
        if code:
            sys.exit(code)

    def answer(self, asked: Asked, options: dict[str, object]) -> int:
        """Print the answer and return the exit code; raises QuestionError."""
        raise NotImplementedError

    @contextmanager
    def asked(self, paths: list[str], cluster: str, options: dict[str, object]) -> Iterator[Asked]:
        """Give the cluster that is asked, refusals and notices on standard error."""
        if bool(paths) == bool(cluster):
            raise CommandError("give paths, or --cluster with a name", returncode=INVALID)
        if not cluster:
            yield self.loaded(paths, options)
            return
        try:
            with stored_cluster(cluster) as stored:
                yield stored
        except DatabaseError as error:
            raise CommandError(nothing_stored(error), returncode=INVALID) from error

    def loaded(self, paths: list[str], options: dict[str, object]) -> Seeded:
        """Return the cluster that manifests make; raises UnreadablePath."""
        found = load(
            paths,
            is_dual_stack=bool(options["dual_stack"]),
            namespace=str(options["namespace"]),
            with_dns_server=self.with_dns_server,
        )
        found.tell(self.stderr.write)
        self.is_refused = self.is_refused or bool(found.refusals)
        return found.seeded

    def print_json(self, answer: Manifest) -> None:
        """Print an answer as `ask` does."""
        sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")
        sys.stdout.flush()

    def print_text(self, text: str) -> None:
        """Print lines as they are, but for characters that would steer a terminal."""
        shown = "".join(mark if mark.isprintable() or mark == "\n" else " " for mark in text)
        self.stdout.write(shown, ending="")
