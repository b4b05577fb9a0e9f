"""What a NetworkPolicy must meet, in the apiserver's words, and what it is warned of.

Source: kubernetes `pkg/apis/networking/validation/validation.go`; semantics.md H-35 to H-40.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterator

from cluster.domains.policy.policy import DIRECTIONS, PEERS_FIELD, RULES_FIELD
from cluster.machinery.addresses import CIDR_TEXT, Network, parse_address, parse_network
from cluster.machinery.errors import FieldError
from cluster.machinery.fields import SPEC, Path
from cluster.machinery.manifest import (
    Manifest,
    integer_at,
    list_at,
    mapping_at,
    mappings_at,
    port_at,
    text_at,
    texts_at,
)
from cluster.machinery.names import port_name, port_number
from cluster.machinery.selectors import check_selector

PROTOCOLS = ("TCP", "UDP", "SCTP")


def check_policy(manifest: Manifest) -> list[FieldError]:
    """Return what is wrong with the spec of a defaulted NetworkPolicy."""
    spec = mapping_at(manifest, "spec")
    errors = check_selector(mapping_at(spec, "podSelector"), SPEC / "podSelector")
    for direction in DIRECTIONS:
        path = SPEC / RULES_FIELD[direction]
        for index, rule in enumerate(mappings_at(spec, RULES_FIELD[direction])):
            errors += _check_rule(rule, PEERS_FIELD[direction], path[index])
    return errors + _check_types(spec)


def _check_rule(rule: Manifest, peers: str, path: Path) -> list[FieldError]:
    errors: list[FieldError] = []
    for index, port in enumerate(mappings_at(rule, "ports")):
        errors += _check_port(port, (path / "ports")[index])
    for index, peer in enumerate(mappings_at(rule, peers)):
        errors += _check_peer(peer, (path / peers)[index])
    return errors


def _check_port(entry: Manifest, path: Path) -> list[FieldError]:
    errors: list[FieldError] = []
    protocol = text_at(entry, "protocol")
    if protocol is not None and protocol not in PROTOCOLS:
        errors.append((path / "protocol").not_supported(protocol, PROTOCOLS))
    port, end_port = port_at(entry, "port"), integer_at(entry, "endPort")
    end_path = path / "endPort"
    if isinstance(port, int):
        errors += [(path / "port").invalid(port, text) for text in port_number(port)]
        if end_port is not None:
            if end_port < port:
                errors.append(
                    end_path.invalid(end_port, "must be greater than or equal to `port`")
                )
            errors += [end_path.invalid(end_port, text) for text in port_number(end_port)]
    elif isinstance(port, str):
        if end_port is not None:
            text = "may not be specified when `port` is non-numeric"
            errors.append(end_path.invalid(end_port, text))
        errors += [(path / "port").invalid(port, text) for text in port_name(port)]
    elif end_port is not None:
        text = "may not be specified when `port` is not specified"
        errors.append(end_path.invalid(end_port, text))
    return errors


def _check_peer(peer: Manifest, path: Path) -> list[FieldError]:
    errors: list[FieldError] = []
    selectors = [
        name for name in ("podSelector", "namespaceSelector") if peer.get(name) is not None
    ]
    for name in selectors:
        errors += check_selector(mapping_at(peer, name), path / name)
    has_block = peer.get("ipBlock") is not None
    if has_block:
        errors += _check_block(mapping_at(peer, "ipBlock"), path / "ipBlock")
    if not selectors and not has_block:
        errors.append(path.required("must specify a peer"))
    elif selectors and has_block:
        errors.append(path.forbidden("may not specify both ipBlock and another peer"))
    return errors


def _check_block(block: Manifest, path: Path) -> list[FieldError]:
    """Check one ipBlock; without a readable cidr its holes cannot be judged (H-36)."""
    text = text_at(block, "cidr")
    if not text:
        return [(path / "cidr").required()]
    network = parse_network(text)
    if network is None:
        return [(path / "cidr").invalid(text, CIDR_TEXT)]
    errors: list[FieldError] = []
    for index, hole_text in enumerate(texts_at(block, "except")):
        hole_path = (path / "except")[index]
        hole = parse_network(hole_text)
        if hole is None:
            errors.append(hole_path.invalid(hole_text, CIDR_TEXT))
        elif not is_strictly_inside(hole, network):
            errors.append(hole_path.invalid(hole_text, "must be a strict subset of `cidr`"))
    return errors


def is_strictly_inside(inner: Network, outer: Network) -> bool:
    """Whether `inner` is a part of `outer` and not all of it; families never mix."""
    return (
        inner.version == outer.version
        and inner.prefixlen > outer.prefixlen
        and inner.network_address in outer
    )


def _check_types(spec: Manifest) -> list[FieldError]:
    path, types = SPEC / "policyTypes", texts_at(spec, "policyTypes")
    if len(types) > len(DIRECTIONS):
        return [path.invalid([*types], "may not specify more than two policyTypes")]
    return [
        path[index].not_supported(name, sorted(DIRECTIONS))
        for index, name in enumerate(types)
        if name not in DIRECTIONS
    ]


def warn_policy(manifest: Manifest) -> list[str]:
    """Return a warning for every CIDR that is not in its standard form (H-40)."""
    return [text for path, cidr in cidrs_of(manifest) for text in warn_cidr(path, cidr)]


def cidrs_of(manifest: Manifest) -> Iterator[tuple[Path, str]]:
    """Yield every cidr and except entry of a policy with its path."""
    spec = mapping_at(manifest, "spec")
    for direction in DIRECTIONS:
        for index, rule in enumerate(mappings_at(spec, RULES_FIELD[direction])):
            peers = (SPEC / RULES_FIELD[direction])[index] / PEERS_FIELD[direction]
            for position, peer in enumerate(mappings_at(rule, PEERS_FIELD[direction])):
                block, path = mapping_at(peer, "ipBlock"), peers[position] / "ipBlock"
                if text_at(block, "cidr"):
                    yield path / "cidr", text_at(block, "cidr") or ""
                for hole in range(len(list_at(block, "except"))):
                    yield (path / "except")[hole], texts_at(block, "except")[hole]


def warn_cidr(path: Path, text: str) -> list[str]:
    """Return the apiserver's warnings about a CIDR that it accepts.

    Source: apimachinery `util/validation/ip.go`, `GetWarningsForCIDR`.
    """
    network = parse_network(text)
    address = parse_address(text.partition("/")[0])
    if network is None or address is None:
        return []
    said: list[str] = []
    if address != network.network_address:
        single = f"{address}/{address.max_prefixlen}"
        said.append(
            f"{path}: CIDR value {json.dumps(text)} is ambiguous in this context "
            f'(should be "{network}" or "{single}"?)'
        )
    if not _is_standard(text, network):
        said.append(
            f"{path}: non-standard CIDR value {json.dumps(text)} will be considered invalid in a "
            f'future Kubernetes release: use "{network}"'
        )
    if not said and network.version == 6 and str(network) != text:  # noqa: PLR2004 - IPv6
        said.append(
            f"{path}: IPv6 CIDR value {json.dumps(text)} should be in RFC 5952 canonical format "
            f'("{network}")'
        )
    return said


def _is_standard(text: str, network: Network) -> bool:
    """Whether strict readers take the CIDR: no leading zeros, no IPv4 inside IPv6."""
    head, _, length = text.partition("/")
    try:
        address = ipaddress.ip_address(head)
    except ValueError:
        return False
    return address.version == network.version and length == str(network.prefixlen)
