"""A cluster told without what chance and time have chosen: names, uids, addresses of Pods."""

from __future__ import annotations

import json
import sys

from cluster.catalog import KINDS
from cluster.machinery.manifest import (
    Manifest,
    integer_at,
    list_at,
    mapping_at,
    mappings_at,
    text_at,
)
from cluster.store import list_objects


def told(cluster: str) -> None:
    """Print one line of JSON: a line for each object."""
    lines = [
        describe(manifest) for kind in KINDS for manifest in list_objects(cluster, kind).items
    ]
    sys.stdout.write(json.dumps(sorted(lines)))


def describe(manifest: Manifest) -> str:
    """Return what is lasting about one object."""
    kind = str(manifest["kind"])
    meta = mapping_at(manifest, "metadata")
    owners = sorted(str(owner.get("kind")) for owner in mappings_at(meta, "ownerReferences"))
    name = text_at(meta, "name") if not owners else "owned"
    parts = [kind, text_at(meta, "namespace") or "", name or "", *owners]
    if kind == "Service":
        parts += [text_at(manifest, "spec", "type") or ""]
        parts += [str(integer_at(port, "port")) for port in mappings_at(manifest, "spec", "ports")]
        parts += [str("nodePort" in port) for port in mappings_at(manifest, "spec", "ports")]
    elif kind == "EndpointSlice":
        parts += [str(len(list_at(manifest, "endpoints")))]
    elif kind == "Pod":
        parts += [text_at(manifest, "status", "phase") or ""]
    return " ".join(parts)
