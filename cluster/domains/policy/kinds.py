"""The kinds of this domain: NetworkPolicy."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import cast

from cluster.domains.policy.peers import anchors_of_namespaces, anchors_of_pods
from cluster.domains.policy.policy import NetworkPolicy, parse_policy
from cluster.domains.policy.policy_checks import check_policy, warn_policy
from cluster.domains.policy.policy_defaults import default_policy
from cluster.machinery.columns import AGE, NAME, selector_cell
from cluster.machinery.kind import Column, Kind, Object
from cluster.machinery.manifest import JSON, Manifest, copy, mapping_at
from cluster.machinery.selectors import Selector


def _pod_selector(manifest: Manifest) -> JSON:
    return selector_cell(mapping_at(manifest, "spec", "podSelector"))


def _selects(policy: Object) -> Selector:
    return cast("NetworkPolicy", policy).pod_selector


def _index_pods(policy: Object) -> Iterable[Hashable]:
    return anchors_of_pods(cast("NetworkPolicy", policy))


def _index_namespaces(policy: Object) -> Iterable[Hashable]:
    return anchors_of_namespaces(cast("NetworkPolicy", policy))


NETWORK_POLICY = Kind(
    group="networking.k8s.io",
    version="v1",
    kind="NetworkPolicy",
    plural="networkpolicies",
    type=NetworkPolicy,
    parse=parse_policy,
    short_names=("netpol",),
    default=default_policy,
    check=check_policy,
    warn=warn_policy,
    generation="spec",
    # The old version differs in its name only.
    conversions={"extensions/v1beta1": copy},
    columns=(
        NAME,
        Column("Pod-Selector", _pod_selector, help="Which Pods of its namespace it isolates."),
        AGE,
    ),
    upload_order=80,
    icon="policy",
    indexes={"peer_pods": _index_pods, "peer_namespaces": _index_namespaces},
    selects=_selects,
)

KINDS: tuple[Kind, ...] = (NETWORK_POLICY,)
