"""One small manifest of every kind, as a user would write it."""

from __future__ import annotations

from typing import cast

from cluster.catalog import KINDS
from cluster.machinery.manifest import JSON, Manifest, copy

LABELS: Manifest = {"app": "web"}
CONTAINER: Manifest = {"name": "web", "image": "nginx", "ports": [{"containerPort": 80}]}
POD: Manifest = {"metadata": {"labels": LABELS}, "spec": {"containers": [CONTAINER]}}
ONCE: Manifest = {
    "metadata": {"labels": LABELS}, "spec": {"containers": [CONTAINER], "restartPolicy": "Never"},
}  # fmt: skip
OWNER: Manifest = {"selector": {"matchLabels": LABELS}, "template": POD}

BODIES: dict[str, Manifest] = {
    "Namespace": {},
    "Node": {},
    "Pod": {"spec": {"containers": [CONTAINER]}},
    "Deployment": {"spec": {"replicas": 2, **OWNER}},
    "ReplicaSet": {"spec": {"replicas": 2, **OWNER}},
    "ReplicationController": {"spec": {"replicas": 2, "selector": LABELS, "template": POD}},
    "StatefulSet": {"spec": {"serviceName": "web", **OWNER}},
    "DaemonSet": {"spec": OWNER},
    "ControllerRevision": {"revision": 1, "data": {"spec": {}}},
    "Job": {"spec": {"template": ONCE}},
    "CronJob": {
        "spec": {"schedule": "0 3 * * *", "jobTemplate": {"spec": {"template": ONCE}}},
    },
    "ConfigMap": {"data": {"colour": "blue"}},
    "Secret": {"stringData": {"password": "made-up"}},
    "ServiceAccount": {},
    "Service": {
        "spec": {
            "selector": LABELS,
            "ports": [{"name": "http", "port": 80, "targetPort": 8080}],
        },
    },
    "EndpointSlice": {
        "addressType": "IPv4",
        "endpoints": [{"addresses": ["192.0.2.1"]}],
        "ports": [{"port": 80}],
    },
    "Endpoints": {"subsets": [{"addresses": [{"ip": "192.0.2.1"}], "ports": [{"port": 80}]}]},
    "Ingress": {
        "spec": {
            "rules": [
                {
                    "host": "shop.example",
                    "http": {
                        "paths": [
                            {
                                "path": "/",
                                "pathType": "Prefix",
                                "backend": {"service": {"name": "web", "port": {"number": 80}}},
                            }
                        ]
                    },
                }
            ]
        },
    },
    "IngressClass": {"spec": {"controller": "example.com/controller"}},
    "NetworkPolicy": {"spec": {"podSelector": {"matchLabels": LABELS}, "ingress": [{}]}},
}  # fmt: skip


def manifest(
    kind: str, *, name: str = "web", namespace: str = "default", **body: object
) -> Manifest:
    """Return a manifest of a kind; `body` replaces top-level members, `labels` its labels."""
    record = KINDS[kind]
    meta: Manifest = {"name": name, "labels": cast("JSON", body.pop("labels", dict(LABELS)))}
    if record.namespaced:
        meta["namespace"] = namespace
    head: Manifest = {"apiVersion": record.api_version, "kind": kind, "metadata": meta}
    return copy(head | BODIES[kind] | cast("Manifest", body))
