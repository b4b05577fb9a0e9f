"""One connection judged by the text of the API, with every reason.

The definition of a verdict: whatever answers faster (`index`, `reach`) must agree with it. A
connection passes where the egress of its source AND the ingress of its destination let it (H-4);
replies always pass (H-5). Source: networking/v1 `NetworkPolicySpec`; semantics.md H.1 to H.4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from cluster.domains.policy.conventions import STANDARD, Conventions
from cluster.domains.policy.ends import End
from cluster.domains.policy.policy import (
    DIRECTIONS,
    PEERS_FIELD,
    RULES_FIELD,
    Direction,
    NetworkPolicy,
    Peer,
    PolicyPort,
    PolicyRule,
)
from cluster.domains.policy.ports import PORTLESS, code_of
from cluster.domains.workload.pod import Pod
from cluster.machinery.addresses import Family
from cluster.machinery.texts import say

Selecting: TypeAlias = Callable[[Pod], Iterable[NetworkPolicy]]
Standing: TypeAlias = Literal["open", "allowed", "denied"]


@dataclass(frozen=True, slots=True)
class Connection:
    """Who opens which connection to whom; `port` is the destination's own (H-25).

    `port` None is for protocols without ports. `family` None takes the first that both ends have.
    """

    source: End
    destination: End
    protocol: str = "TCP"
    port: int | None = None
    family: Family | None = None

    def judged(self, direction: Direction) -> End:
        """Return the end whose policies decide in `direction`."""
        return self.destination if direction == "Ingress" else self.source

    def peer(self, direction: Direction) -> End:
        """Return the end that the peers of `direction` are compared with."""
        return self.source if direction == "Ingress" else self.destination

    def __str__(self) -> str:
        """`Pod shop/web to Pod shop/db, TCP 5432`."""
        port = "" if self.port is None else f" {self.port}"
        return f"{self.source.label} to {self.destination.label}, {self.protocol}{port}"


@dataclass(frozen=True, slots=True)
class Allowance:
    """The entry that lets a connection pass; `peer` or `port` None: the rule restricts none."""

    policy: NetworkPolicy
    direction: Direction
    rule: int
    peer: int | None = None
    port: int | None = None

    @property
    def path(self) -> str:
        """The path of the rule, to the peer where one is listed: `spec.ingress[0].from[1]`."""
        where = f"spec.{RULES_FIELD[self.direction]}[{self.rule}]"
        return (
            where if self.peer is None else f"{where}.{PEERS_FIELD[self.direction]}[{self.peer}]"
        )

    @property
    def port_path(self) -> str | None:
        """The path of the entry of `ports`, None where the rule lists none."""
        if self.port is None:
            return None
        return f"spec.{RULES_FIELD[self.direction]}[{self.rule}].ports[{self.port}]"


@dataclass(frozen=True, slots=True)
class Side:
    """What the policies of one direction say.

    `isolated_by` are the policies that isolate the end, by name; none: it is open (H-2).
    `allowed_by` is the first entry that lets the connection pass, in their order.
    """

    direction: Direction
    isolated_by: tuple[NetworkPolicy, ...] = ()
    allowed_by: Allowance | None = None

    @property
    def standing(self) -> Standing:
        """`open` (not isolated), `allowed` or `denied`."""
        if not self.isolated_by:
            return "open"
        return "denied" if self.allowed_by is None else "allowed"

    @property
    def passes(self) -> bool:
        """Whether this direction lets the connection pass."""
        return self.standing != "denied"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What policies make of a connection.

    `exception` tells why no policy was asked (H-11, H-34), `obstacle` why there is no connection
    whatever policies say (H-12); both are empty where that is not so.
    """

    connection: Connection
    family: Family | None
    egress: Side
    ingress: Side
    exception: str = ""
    obstacle: str = ""

    @property
    def allowed(self) -> bool:
        """Whether the connection passes."""
        if self.obstacle:
            return False
        return bool(self.exception) or (self.egress.passes and self.ingress.passes)

    @property
    def denied_by(self) -> tuple[Side, ...]:
        """The sides that stop the connection, egress first."""
        if self.obstacle or self.exception:
            return ()
        return tuple(side for side in (self.egress, self.ingress) if not side.passes)


def judge(
    connection: Connection, selecting: Selecting, conventions: Conventions = STANDARD
) -> Verdict:
    """Return the verdict about one connection.

    `selecting` gives the policies of a Pod's namespace whose podSelector matches the Pod.
    Raises ValueError where the protocol has ports and the port is absent or out of range.
    """
    code = code_of(connection.protocol, connection.port)
    source, destination = connection.source, connection.destination
    family = _family(connection)
    obstacle = source.obstacle or destination.obstacle or _no_family(connection, family)
    exception = _exception(source, destination, conventions)
    if obstacle or exception:
        open_ = (Side(DIRECTIONS[1]), Side(DIRECTIONS[0]))
        return Verdict(connection, family, *open_, exception=exception, obstacle=obstacle)
    egress = judge_side(connection, "Egress", family, code, selecting)
    ingress = judge_side(connection, "Ingress", family, code, selecting)
    return Verdict(connection, family, egress, ingress)


