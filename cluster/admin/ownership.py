"""Which objects netviz' controllers keep, and which object to edit instead.

An edit of a derived object would be undone by its controller, so their pages only show. They can
be deleted, as with kubectl: the controller then makes them anew.
"""

from __future__ import annotations

from typing import NamedTuple

from cluster.machinery.manifest import Manifest, mapping_at, mappings_at, text_at, text_map_at

CONTROLLERS = {
    "Deployment": frozenset({"ReplicaSet"}),
    "ReplicaSet": frozenset({"Pod"}),
    "ReplicationController": frozenset({"Pod"}),
    "StatefulSet": frozenset({"Pod", "ControllerRevision"}),
    "DaemonSet": frozenset({"Pod", "ControllerRevision"}),
    "Job": frozenset({"Pod"}),
    "CronJob": frozenset({"Job"}),
}
"""What each kind that owns makes."""

SLICE_MANAGER = "endpointslice.kubernetes.io/managed-by"
SLICE_SERVICE = "kubernetes.io/service-name"
ENDPOINTS_MANAGER = "endpoints.kubernetes.io/managed-by"
MANAGERS = {
    "endpointslice-controller.k8s.io": "Service",
    "endpointslicemirroring-controller.k8s.io": "Endpoints",
    "endpoint-controller": "Service",
}
"""The controllers of endpoints by the name they sign with, and what they follow."""


class Origin(NamedTuple):
    """The object that a derived one follows from; in the same namespace."""

    kind: str
    namespace: str
    name: str


def origin_of(manifest: Manifest) -> Origin | None:
    """Return what to edit instead of `manifest`, None for an object that is not derived."""
    meta = mapping_at(manifest, "metadata")
    kind = text_at(manifest, "kind") or ""
    namespace, name = text_at(meta, "namespace") or "", text_at(meta, "name") or ""
    for owner in mappings_at(meta, "ownerReferences"):
        owner_kind = text_at(owner, "kind") or ""
        if owner.get("controller") is True and kind in CONTROLLERS.get(owner_kind, ()):
            return Origin(owner_kind, namespace, text_at(owner, "name") or "")
    labels = text_map_at(meta, "labels")
    if kind == "EndpointSlice" and labels.get(SLICE_MANAGER) in MANAGERS:
        return Origin(MANAGERS[labels[SLICE_MANAGER]], namespace, labels.get(SLICE_SERVICE, ""))
    if kind == "Endpoints" and labels.get(ENDPOINTS_MANAGER) in MANAGERS:
        return Origin("Service", namespace, name)
    return None
