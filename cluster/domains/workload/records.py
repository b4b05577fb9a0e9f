"""Kinds that Pods name and netviz keeps only by their name: none of their data is stored."""

from __future__ import annotations

from dataclasses import dataclass

from cluster.machinery.manifest import Manifest, text_at
from cluster.machinery.meta import ObjectMeta, parse_meta


@dataclass(frozen=True, slots=True)
class ConfigMap:
    """A ConfigMap without its data."""

    meta: ObjectMeta


@dataclass(frozen=True, slots=True)
class Secret:
    """A Secret without its data; its type tells what the data is for."""

    meta: ObjectMeta
    type: str = "Opaque"


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """A ServiceAccount."""

    meta: ObjectMeta


def parse_config_map(manifest: Manifest) -> ConfigMap:
    """Return the ConfigMap in a checked manifest."""
    return ConfigMap(parse_meta(manifest))


def parse_secret(manifest: Manifest) -> Secret:
    """Return the Secret in a checked manifest."""
    return Secret(parse_meta(manifest), text_at(manifest, "type") or "Opaque")


def parse_service_account(manifest: Manifest) -> ServiceAccount:
    """Return the ServiceAccount in a checked manifest."""
    return ServiceAccount(parse_meta(manifest))
