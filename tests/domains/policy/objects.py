"""Small makers of the objects that policy tests need, and the kinds around NetworkPolicy."""

from __future__ import annotations

from collections.abc import Sequence

from cluster.domains.policy.kinds import KINDS as POLICY_KINDS
from cluster.domains.policy.policy import NetworkPolicy, parse_policy
from cluster.domains.policy.policy_defaults import default_policy
from cluster.domains.workload.namespace import Namespace, parse_namespace
from cluster.domains.workload.pod import Pod, parse_pod
from cluster.machinery.kind import Kind, Kinds
from cluster.machinery.manifest import JSON, Manifest, copy

KINDS = Kinds(
    (
        Kind(
            group="", version="v1", kind="Namespace", plural="namespaces", type=Namespace,
            parse=parse_namespace, namespaced=False, has_label_index=True,
        ),
        Kind(
            group="", version="v1", kind="Pod", plural="pods", type=Pod, parse=parse_pod,
            has_label_index=True,
        ),
        *POLICY_KINDS,
    )
)  # fmt: skip


def manifest(kind: str, name: str, namespace: str = "", **meta: JSON) -> Manifest:
    metadata: Manifest = {"name": name, "uid": f"{kind}/{namespace}/{name}", **meta}
    if namespace:
        metadata["namespace"] = namespace
    found = KINDS[kind]
    return {"apiVersion": found.api_version, "kind": kind, "metadata": metadata}


def namespace(name: str, **labels: str) -> Manifest:
    return manifest("Namespace", name, labels={"kubernetes.io/metadata.name": name, **labels})


def pod(
    name: str,
    labels: dict[str, str],
    namespace: str = "shop",
    *,
    host: bool = False,
    phase: str = "Running",
    ports: Sequence[Manifest] = (),
) -> Manifest:
    container: Manifest = {"name": "main", "ports": [*ports]}
    return manifest("Pod", name, namespace, labels={**labels}) | {
        "spec": {"containers": [container], "hostNetwork": host},
        "status": {"phase": phase},
    }


def policy_of(spec: Manifest, name: str = "p", namespace: str = "shop") -> Manifest:
    """Return a defaulted policy with `spec`."""
    made = manifest("NetworkPolicy", name, namespace) | {"spec": copy(spec)}
    default_policy(made)
    return made


def policy(**spec: JSON) -> Manifest:
    """Return the defaulted policy shop/p with the members of `spec`."""
    return policy_of(spec)


def parsed(**spec: JSON) -> NetworkPolicy:
    return parse_policy(policy(**spec))
