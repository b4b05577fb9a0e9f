"""The zones that the cluster's DNS server answers for, and names below them.

Source: coredns `plugin/normalize.go`, `plugin/pkg/dnsutil/reverse.go`; semantics.md E-1, E-5.
"""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import NamedTuple

from cluster.domains.dns.response import Record, absolute
from cluster.machinery.addresses import canonical
from cluster.machinery.names import LABEL_MAXIMUM, SUBDOMAIN_MAXIMUM
from cluster.machinery.settings import ClusterSettings
from cluster.machinery.snapshot import Snapshot

REVERSE_ZONES = ("in-addr.arpa", "ip6.arpa")
_SOA_TTL_SECONDS = 300  # coredns `backend_lookup.go` SOA
_FIRST = frozenset("0123456789abcdefABCDEF:")  # what an address begins with
_IPV4_OCTETS, _IPV6_NIBBLES = 4, 32


class Zone(NamedTuple):
    """One zone. `name` is lower case without the last dot; `is_reverse` below `arpa`."""

    name: str
    is_reverse: bool


class Query(NamedTuple):
    """A name below a zone. `asked` is as the client wrote it; `labels` are left of the zone."""

    asked: str
    labels: tuple[str, ...]
    zone: Zone

    @property
    def name(self) -> str:
        """The name in lower case (E-1)."""
        return self.asked.lower()


@lru_cache(maxsize=256)
def _zones(names: tuple[str, ...]) -> tuple[Zone, ...]:
    """Return the zones, those with most labels first: the closest one answers."""
    found = {name.lower().strip(".") for name in names} - {""}
    ordered = sorted(found, key=lambda name: (-name.count("."), name))
    return tuple(Zone(name, name.endswith(REVERSE_ZONES)) for name in ordered)


def _names(settings: ClusterSettings) -> tuple[str, ...]:
    return settings.dns.zones or (settings.cluster_domain, *REVERSE_ZONES)


def primary_zone(settings: ClusterSettings) -> str:
    """Return the first zone that is not a reverse one: PTR records point into it (E-40)."""
    for name in _names(settings):
        lower = name.lower().strip(".")
        if not lower.endswith(REVERSE_ZONES):
            return lower
    return settings.cluster_domain


def is_name(name: str) -> bool:
    """Whether `name` can stand in a DNS message: lengths, and no empty label (RFC 1035 2.3.4)."""
    bare = name[:-1] if name.endswith(".") else name
    if len(bare) > SUBDOMAIN_MAXIMUM:
        return False
    return name == "." or all(0 < len(label) <= LABEL_MAXIMUM for label in bare.split("."))


def parse_query(settings: ClusterSettings, name: str) -> Query | None:
    """Return `name` as a name of the closest zone served, None outside all of them (E-5)."""
    asked = absolute(name)
    lower = asked[:-1].lower()
    for zone in _zones(_names(settings)):
        if lower.endswith(zone.name):
            head = lower[: -len(zone.name)]
            if not head:
                return Query(asked, (), zone)
            if head[-1] == ".":
                return Query(asked, tuple(head[:-1].split(".")), zone)
    return None


def reverse_address(name: str) -> str | None:
    """Return the address that a name below `arpa` means, None where it means none.

    `name` is lower case without the last dot.
    """
    ipv4, ipv6 = (f".{zone}" for zone in REVERSE_ZONES)
    if name.endswith(ipv4):
        labels = name[: -len(ipv4)].split(".")
        text = ".".join(reversed(labels)) if len(labels) == _IPV4_OCTETS else ""
    elif name.endswith(ipv6):
        nibbles = "".join(reversed(name[: -len(ipv6)].split(".")))
        groups = [nibbles[at : at + 4] for at in range(0, len(nibbles), 4)]
        text = ":".join(groups) if len(nibbles) == _IPV6_NIBBLES else ""
    else:
        return None
    found = strict_address(text)
    return None if found is None else canonical(found)


def reverse_name(ip: str) -> str:
    """Return the name at which the PTR records of an address stand."""
    return absolute(ipaddress.ip_address(ip).reverse_pointer)


def strict_address(text: str) -> str | None:
    """Return the canonical address, None where `text` is none: as Go's `net.ParseIP` reads it."""
    if text[:1] not in _FIRST:  # most names: an exception would cost more than all the rest
        return None
    try:
        return canonical(str(ipaddress.ip_address(text)))
    except ValueError:
        return None


def soa(snapshot: Snapshot, query: Query) -> Record:
    """Return the SOA record of a query's zone (E-3); its serial is the revision."""
    ttl = snapshot.settings.dns.ttl
    spelled = query.asked[-len(query.zone.name) - 1 :]
    zone = query.zone.name
    data = f"ns.dns.{zone}. hostmaster.{zone}. {snapshot.revision % 2**32} 7200 1800 86400 {ttl}"
    return Record(spelled, "SOA", min(ttl, _SOA_TTL_SECONDS), data)
