"""How a Pod's C library walks the search list: which names it asks for, in which order.

For addresses it asks for A and AAAA of each candidate, as `getaddrinfo` does; for any other type
it asks once. Source: glibc `resolv/res_query.c`, musl `src/network/lookup_name.c`; semantics.md
E-55 to E-58.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from cluster.domains.dns.answers import resolve
from cluster.domains.dns.resolver import ResolvConf
from cluster.domains.dns.response import ADDRESS_TYPES, Rcode, Response, absolute
from cluster.domains.dns.upstream import UNKNOWN, ask_upstream
from cluster.machinery.addresses import canonical
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.snapshot import Snapshot


class Asked(NamedTuple):
    """One query on the wire and how it ended; `records` counts what it brought."""

    name: str
    type: str
    rcode: Rcode
    records: int = 0


@dataclass(frozen=True, slots=True)
class Walk:
    """What a lookup came to: the response it ended with, and every query on the way."""

    response: Response
    queries: tuple[Asked, ...]

    @property
    def candidates(self) -> tuple[str, ...]:
        """The names tried, in order."""
        return tuple(dict.fromkeys(query.name for query in self.queries))

    def json(self) -> Manifest:
        """The JSON of the question `dns` with `from`."""
        queries: list[JSON] = [
            {"name": query.name, "type": query.type, "rcode": query.rcode}
            for query in self.queries
        ]
        return {**self.response.json(), "queries": queries}


def candidates(name: str, conf: ResolvConf, resolver: str) -> list[str]:
    """Return the absolute names that are tried until one answers, in order.

    `resolver` is `glibc` or `musl`.
    """
    if name.endswith("."):  # E-55
        return [name]
    own = absolute(name)
    suffixed = [own if suffix == "." else f"{own}{absolute(suffix)}" for suffix in conf.searches]
    has_enough_dots = name.count(".") >= conf.ndots
    if has_enough_dots and resolver == "musl":  # E-57
        return [own]
    ordered = [own, *suffixed] if has_enough_dots else [*suffixed, own]  # E-56
    return list(dict.fromkeys(ordered))


def walk(snapshot: Snapshot, conf: ResolvConf, name: str, type_: str) -> Walk:
    """Return how a lookup of `name` by a Pod with `conf` goes.

    Where no candidate answers, the response is the one that the library's error stands for: the
    first candidate's if it was the name itself, else that of a name that exists, else the last.
    """
    resolver = snapshot.settings.resolver
    kind = type_.upper()
    is_inside = asks_the_cluster(snapshot, conf)
    names = candidates(name, conf, resolver)
    queries: list[Asked] = []
    failures: list[Response] = []
    for candidate in names:
        answers = dict(_ask(snapshot, candidate, kind, is_inside=is_inside))
        queries += [
            Asked(candidate, asked, answer.rcode, len(answer.answer))
            for asked, answer in answers.items()
        ]
        response = answers[kind]
        if any(_ends(answer, kind) for answer in answers.values()):
            return Walk(response, tuple(queries))
        failures.append(response)
        if resolver == "musl" and response.rcode == "NOERROR":  # E-57
            break
    return Walk(_failure(failures, is_first_own=names[0] == absolute(name)), tuple(queries))


def asks_the_cluster(snapshot: Snapshot, conf: ResolvConf) -> bool:
    """Whether a resolver's first server, the one that answers, is the cluster's own (E-47, E-48).

    That is one at the cluster's DNS address, or at an address of the server itself.
    """
    settings = snapshot.settings
    own = {canonical(ip) for ip in (*settings.dns_addresses, *settings.dns.server_ips)}
    return any(canonical(ip) in own for ip in conf.nameservers[:1])


def _ask(
    snapshot: Snapshot, name: str, kind: str, *, is_inside: bool
) -> Iterator[tuple[str, Response]]:
    for asked in ADDRESS_TYPES if kind in ADDRESS_TYPES else (kind,):
        if is_inside:
            yield asked, resolve(snapshot, name, asked)
        else:
            yield asked, ask_upstream(snapshot.settings, name, asked) or UNKNOWN


def _ends(response: Response, kind: str) -> bool:
    """Whether the walk stops here: an address was found, or anything where none is asked for."""
    return bool(response.addresses if kind in ADDRESS_TYPES else response.answer)


def _failure(failures: list[Response], *, is_first_own: bool) -> Response:
    if is_first_own:
        return failures[0]
    return next((answer for answer in failures if answer.rcode == "NOERROR"), failures[-1])
