"""Which policies have a peer that could mean a given Pod or Namespace: the keys of two indexes.

A selector is filed under one requirement that everything it selects must meet; labels are looked
up under everything they could meet. So a label edit finds the few policies it concerns.
Selectors that take everything are not filed: no label edit changes what they mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from cluster.domains.policy.policy import NetworkPolicy
from cluster.machinery.selectors import Selector

Anchor: TypeAlias = tuple[str, str | None]
ANYTHING: Anchor = ("", None)


def anchors(selector: Selector) -> list[Anchor]:
    """Return where `selector` is filed: (key, value), or (key, None) for any value of a key."""
    for requirement in selector.requirements:
        if requirement.operator == "In":
            return [(requirement.key, value) for value in requirement.values]
    for requirement in selector.requirements:
        if requirement.operator == "Exists":
            return [(requirement.key, None)]
    return [ANYTHING]


def anchors_met(labels: Mapping[str, str]) -> Iterator[Anchor]:
    """Yield every place where a selector that matches `labels` could be filed."""
    yield ANYTHING
    for key, value in labels.items():
        yield key, value
        yield key, None


def anchors_of_pods(policy: NetworkPolicy) -> Iterator[Anchor]:
    """Yield the anchors of the pod selectors among the peers that count."""
    for _path, peer in policy.peers():
        if peer.pod_selector is not None and not peer.pod_selector.is_everything:
            yield from anchors(peer.pod_selector)


def anchors_of_namespaces(policy: NetworkPolicy) -> Iterator[Anchor]:
    """Yield the anchors of the namespace selectors among the peers that count."""
    for _path, peer in policy.peers():
        if peer.namespace_selector is not None and not peer.namespace_selector.is_everything:
            yield from anchors(peer.namespace_selector)
