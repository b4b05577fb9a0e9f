"""`netviz plan`: what a change opens, closes, breaks and renames, before it is made."""

from __future__ import annotations

import sys
from argparse import ArgumentParser

from django.core.management.base import CommandError

from cluster.machinery.manifest import JSON
from cluster.management.asking import INVALID, AskingCommand
from cluster.management.inputs import UnreadablePath, printable, read_documents
from cluster.management.seeded import within
from cluster.questions.asked import Asked
from cluster.questions.plan.question import planned
from cluster.questions.plan.rendering import to_markdown, to_text
from cluster.questions.question import Given

CHANGES = 1


class Command(AskingCommand):
    """Exit 0 if neither reachability nor findings change, 1 if they do, 2 for invalid input."""

    help = "Tell what the change from one set of manifests to another opens, closes and breaks"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--format", choices=("text", "json", "md"), default="text")

    def handle(self, *args: object, **options: object) -> None:
        """Read the last path as the new set; the one before it, or the cluster, is the base."""
        paths = options["paths"]
        assert isinstance(paths, list)  # noqa: S101 - as declared
        if len(paths) != (1 if options["cluster"] else 2):
            text = "give BASE and HEAD, or --cluster with a name and HEAD"
            raise CommandError(text, returncode=INVALID)
        options["head"] = paths.pop()
        super().handle(*args, **options)

    def answer(self, asked: Asked, options: dict[str, object]) -> int:
        objects = self.head(str(options["head"]), str(options["namespace"]))
        plan = planned(asked, Given({"objects": objects}), mode="import")
        for item in plan.refused:
            self.stderr.write(printable(f"{item.object}: {item.error.message}"))
        self.is_refused = self.is_refused or bool(plan.invalid)
        if options["format"] == "json":
            self.print_json(plan.json())
        else:
            self.print_text(to_text(plan) if options["format"] == "text" else to_markdown(plan))
        sys.stdout.flush()
        return CHANGES if plan.matters else 0

    def head(self, path: str, namespace: str) -> list[JSON]:
        """Return the objects of the new set; raises CommandError for an unreadable path."""
        try:
            documents = read_documents([path])
        except UnreadablePath as error:
            raise CommandError(str(error), returncode=INVALID) from error
        for document in documents:
            if document.problem is not None:
                self.stderr.write(f"{document.file}:{document.problem.line}: "
                                  f"{document.problem.message}")  # fmt: skip
                self.is_refused = True
        return [
            within(document.manifest, namespace)
            for document in documents
            if document.manifest is not None
        ]
