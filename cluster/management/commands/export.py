"""`netviz export`: a view as a diagram for other programs."""

from __future__ import annotations

from argparse import ArgumentParser

from cluster.machinery.drawing import Graph
from cluster.machinery.errors import NotFound
from cluster.machinery.manifest import Manifest
from cluster.management.asking import AskingCommand
from cluster.questions.asked import Asked
from cluster.questions.graph import GRAPH
from cluster.questions.question import Given, QuestionError, bad
from cluster.questions.views import view
from cluster.questions.views.request import LEVELS
from cluster.questions.views.table import VIEWS, all_parameters, parse_request
from cluster.topology.formats import to_dot, to_mermaid


class Command(AskingCommand):
    """Exit 0, or 2 for invalid input."""

    help = "Print a view as Mermaid, DOT or JSON"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--view", choices=VIEWS, required=True)
        parser.add_argument("--of", default="", metavar="NS/NAME", help="the object it is of")
        parser.add_argument("--level", choices=LEVELS, default="", help="of the map")
        parser.add_argument("--ns", default="", help="only these namespaces, joined by commas")
        parser.add_argument("--format", choices=("mermaid", "dot", "json"), default="mermaid")
        for name, text in all_parameters().items():
            parser.add_argument(f"--{name}", default="", help=text)

    def answer(self, asked: Asked, options: dict[str, object]) -> int:
        names = ("view", "of", "level", "ns", *all_parameters())
        query = {name: str(options[name]) for name in names if options[name]}
        if options["format"] == "json":
            fields: Manifest = {**query}
            self.print_json(GRAPH.answer(asked, Given(fields)))
            return 0
        render = to_dot if options["format"] == "dot" else to_mermaid
        self.print_text(render(drawn(asked, query)))
        return 0


def drawn(asked: Asked, query: dict[str, str]) -> Graph:
    """Return a view; raises QuestionError where there is no such object or level."""
    try:
        return view(asked.snapshot, asked.facts, parse_request(query, asked.cluster))
    except NotFound as error:
        raise QuestionError("NotFound", error.message, "--of") from error
    except ValueError as error:
        raise bad(str(error), "--view") from error