def judge_side(
    connection: Connection,
    direction: Direction,
    family: Family | None,
    code: int,
    selecting: Selecting,
) -> Side:
    """Return what one direction says; only a Pod can be isolated (H-3, H-10)."""
    pod = connection.judged(direction).pod
    if pod is None:
        return Side(direction)
    found = (policy for policy in selecting(pod) if policy.isolates(direction))
    isolating = tuple(sorted(found, key=lambda policy: policy.meta.name))
    allowance = next(
        (
            allowance
            for policy in isolating
            for allowance in _allowances(policy, connection, direction, family, code)
        ),
        None,
    )
    return Side(direction, isolating, allowance)


def _allowances(
    policy: NetworkPolicy,
    connection: Connection,
    direction: Direction,
    family: Family | None,
    code: int,
) -> Iterator[Allowance]:
    """Yield the entries of one policy that let the connection pass: peers AND ports (H-23)."""
    end = connection.peer(direction)
    for index, rule in enumerate(policy.rules(direction)):
        port = listing_port(rule, connection.destination, connection, code)
        if port == NOT_LISTED:
            continue
        peer = meaning_peer(rule, policy.meta.namespace, end, family)
        if peer == NOT_LISTED:
            continue
        yield Allowance(policy, direction, index, peer, port)


NOT_LISTED = -1


def meaning_peer(rule: PolicyRule, namespace: str, end: End, family: Family | None) -> int | None:
    """Return the first peer that means `end`, None where all are meant, or NOT_LISTED.

    `namespace` is the policy's own. An empty list means everyone (H-13).
    """
    if not rule.peers:
        return None
    for index, peer in enumerate(rule.peers):
        if means(peer, namespace, end, family):
            return index
    return NOT_LISTED


def means(peer: Peer, namespace: str, end: End, family: Family | None) -> bool:
    """Whether one peer of a policy in `namespace` means `end` (H-14 to H-21)."""
    if peer.ip_block is not None:
        address = end.address(family)
        return address is not None and peer.ip_block.covers(address)
    if end.pod is None:
        return False
    if peer.namespace_selector is None:
        if end.pod.meta.namespace != namespace:
            return False
    elif not peer.namespace_selector.matches(end.namespace_labels):
        return False
    return peer.pod_selector is None or peer.pod_selector.matches(end.pod.meta.labels)


def listing_port(
    rule: PolicyRule, destination: End, connection: Connection, code: int
) -> int | None:
    """Return the first entry of `ports` that admits it, None where all are, or NOT_LISTED.

    What has no ports passes only where the rule lists none (H-28).
    """
    if not rule.ports:
        return None
    if code == PORTLESS or connection.port is None:
        return NOT_LISTED
    for index, port in enumerate(rule.ports):
        if admits(port, destination, connection.protocol, connection.port):
            return index
    return NOT_LISTED


def admits(port: PolicyPort, destination: End, protocol: str, number: int) -> bool:
    """Whether one entry admits a port of `destination`, on which its name is resolved (H-26)."""
    if not isinstance(port.port, str):
        return port.admits(protocol, number)
    if destination.pod is None or protocol != port.protocol:
        return False
    return destination.pod.named_port(port.port, protocol) == number


def _family(connection: Connection) -> Family | None:
    """Return the family of the connection, None where the ends have none in common."""
    shared = [
        family
        for family in connection.source.families
        if family in connection.destination.families
    ]
    if connection.family is not None:
        return connection.family if connection.family in shared else None
    return shared[0] if shared else None


def _no_family(connection: Connection, family: Family | None) -> str:
    if family is not None:
        return ""
    ends = (connection.source, connection.destination)
    if connection.family is None:
        return say(
            "{one} and {other} have no common family of addresses",
            one=ends[0].label,
            other=ends[1].label,
        )
    without = [end.label for end in ends if connection.family not in end.families]
    if len(without) == 1:
        return say("{one} has no {family} address", one=without[0], family=connection.family)
    return say(
        "{one} and {other} have no {family} address",
        one=without[0],
        other=without[1],
        family=connection.family,
    )


def _exception(source: End, destination: End, conventions: Conventions) -> str:
    """Return why policies do not matter, empty where they do (H-11, H-34)."""
    if (
        source.pod is not None
        and destination.pod is not None
        and (
            source.pod.meta.namespace == destination.pod.meta.namespace
            and source.pod.meta.name == destination.pod.meta.name
        )
    ):
        return say("a Pod always reaches itself")
    if conventions.node_traffic_is_normal or not source.node or source.node != destination.node:
        return ""
    if source.is_node or destination.is_node:
        return say("traffic between a Pod and its own Node {node} always passes", node=source.node)
    return ""
