"""`netviz export`: a view as a diagram for other programs."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from types import MappingProxyType

from django.core.management.base import CommandError

from cluster.machinery.drawing import Graph
from cluster.machinery.errors import NotFound
from cluster.machinery.manifest import Manifest
from cluster.management.asking import INVALID, AskingCommand
from cluster.questions.asked import Asked
from cluster.questions.graph import GRAPH, refusal
from cluster.questions.question import Given
from cluster.questions.views import view
from cluster.questions.views.request import LEVELS
from cluster.questions.views.table import VIEWS, all_parameters, parse_request
from cluster.runtime.svg import NotDrawn, draw_svg
from cluster.topology.formats import to_dot, to_mermaid

FORMATS = ("mermaid", "dot", "json", "svg")
RENDERERS: Mapping[str, Callable[[Graph], str]] = MappingProxyType(
    {"mermaid": to_mermaid, "dot": to_dot}
)


class Command(AskingCommand):
    """Exit 0, or 2 for invalid input."""

    help = "Print a view as Mermaid, DOT, JSON or SVG"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--view", choices=VIEWS, required=True)
        parser.add_argument("--of", default="", metavar="NS/NAME", help="the object it is of")
        parser.add_argument("--level", choices=LEVELS, default="", help="of the map")
        parser.add_argument("--ns", default="", help="only these namespaces, joined by commas")
        parser.add_argument("--format", choices=FORMATS, default="mermaid")
        parser.add_argument("--theme", choices=("light", "dark"), default="light", help="of SVG")
        for name, text in all_parameters().items():
            parser.add_argument(f"--{name}", default="", help=text)

    def answer(self, asked: Asked, options: dict[str, object]) -> int:
        names = ("view", "of", "level", "ns", *all_parameters())
        query = {name: str(options[name]) for name in names if options[name]}
        form = options["format"]
        if form in {"json", "svg"}:
            fields: Manifest = {**query}
            graph = GRAPH.answer(asked, Given(fields))
            if form == "json":
                self.print_json(graph)
            else:
                address = source(str(options["cluster"]), query)
                self.print_svg(graph, address, str(options["theme"]))
            return 0
        self.print_text(RENDERERS[str(form)](drawn(asked, query)))
        return 0

    def print_svg(self, graph: Manifest, url: str, theme: str) -> None:
        """Print the view as an SVG document; raises CommandError where it cannot be drawn."""
        try:
            document = draw_svg(graph, url=url, theme="dark" if theme == "dark" else "light")
        except NotDrawn as error:
            raise CommandError(str(error), returncode=INVALID) from error
        sys.stdout.buffer.write(document)
        sys.stdout.flush()


def source(cluster: str, query: dict[str, str]) -> str:
    """Return what the drawing names as its source: the command that draws it again."""
    given = {"cluster": cluster, **query} if cluster else query
    return " ".join(["netviz export", *(f"--{name} {value}" for name, value in given.items())])


def drawn(asked: Asked, query: dict[str, str]) -> Graph:
    """Return a view; raises QuestionError where there is no such object or level."""
    try:
        return view(asked.snapshot, asked.facts, parse_request(query, asked.cluster))
    except (NotFound, ValueError) as error:
        raise refusal(error, query) from error
