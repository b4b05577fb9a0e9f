"""The two ends of a connection as policies see them: a Pod, a Node, or just an address.

What an address belongs to is decided before: an `End` made from a bare address is judged by that
address alone, which is also how a connection that a Node forwards and masquerades is judged
(H-48). Source: semantics.md H-10 to H-12, H-18, H-48.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType

from cluster.domains.policy.conventions import STANDARD, Conventions
from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import Pod
from cluster.machinery.addresses import Address, Family, family_of, family_of_text, parse_address
from cluster.machinery.meta import NOTHING
from cluster.machinery.texts import say

NAME_LABEL = "kubernetes.io/metadata.name"
NOWHERE: Mapping[Family, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class End:
    """One end. `pod` is None where neither selectors nor port names can mean it.

    `families` are those it has an address of; `addresses` those an ipBlock is compared with, one
    per family. `node` is the Node it is or runs on, empty outside the cluster. `obstacle` tells
    what keeps it out of every connection, empty where nothing does.
    """

    label: str
    pod: Pod | None = None
    namespace_labels: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    families: tuple[Family, ...] = ()
    addresses: Mapping[Family, str] = field(default_factory=lambda: NOWHERE)
    node: str = ""
    is_node: bool = False
    obstacle: str = ""

    def address(self, family: Family | None) -> Address | None:
        """Return the address that an ipBlock is compared with, None where there is none."""
        text = self.addresses.get(family) if family is not None else None
        return None if text is None else _parsed(text)

    def relabelled(self, labels: Mapping[str, str]) -> End:
        """Return the same end as if its Pod had `labels`."""
        assert self.pod is not None  # noqa: S101
        return replace(self, pod=replace(self.pod, meta=replace(self.pod.meta, labels=labels)))


def pod_end(
    pod: Pod,
    namespace_labels: Mapping[str, str] | None,
    conventions: Conventions = STANDARD,
    families: tuple[Family, ...] = ("IPv4",),
) -> End:
    """Return a Pod as an end; a hostNetwork Pod is its Node (H-10).

    `namespace_labels` None stands for an unknown Namespace: only its name label is certain (H-17).
    `families` are the cluster's, for Pods that are assumed to have an address.
    """
    meta = pod.meta
    found = by_family(pod.ips)
    is_node = conventions.is_node_traffic(pod)
    named = {NAME_LABEL: meta.namespace} if namespace_labels is None else namespace_labels
    return End(
        label=f"Pod {meta.namespace}/{meta.name}",
        pod=None if is_node else pod,
        namespace_labels=NOTHING if is_node else named,
        families=tuple(found) or (families if conventions.assume_pods_have_ip else ()),
        addresses=found if is_node or conventions.ipblock_matches_pods else NOWHERE,
        node=pod.node_name,
        is_node=is_node and not conventions.node_traffic_is_normal,
        obstacle=conventions.obstacle(pod),
    )


def node_end(node: Node, conventions: Conventions = STANDARD) -> End:
    """Return a Node as an end: its processes, with its first internal address of each family."""
    found = by_family(node.internal_ips)
    return End(
        label=f"Node {node.meta.name}",
        families=tuple(found),
        addresses=found,
        node=node.meta.name,
        is_node=not conventions.node_traffic_is_normal,
        obstacle="" if found else say("Node {node} has no address", node=node.meta.name),
    )


def address_end(address: Address) -> End:
    """Return an address as an end, judged by nothing else."""
    family = family_of(address)
    return End(label=str(address), families=(family,), addresses={family: str(address)})


def by_family(texts: Iterable[str]) -> dict[Family, str]:
    """Return the first address of each family, IPv4 before IPv6."""
    found: dict[Family, str] = {}
    for text in texts:
        found.setdefault(family_of_text(text), text)
    if len(found) > 1:
        return {"IPv4": found["IPv4"], "IPv6": found["IPv6"]}
    return found


_parsed = lru_cache(maxsize=4096)(parse_address)
