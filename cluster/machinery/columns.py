"""Cells that the lists of several kinds share, as kubectl prints them.

Source: kubernetes `pkg/printers/internalversion/printers.go`; kube-api.md, the table of columns.
"""

from __future__ import annotations

from cluster.machinery.kind import Column
from cluster.machinery.manifest import (
    JSON,
    Manifest,
    list_at,
    mappings_at,
    text_at,
    text_map_at,
    texts_at,
)

NONE = "<none>"


def _name(manifest: Manifest) -> JSON:
    return text_at(manifest, "metadata", "name")


def _created(manifest: Manifest) -> JSON:
    return text_at(manifest, "metadata", "creationTimestamp")


NAME = Column("Name", _name, help="Name of the object, unique in its namespace.")
AGE = Column("Age", _created, type="date", help="Time since the object was created.")


def selector_cell(manifest: Manifest) -> str:
    """Return a LabelSelector as a cell: `app=web,tier in (a,b)`, `<none>` where it is empty."""
    terms = [
        (key, f"{key}={value}") for key, value in text_map_at(manifest, "matchLabels").items()
    ]
    for expression in mappings_at(manifest, "matchExpressions"):
        key, operator = text_at(expression, "key") or "", text_at(expression, "operator")
        values = ",".join(sorted(texts_at(expression, "values")))
        match operator:
            case "In":
                terms.append((key, f"{key} in ({values})"))
            case "NotIn":
                terms.append((key, f"{key} notin ({values})"))
            case "Exists":
                terms.append((key, key))
            case _:
                terms.append((key, f"!{key}"))
    return ",".join(text for _, text in sorted(terms, key=lambda term: term[0])) or NONE


def load_balancer_cell(manifest: Manifest) -> str:
    """Return the addresses of `status.loadBalancer.ingress`, sorted and joined by commas."""
    status = manifest.get("status")
    if not isinstance(status, dict) or not list_at(status, "loadBalancer", "ingress"):
        return ""
    entries = mappings_at(status, "loadBalancer", "ingress")
    found = {text_at(entry, "ip") or text_at(entry, "hostname") or "" for entry in entries}
    return ",".join(sorted(found - {""}))
