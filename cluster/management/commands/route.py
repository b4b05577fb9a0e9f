"""`netviz route`: which Ingress rule, Service and endpoints answer a URL."""

from __future__ import annotations

from argparse import ArgumentParser
from urllib.parse import urlsplit

from django.core.management.base import CommandError

from cluster.machinery.manifest import Manifest
from cluster.management.asking import INVALID, AskingCommand
from cluster.questions.asked import Asked
from cluster.questions.ingress import INGRESS, SCHEMES
from cluster.questions.ingress_text import to_text
from cluster.questions.question import Given

NO_ROUTE = 1
ANSWERED = 200


class Command(AskingCommand):
    """Exit 0 if endpoints answer, 1 if none does (404, 503), 2 for invalid input."""

    help = (
        "Print which Ingress answers a URL and why: route PATH... URL, "
        "or route --cluster CLUSTER URL"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--method", default="GET", help="of the request; it plays no part")
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(self, *args: object, **options: object) -> None:
        """Take the URL off the paths, then ask."""
        words = options["paths"]
        assert isinstance(words, list)  # noqa: S101 - argparse collects
        if len(words) < (1 if options["cluster"] else 2):
            raise CommandError("give a URL, after the paths or with --cluster", returncode=INVALID)
        super().handle(*args, **options | {"paths": words[:-1], "url": words[-1]})

    def answer(self, asked: Asked, options: dict[str, object]) -> int:
        url = str(options["url"])
        found = INGRESS.answer(asked, Given(request(url) | {"method": str(options["method"])}))
        if options["format"] == "json":
            self.print_json(found)
        else:
            self.print_text(to_text(found, url))
        return 0 if found["status"] == ANSWERED else NO_ROUTE


def request(url: str) -> Manifest:
    """Return scheme, host and path of a URL (http where it names no scheme); raises CommandError.

    The port is the controller's business and is left out; the query stays with the path.
    """
    try:
        parts = urlsplit(url if "://" in url else f"{SCHEMES[0]}://{url}")
        host = parts.hostname or ""
    except ValueError as error:
        raise CommandError(f"{url}: {error}", returncode=INVALID) from error
    if parts.scheme not in SCHEMES:
        text = f"{url}: the scheme is one of {', '.join(SCHEMES)}"
        raise CommandError(text, returncode=INVALID)
    path = parts.path or "/"
    return {
        "scheme": parts.scheme,
        "host": host,
        "path": f"{path}?{parts.query}" if parts.query else path,
    }
