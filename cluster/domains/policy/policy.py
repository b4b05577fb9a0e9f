"""NetworkPolicies as rules read them: selectors, address blocks and ports already parsed.

Nothing here decides a connection; verdicts are made from these values. "Cannot parse" never
reaches this module: checks refuse such policies. Source: networking/v1 `NetworkPolicySpec`;
semantics.md H.1 to H.3.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from sys import intern
from typing import Literal, TypeAlias, cast

from cluster.machinery.addresses import Address, Network, parse_network
from cluster.machinery.manifest import (
    Manifest,
    integer_at,
    mapping_at,
    mappings_at,
    port_at,
    text_at,
    texts_at,
)
from cluster.machinery.meta import ObjectMeta, parse_meta
from cluster.machinery.selectors import Selector, selector_at

Direction: TypeAlias = Literal["Ingress", "Egress"]
DIRECTIONS: tuple[Direction, Direction] = ("Ingress", "Egress")
RULES_FIELD: dict[Direction, str] = {"Ingress": "ingress", "Egress": "egress"}
PEERS_FIELD: dict[Direction, str] = {"Ingress": "from", "Egress": "to"}
EVERYTHING = Selector()


@dataclass(frozen=True, slots=True)
class IPBlock:
    """A range of addresses with holes; masked, so host bits are gone (H-18, H-40)."""

    cidr: Network
    excepts: tuple[Network, ...] = ()

    def covers(self, address: Address) -> bool:
        """Whether `address` is in the block and in no hole; families never mix (H-19)."""
        return (
            address.version == self.cidr.version
            and address in self.cidr
            and not any(address in hole for hole in self.excepts)
        )


@dataclass(frozen=True, slots=True)
class Peer:
    """One entry of `from` or `to`; what is None does not restrict (A-27, H-14 to H-16).

    Either `ip_block` is set or at least one of the selectors.
    """

    pod_selector: Selector | None = None
    namespace_selector: Selector | None = None
    ip_block: IPBlock | None = None

    @property
    def is_local(self) -> bool:
        """Whether only Pods of the policy's own namespace can be meant (H-16)."""
        return self.ip_block is None and self.namespace_selector is None


@dataclass(frozen=True, slots=True)
class PolicyPort:
    """One entry of `ports`: `port` None means every port of the protocol (H-24).

    `end_port` is inclusive and only there beside a number (H-27).
    """

    protocol: str = "TCP"
    port: int | str | None = None
    end_port: int | None = None

    def admits(self, protocol: str, number: int) -> bool:
        """Whether a destination port is meant; a name never matches here, it is resolved first."""
        if protocol != self.protocol:
            return False
        if self.port is None:
            return True
        if isinstance(self.port, str):
            return False
        return self.port <= number <= (self.end_port or self.port)

    def __str__(self) -> str:
        """`TCP 8000-8010`, `UDP dns`, `TCP`."""
        if self.port is None:
            return self.protocol
        last = f"-{self.end_port}" if self.end_port is not None else ""
        return f"{self.protocol} {self.port}{last}"


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """One allow rule: any of `peers` on any of `ports`; an empty tuple restricts nothing."""

    peers: tuple[Peer, ...] = ()
    ports: tuple[PolicyPort, ...] = ()


@dataclass(frozen=True, slots=True)
class NetworkPolicy:
    """A NetworkPolicy. `directions` is what `policyTypes` lists, each once, Ingress first.

    `ingress` and `egress` are the rules as written, also those of a direction that is not listed:
    `rules` is what counts (H-7).
    """

    meta: ObjectMeta
    pod_selector: Selector = EVERYTHING
    directions: tuple[Direction, ...] = ("Ingress",)
    ingress: tuple[PolicyRule, ...] = ()
    egress: tuple[PolicyRule, ...] = ()

    def isolates(self, direction: Direction) -> bool:
        """Whether the Pods it selects are isolated in `direction` (H-3)."""
        return direction in self.directions

    def written(self, direction: Direction) -> tuple[PolicyRule, ...]:
        """Return the rules written for `direction`, whether or not they count."""
        return self.ingress if direction == "Ingress" else self.egress

    def rules(self, direction: Direction) -> tuple[PolicyRule, ...]:
        """Return the rules that count in `direction`: none where it is not listed (H-7)."""
        return self.written(direction) if self.isolates(direction) else ()

    def peers(self) -> Iterator[tuple[str, Peer]]:
        """Yield the peers that count, each with its path (`spec.ingress[0].from[1]`)."""
        for direction in self.directions:
            for index, rule in enumerate(self.rules(direction)):
                where = f"spec.{RULES_FIELD[direction]}[{index}].{PEERS_FIELD[direction]}"
                for position, peer in enumerate(rule.peers):
                    yield f"{where}[{position}]", peer


_rules: dict[tuple[PolicyRule, ...], tuple[PolicyRule, ...]] = {}


def parse_policy(manifest: Manifest) -> NetworkPolicy:
    """Return the NetworkPolicy in a checked, defaulted manifest."""
    spec = mapping_at(manifest, "spec")
    listed = texts_at(spec, "policyTypes")
    return NetworkPolicy(
        meta=parse_meta(manifest),
        pod_selector=selector_at(spec, "podSelector") or EVERYTHING,
        directions=tuple(direction for direction in DIRECTIONS if direction in listed),
        ingress=_parse_rules(spec, "Ingress"),
        egress=_parse_rules(spec, "Egress"),
    )


def _parse_rules(spec: Manifest, direction: Direction) -> tuple[PolicyRule, ...]:
    """Return the rules of one direction; equal ones are shared between policies."""
    found = tuple(
        PolicyRule(
            peers=tuple(_parse_peer(peer) for peer in mappings_at(rule, PEERS_FIELD[direction])),
            ports=tuple(_parse_port(port) for port in mappings_at(rule, "ports")),
        )
        for rule in mappings_at(spec, RULES_FIELD[direction])
    )
    return _rules.setdefault(found, found)


def _parse_peer(manifest: Manifest) -> Peer:
    return Peer(
        pod_selector=selector_at(manifest, "podSelector"),
        namespace_selector=selector_at(manifest, "namespaceSelector"),
        ip_block=_parse_block(manifest),
    )


def _parse_block(manifest: Manifest) -> IPBlock | None:
    if manifest.get("ipBlock") is None:
        return None
    block = mapping_at(manifest, "ipBlock")
    return IPBlock(
        cidr=cast("Network", parse_network(text_at(block, "cidr") or "")),
        excepts=tuple(
            network
            for text in texts_at(block, "except")
            if (network := parse_network(text)) is not None
        ),
    )


def _parse_port(manifest: Manifest) -> PolicyPort:
    port = port_at(manifest, "port")
    return PolicyPort(
        protocol=intern(text_at(manifest, "protocol") or "TCP"),
        port=intern(port) if isinstance(port, str) else port,
        end_port=integer_at(manifest, "endPort"),
    )
