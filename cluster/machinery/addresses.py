"""IP addresses and CIDRs as Kubernetes reads them.

Families are the words of the API, `IPv4` and `IPv6`. Source: `netutils.ParseIPSloppy` (leading
zeros are decimal), semantics.md B-24, B-25, D-8, H-40.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, TypeAlias

Family: TypeAlias = Literal["IPv4", "IPv6"]
Address: TypeAlias = "ipaddress.IPv4Address | ipaddress.IPv6Address"
Network: TypeAlias = "ipaddress.IPv4Network | ipaddress.IPv6Network"

FAMILIES: tuple[Family, Family] = ("IPv4", "IPv6")
WIDTHS: Mapping[Family, int] = MappingProxyType({"IPv4": 32, "IPv6": 128})  # bits of an address
IP_TEXT = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
CIDR_TEXT = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"
_MAPPED_BITS = 96  # of ::ffff:0:0/96, where IPv6 carries IPv4 addresses
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_PLAIN_IPV4 = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}")
_LEADING_ZERO = re.compile(r"(^|\.)0+(?=\d)")


def parse_address(text: str) -> Address | None:
    """Return the address, None where `text` is none; zones (`%eth0`) are refused."""
    if "%" in text:
        return None
    sloppy = _LEADING_ZERO.sub(r"\1", text) if "." in text and ":" not in text else text
    try:
        found = ipaddress.ip_address(sloppy)
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        return found.ipv4_mapped
    return found


@lru_cache(maxsize=65536)
def canonical(text: str) -> str:
    """Return the canonical spelling (IPv6 compressed, lower case); `text` itself if no address."""
    if _PLAIN_IPV4.fullmatch(text):  # most addresses are, and each is met once
        return text
    found = parse_address(text)
    return text if found is None else str(found)


def plain_ipv4(text: str) -> int | None:
    """Return the number of an IPv4 address in its canonical spelling, None for anything else."""
    if not _PLAIN_IPV4.fullmatch(text):
        return None
    one, two, three, four = text.split(".")
    return int(one) << 24 | int(two) << 16 | int(three) << 8 | int(four)


def parse_network(text: str) -> Network | None:
    """Return the masked network of a CIDR, None where `text` is none (host bits allowed, H-40)."""
    head, slash, length = text.partition("/")
    address = parse_address(head)
    if not slash or address is None or not length.isascii() or not length.isdigit():
        return None
    mapped_bits = _MAPPED_BITS if address.version == 4 and ":" in head else 0  # noqa: PLR2004
    try:
        return ipaddress.ip_network(f"{address}/{int(length) - mapped_bits}", strict=False)
    except ValueError:
        return None


def family_of(address: Address | Network) -> Family:
    """Return the family word of an address or network."""
    return "IPv4" if address.version == 4 else "IPv6"  # noqa: PLR2004 - the IP version


def family_of_text(text: str) -> Family:
    """Return the family of an address known to be valid: a colon means IPv6."""
    return "IPv6" if ":" in text else "IPv4"


def other_family(family: Family) -> Family:
    """Return the other one of the two families."""
    return "IPv6" if family == "IPv4" else "IPv4"
