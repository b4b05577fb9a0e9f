"""Namespaces as rules read them. Source: core/v1 `Namespace`; semantics.md A-9, A-19."""

from __future__ import annotations

from dataclasses import dataclass

from cluster.machinery.manifest import Manifest, text_at, texts_at
from cluster.machinery.meta import ObjectMeta, parse_meta


@dataclass(frozen=True, slots=True)
class Namespace:
    """A Namespace; terminating ones accept nothing new (A-9)."""

    meta: ObjectMeta
    phase: str = "Active"
    spec_finalizers: tuple[str, ...] = ()


def parse_namespace(manifest: Manifest) -> Namespace:
    """Return the Namespace in a checked manifest."""
    return Namespace(
        meta=parse_meta(manifest),
        phase=text_at(manifest, "status", "phase") or "Active",
        spec_finalizers=tuple(texts_at(manifest, "spec", "finalizers")),
    )
