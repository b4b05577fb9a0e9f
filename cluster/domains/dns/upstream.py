"""Names outside the cluster's zones: what the setting `upstream_dns` says of them (E-5).

The setting maps names to lists of `{type, ttl, data}`. A name that it does not hold does not
exist upstream; for an ExternalName that is a lookup that failed (E-32).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cluster.domains.dns.response import ADDRESS_TYPES, Record, Response, absolute
from cluster.domains.dns.zones import strict_address
from cluster.machinery.manifest import JSON
from cluster.machinery.settings import ClusterSettings

LONGEST_CHAIN = 10
_NAME_TYPES = ("CNAME", "NS", "PTR")
UNKNOWN = Response("NXDOMAIN")


def ask_upstream(settings: ClusterSettings, name: str, type_: str) -> Response | None:
    """Return what upstream answers, following its CNAMEs; None where it knows no such name."""
    owner = absolute(name)
    known = _known(settings, owner)
    if known is None:
        return None
    answer: list[Record] = []
    for _link in range(LONGEST_CHAIN):
        records = list(_records(settings, owner, known))
        found = [record for record in records if type_ in {record.type, "ANY"}]
        alias = next((record for record in records if record.type == "CNAME"), None)
        if found or alias is None:
            answer += found
            break
        answer.append(alias)
        owner = alias.data
        known = _known(settings, owner) or []
    return Response("NOERROR", tuple(answer))


def _known(settings: ClusterSettings, owner: str) -> list[JSON] | None:
    """Return the entries of a name, spelled with or without the last dot, in any case."""
    upstream: Mapping[str, JSON] = settings.upstream_dns
    for spelled in (owner, owner[:-1]):
        if spelled in upstream:
            return _entries(upstream[spelled])
    lower = owner.lower()
    return next(
        (_entries(value) for name, value in upstream.items() if absolute(name).lower() == lower),
        None,
    )


def _entries(value: JSON) -> list[JSON]:
    return value if isinstance(value, list) else []


def _records(settings: ClusterSettings, owner: str, entries: list[JSON]) -> Iterator[Record]:
    for entry in entries:
        if not isinstance(entry, dict):
            continue
        type_ = str(entry.get("type") or "A").upper()
        ttl = entry.get("ttl")
        data = str(entry.get("data") or "")
        if type_ in _NAME_TYPES:
            data = absolute(data)
        elif type_ in ADDRESS_TYPES:
            data = strict_address(data) or data
        yield Record(owner, type_, ttl if isinstance(ttl, int) else settings.dns.ttl, data)
