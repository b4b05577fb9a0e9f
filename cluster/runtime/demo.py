"""The demo cluster: a small shop that a first run brings, made once and never again.

Its manifests are in `demo/`, plain files to read and to change; whoever deletes or changes the
cluster keeps it that way.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from cluster.machinery.decode import Upload
from cluster.machinery.errors import NotFound
from cluster.machinery.manifest import Manifest
from cluster.runtime.loading import load
from cluster.store import find_cluster

NAME = "demo"
ACTOR = "netviz"
MARKER = "demo-made"
SETTINGS: Manifest = {
    "service_cidrs": ["10.96.0.0/16", "fd00:10:96::/108"],
    "pod_cidrs": ["10.244.0.0/16", "fd00:10:244::/56"],
    "loadbalancer_pool": ["192.0.2.0/27", "2001:db8:1::/120"],
    "nodes": 5,
}


def make_once() -> bool:
    """Make the demo cluster in a data directory that never had one; whether it was made."""
    marker = Path(settings.NETVIZ_DATA) / MARKER
    if marker.exists() or _exists():
        return False
    make(ACTOR)
    marker.touch()
    return True


def make(actor: str) -> None:
    """Make the demo cluster for `actor`, who may have deleted it before."""
    files = sorted((settings.BASE_DIR / NAME).glob("*.yaml"))
    uploads = [Upload(file.name, file.read_bytes()) for file in files]
    load(cluster=NAME, uploads=uploads, actor=actor, new_settings=SETTINGS)


def _exists() -> bool:
    try:
        find_cluster(NAME)
    except NotFound:
        return False
    return True
