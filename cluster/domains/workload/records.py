"""Kinds that Pods name and netviz keeps only by their name: none of their data is stored."""

from __future__ import annotations

from dataclasses import dataclass

from cluster.machinery.errors import FieldError
from cluster.machinery.fields import Path
from cluster.machinery.manifest import Manifest, text_at
from cluster.machinery.meta import ObjectMeta, parse_meta

TLS_SECRET = "kubernetes.io/tls"  # noqa: S105 - a Secret's type
TLS_KEYS = ("tls.crt", "tls.key")


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


def check_secret_data(document: Manifest) -> list[FieldError]:
    """Return which members a Secret for TLS lacks; it goes by the names, values are not looked at.

    One without any data passes: copies of what netviz keeps have none. Source: `ValidateSecret`
    of pkg/apis/core/validation; G-38.
    """
    if document.get("type") != TLS_SECRET:
        return []
    parts = (document.get("data"), document.get("stringData"))
    given = {key for part in parts if isinstance(part, dict) for key in part}
    missing = [key for key in TLS_KEYS if key not in given] if given else []
    return [Path("data")[key].required() for key in missing]


def parse_service_account(manifest: Manifest) -> ServiceAccount:
    """Return the ServiceAccount in a checked manifest."""
    return ServiceAccount(parse_meta(manifest))
