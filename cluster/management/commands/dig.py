"""`netviz dig`: what the cluster's DNS answers, and what a Pod's resolver gets from it."""

from __future__ import annotations

import ipaddress
from argparse import ArgumentParser

from django.core.management.base import CommandError

from cluster.machinery.manifest import Manifest
from cluster.management.asking import INVALID, AskingCommand
from cluster.questions.asked import Asked
from cluster.questions.dns import DNS, RESOLVCONF, record_type
from cluster.questions.dns_text import to_short, to_text
from cluster.questions.question import Given

NO_ANSWER = 1
TYPES = frozenset({
    "A", "AAAA", "ANY", "AXFR", "CAA", "CNAME", "DNSKEY", "DS", "HINFO", "HTTPS", "IXFR", "MX",
    "NAPTR", "NS", "PTR", "SOA", "SPF", "SRV", "SVCB", "TXT",
})  # fmt: skip
"""Words that mean a type where a type may stand; any other is given with --type."""


class Command(AskingCommand):
    """Exit 0 with an answer, 1 where the answer section is empty, 2 for invalid input."""

    help = (
        "Print the answer of the cluster's DNS: dig PATH... NAME [TYPE], "
        "or dig --cluster CLUSTER NAME [TYPE]"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--from", default="", metavar="NS/POD", help="ask as this Pod does")
        parser.add_argument("--type", default="", help="the type, if it is none of the usual")
        parser.add_argument("-x", dest="address", default="", help="the name of an address")
        parser.add_argument("--format", choices=("text", "short", "json"), default="text")
        parser.add_argument("--short", action="store_const", const="short", dest="format")

    def handle(self, *args: object, **options: object) -> None:
        """Tell paths, name and type apart, then ask."""
        words = options["paths"]
        assert isinstance(words, list)  # noqa: S101 - argparse collects
        least = 0 if options["cluster"] else 1
        address, type_ = str(options["address"]), str(options["type"])
        if address:
            name, type_ = reverse_name(address), type_ or "PTR"
        else:
            words, name, last = split(words, least)
            type_ = type_ or last
        super().handle(*args, **options | {"paths": words, "name": name, "type": type_})

    def answer(self, asked: Asked, options: dict[str, object]) -> int:
        fields: Manifest = {
            name: str(options[name]) for name in ("name", "type", "from") if options[name]
        }
        given = Given(fields)
        found = DNS.answer(asked, given)
        if options["format"] == "json":
            self.print_json(found)
        elif options["format"] == "short":
            self.print_text(to_short(found))
        else:
            pod = given.text("from")
            resolver = RESOLVCONF.answer(asked, Given({"pod": pod})) if pod else None
            self.print_text(to_text(found, given.text("name"), record_type(given), resolver))
        return 0 if found["answer"] else NO_ANSWER


def split(words: list[str], least: int) -> tuple[list[str], str, str]:
    """Return paths, name and type (empty for none) of `PATH... NAME [TYPE]`.

    A last word that means a type is one, unless then no name or fewer than `least` paths are left.
    Raises CommandError where there is no name.
    """
    if len(words) > least + 1 and words[-1].upper() in TYPES:
        return words[:-2], words[-2], words[-1]
    if len(words) <= least:
        text = "give a name to look up, after the paths or with --cluster"
        raise CommandError(text, returncode=INVALID)
    return words[:-1], words[-1], ""


def reverse_name(address: str) -> str:
    """Return the name at which an address is looked up; raises CommandError for none."""
    try:
        return ipaddress.ip_address(address).reverse_pointer + "."
    except ValueError as error:
        raise CommandError(f"-x: {address!r} is no address", returncode=INVALID) from error
