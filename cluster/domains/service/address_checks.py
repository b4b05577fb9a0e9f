"""Checks that addresses share wherever a Service or its endpoints name one.

Source: kubernetes `pkg/apis/core/validation/validation.go` (ValidateNonSpecialIP,
ValidateEndpointIP), `apimachinery/pkg/util/validation/ip.go`; semantics.md B-24, B-25, D-52.
"""

from __future__ import annotations

from cluster.machinery.addresses import (
    CIDR_TEXT,
    IP_TEXT,
    Address,
    Family,
    family_of,
    parse_address,
    parse_network,
)
from cluster.machinery.errors import FieldError
from cluster.machinery.fields import Path

_MULTICAST_LINK_LOCAL = (parse_network("224.0.0.0/24"), parse_network("ff02::/16"))


def check_address(text: str, path: Path) -> list[FieldError]:
    """Return what is wrong with an address that traffic is sent to: unreadable or special."""
    address = parse_address(text)
    if address is None:
        return [path.invalid(text, IP_TEXT)]
    return check_not_special(text, address, path)


def check_address_of(text: str, family: Family, path: Path) -> list[FieldError]:
    """Return what is wrong with an address that must be of one family (D-52)."""
    address = parse_address(text)
    if address is None or family_of(address) != family:
        return [path.invalid(text, f"must be a valid {family} address")]
    return check_not_special(text, address, path)


def check_not_special(text: str, address: Address, path: Path) -> list[FieldError]:
    """Refuse addresses that mean a node itself or its link (B-24)."""
    problems: list[str] = []
    if address.is_unspecified:
        problems.append(f"may not be unspecified ({text})")
    if address.is_loopback:
        problems.append("may not be in the loopback range (127.0.0.0/8, ::1/128)")
    if address.is_link_local:
        problems.append("may not be in the link-local range (169.254.0.0/16, fe80::/10)")
    if any(network is not None and address in network for network in _MULTICAST_LINK_LOCAL):
        problems.append("may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)")
    return [path.invalid(text, problem) for problem in problems]


def check_cidr(text: str, path: Path) -> list[FieldError]:
    """Return what is wrong with a range of addresses (B-25)."""
    return [] if parse_network(text) is not None else [path.invalid(text, CIDR_TEXT)]
