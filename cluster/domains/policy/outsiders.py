"""Ends that an index does not hold, as members it can judge: addresses, Nodes, imagined Pods.

Each is a class of its own, as policies and namespaces are at the moment; make it anew after a
change. Source: semantics.md H-10, H-11, H-48.
"""

from __future__ import annotations

from collections.abc import Mapping

from cluster.domains.policy.atoms import LabelGroup, key_of
from cluster.domains.policy.blocks import Located, locate
from cluster.domains.policy.classes import Member
from cluster.domains.policy.index import NODES, PolicyIndex
from cluster.domains.policy.ports import names_of
from cluster.domains.workload.node import Node
from cluster.domains.workload.pod import Pod
from cluster.machinery.addresses import Address, Family, family_of
from cluster.machinery.meta import NOTHING


def outsider(index: PolicyIndex, address: Address) -> Member:
    """Return an address as an end that nothing else is known of (H-48)."""
    family = family_of(address)
    addresses = index.blocks.apart(((family, int(address)),), (family,), is_blind=False)
    cell = index.classes.apart(_nothing_met(), addresses, (), is_node=False)
    return Member(-1, None, "", (), cell)


def node_member(index: PolicyIndex, node: Node) -> Member:
    """Return a Node as an end: its processes, with its first address of each family."""
    located = locate(node.internal_ips)
    addresses = index.blocks.apart(located, _families(located), is_blind=False)
    cell = index.classes.apart(_nothing_met(), addresses, (), is_node=True)
    return Member(-1, None, node.meta.name, (), cell)


def stranger(
    index: PolicyIndex, pod: Pod, namespace_labels: Mapping[str, str] | None = None
) -> Member:
    """Return a Pod that is not there as if it were.

    `namespace_labels` None takes those its namespace has. A Pod without an address has none.
    """
    conventions = index.conventions
    is_node = conventions.is_node_traffic(pod)
    group, names = _nothing_met(), () if is_node else names_of(pod)
    if not is_node:
        space = index.atoms.imagined(pod.meta.namespace, namespace_labels)
        group = LabelGroup(space, pod.meta.labels, key_of(""))
        group.selected, group.peers = index.atoms.met_by(space, pod.meta.labels)
    located = locate(pod.ips)
    families = _families(located)
    if not families and conventions.assume_pods_have_ip:
        families = index.families
    is_blind = not is_node and not conventions.ipblock_matches_pods
    addresses = index.blocks.apart(located, families, is_blind=is_blind)
    cell = index.classes.apart(group, addresses, names, is_node=is_node)
    return Member(-1, pod, pod.node_name, (), cell)


def _nothing_met() -> LabelGroup:
    return LabelGroup(NODES, NOTHING, key_of(""))


def _families(located: tuple[Located, ...]) -> tuple[Family, ...]:
    return tuple(family for family, _number in located)
