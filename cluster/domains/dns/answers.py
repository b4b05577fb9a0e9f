"""What the cluster's DNS server answers to one question, as CoreDNS does.

`resolve` is the whole interface; records are made from slices when they are asked for, so that
one question costs the same in every cluster. Each type has its own function: it returns the
records of answer and additional section, or None where the name does not exist.
Source: coredns `plugin/kubernetes/handler.go`, `plugin/backend_lookup.go`; semantics.md E.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, TypeAlias

from cluster.domains.dns.entries import Entry, find
from cluster.domains.dns.nameservers import DEFAULT_NAME, nameservers
from cluster.domains.dns.response import ADDRESS_TYPES, Record, Response, absolute
from cluster.domains.dns.reverse import pointers
from cluster.domains.dns.upstream import LONGEST_CHAIN, UNKNOWN, ask_upstream
from cluster.domains.dns.zones import Query, is_name, parse_query, reverse_address, soa
from cluster.machinery.snapshot import Snapshot

VERSION_LABEL = "dns-version"
VERSION = '"1.1.0"'  # of the specification that the zones follow
VERSION_TTL_SECONDS = 28800
_TRANSFERS = ("AXFR", "IXFR")
_FULL_WEIGHT = 100


class Found(NamedTuple):
    """The records of a name: what is asked for, and what helps with it."""

    answer: tuple[Record, ...] = ()
    additional: tuple[Record, ...] = ()


NODATA = Found()
Answerer: TypeAlias = Callable[[Snapshot, Query], Found | None]


def resolve(snapshot: Snapshot, name: str, type_: str) -> Response:
    """Return the answer to one question.

    `name` is taken as absolute, with or without the last dot; `type_` is a word such as `A`, in
    any case. Names that no message can hold are FORMERR; names outside the zones are upstream's.
    """
    if not is_name(name):
        return Response("FORMERR")
    kind = type_.upper()
    query = parse_query(snapshot.settings, name)
    if query is None:
        return ask_upstream(snapshot.settings, name, kind) or UNKNOWN
    if kind in _TRANSFERS:  # E-6
        return Response("REFUSED")
    found = _ANSWERERS.get(kind, _exists)(snapshot, query)
    if found is None and query.zone.is_reverse:  # E-5: reverse zones fall through
        upstream = ask_upstream(snapshot.settings, name, kind)
        if upstream is not None:
            return upstream
    if found is not None and found.answer:
        return Response("NOERROR", found.answer, (), found.additional, is_authoritative=True)
    rcode = Response("NXDOMAIN" if found is None else "NOERROR").rcode
    return Response(rcode, (), (soa(snapshot, query),), is_authoritative=True)


def _entries(snapshot: Snapshot, query: Query) -> tuple[Entry, ...] | None:
    """Return what a name stands for; the default name server exists without an entry."""
    return () if query.labels == DEFAULT_NAME else find(snapshot, query)


def _addresses(snapshot: Snapshot, query: Query, type_: str) -> Found | None:
    chain = _address_chain(snapshot, query, type_, ())
    return None if chain is None else Found(chain)


def _address_chain(
    snapshot: Snapshot, query: Query, type_: str, links: tuple[Record, ...]
) -> tuple[Record, ...] | None:
    """Return the addresses of a name, with the CNAMEs that lead to them; `links` led here."""
    ttl = snapshot.settings.dns.ttl
    if query.labels == DEFAULT_NAME:  # E-43
        hosts: Iterable[str] = (
            server.ip for server in nameservers(snapshot, query.zone) if server.type == type_
        )
        return tuple(Record(query.asked, type_, ttl, ip) for ip in dict.fromkeys(hosts))
    entries = find(snapshot, query)
    if entries is None:
        return None
    hosts = (entry.host for entry in entries if entry.type == type_)
    found = [Record(query.asked, type_, ttl, host) for host in dict.fromkeys(hosts)]
    for target in dict.fromkeys(entry.host for entry in entries if entry.type == "CNAME"):
        found += _alias(snapshot, query, type_, absolute(target), links)
    return tuple(found)


def _alias(
    snapshot: Snapshot, query: Query, type_: str, target: str, links: tuple[Record, ...]
) -> tuple[Record, ...]:
    """Return a CNAME and what its target yields; nothing where that is nothing (E-32, E-33)."""
    link = Record(query.asked, "CNAME", snapshot.settings.dns.ttl, target)
    below = parse_query(snapshot.settings, target)
    lower = target.lower()
    is_own = lower == query.name or lower.endswith("." + query.name)
    if is_own or link in links or len(links) >= LONGEST_CHAIN:
        return ()
    if below is not None and below.zone == query.zone:
        rest = _address_chain(snapshot, below, type_, (*links, link))
        return (link, *rest) if rest else ()
    if below is not None:
        return (link, *resolve(snapshot, target, type_).answer)
    outside = ask_upstream(snapshot.settings, target, type_)
    return (link, *outside.answer) if outside is not None else ()


def _a(snapshot: Snapshot, query: Query) -> Found | None:
    return _addresses(snapshot, query, "A")


def _aaaa(snapshot: Snapshot, query: Query) -> Found | None:
    return _addresses(snapshot, query, "AAAA")


def _srv(snapshot: Snapshot, query: Query) -> Found | None:
    """Return every port of a name with the addresses of its targets (E-16, E-17, E-27)."""
    entries = _entries(snapshot, query)
    if entries is None:
        return None
    entries = tuple(entry for entry in entries if entry.type in ADDRESS_TYPES)
    ttl = snapshot.settings.dns.ttl
    weight = srv_weight(len(entries))
    ported = [entry for entry in entries if entry.port is not None]
    answer = dict.fromkeys(
        Record(query.asked, "SRV", ttl, f"0 {weight} {entry.port} {entry.name}")
        for entry in ported
    )
    glue = dict.fromkeys(Record(entry.name, entry.type, ttl, entry.host) for entry in ported)
    return Found(tuple(answer), tuple(glue))


def srv_weight(count: int) -> int:
    """Return the weight of each of `count` matched entries, before duplicates merge (E-30)."""
    return max(_FULL_WEIGHT // count, 1) if count else _FULL_WEIGHT


def _cname(snapshot: Snapshot, query: Query) -> Found | None:
    """Return the target of an ExternalName, without asking whether it exists (E-31)."""
    entries = _entries(snapshot, query)
    if entries is None:
        return None
    if not entries or entries[0].type != "CNAME":
        return NODATA
    target = absolute(entries[0].host)
    return Found((Record(query.asked, "CNAME", snapshot.settings.dns.ttl, target),))


def _txt(snapshot: Snapshot, query: Query) -> Found | None:
    """Return the version; other names exist for TXT only if they stand for something (E-44)."""
    if query.labels == (VERSION_LABEL,):
        return Found((Record(query.asked, "TXT", VERSION_TTL_SECONDS, VERSION),))
    return NODATA if find(snapshot, query) else None


def _ptr(snapshot: Snapshot, query: Query) -> Found | None:
    """Return who an address belongs to (E-40); forward names have no such records (E-41)."""
    ip = reverse_address(query.name[:-1])
    if ip is None:
        return None if find(snapshot, query) is None else NODATA
    ttl = snapshot.settings.dns.ttl
    found = tuple(Record(query.asked, "PTR", ttl, name) for name in pointers(snapshot, ip))
    return Found(found) if found else None


def _soa(snapshot: Snapshot, query: Query) -> Found | None:
    """Return the zone's SOA at its apex; any other name has none, even if missing (E-19)."""
    return NODATA if query.labels else Found((soa(snapshot, query),))


def _ns(snapshot: Snapshot, query: Query) -> Found | None:
    """Return the zone's name servers with their addresses, at its apex alone (E-42)."""
    if query.labels:
        return _exists(snapshot, query)
    ttl = snapshot.settings.dns.ttl
    servers = nameservers(snapshot, query.zone)
    names = dict.fromkeys(Record(query.asked, "NS", ttl, server.name) for server in servers)
    glue = dict.fromkeys(Record(server.name, server.type, ttl, server.ip) for server in servers)
    return Found(tuple(names), tuple(glue))


def _exists(snapshot: Snapshot, query: Query) -> Found | None:
    """Return no record of a name that exists: what any other type gets, ANY included (E-19)."""
    return None if _entries(snapshot, query) is None else NODATA


_ANSWERERS: Mapping[str, Answerer] = {
    "A": _a, "AAAA": _aaaa, "SRV": _srv, "CNAME": _cname, "TXT": _txt, "PTR": _ptr, "SOA": _soa,
    "NS": _ns,
}  # fmt: skip
