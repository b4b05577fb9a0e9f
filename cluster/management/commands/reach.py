"""`netviz reach`: who may open which connection to whom."""

from __future__ import annotations

from argparse import ArgumentParser

from cluster.machinery.manifest import JSON, Manifest
from cluster.management.asking import AskingCommand
from cluster.questions.asked import Asked
from cluster.questions.question import Given
from cluster.questions.reach.options import OPTION_NAMES
from cluster.questions.reach.question import REACH, WORDS, connections
from cluster.questions.reach.rendering import FORMATS


class Command(AskingCommand):
    """Exit 0, or 2 for invalid input."""

    help = "Print who may open which connection to whom, as NetworkPolicies say"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--from", default="", metavar="SEL", help=f"only from {WORDS}")
        parser.add_argument("--to", default="", metavar="SEL", help="only to these")
        parser.add_argument("--format", choices=("json", *FORMATS), default="text")
        parser.add_argument(
            "--option", action="append", default=[], choices=options_shown(), metavar="NAME[=off]",
            help="another convention: " + ", ".join(OPTION_NAMES),
        )  # fmt: skip

    def answer(self, asked: Asked, options: dict[str, object]) -> int:
        fields: Manifest = {"options": read_options(options["option"])}
        fields |= {name: str(options[name]) for name in ("from", "to") if options[name]}
        given = Given(fields)
        if options["format"] == "json":
            self.print_json(REACH.answer(asked, given))
        else:
            render = FORMATS[str(options["format"])]
            self.print_text(render(connections(asked, given)))
        return 0


def options_shown() -> list[str]:
    """Return what `--option` may be: a name, or `name=off`."""
    return [shown for name in OPTION_NAMES for shown in (name, f"{name}=off")]


def read_options(words: object) -> Manifest:
    """Return the options that the words switch."""
    assert isinstance(words, list)  # noqa: S101 - argparse appends
    found: dict[str, JSON] = {}
    for word in words:
        name, _equals, value = str(word).partition("=")
        found[name] = not value
    return found
