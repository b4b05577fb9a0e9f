"""Manifests for the store's tests: small, with what a case does not say left to defaults."""

from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.meta import Key


def service(name: str, namespace: str = "default", **spec: JSON) -> Manifest:
    """Return a Service with one port."""
    ports: list[JSON] = [{"port": 80}]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"selector": {"app": name}, "ports": ports, **spec},
    }


def config_map(name: str, namespace: str = "default", **meta: JSON) -> Manifest:
    """Return a ConfigMap, the simplest object there is."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": namespace, **meta},
    }


def namespace(name: str) -> Manifest:
    """Return a Namespace."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def owner(kind: str, name: str, uid: str, *, blocks: bool = False) -> Manifest:
    """Return an owner reference."""
    return {
        "apiVersion": "v1",
        "kind": kind,
        "name": name,
        "uid": uid,
        "blockOwnerDeletion": blocks,
    }


def service_key(name: str, namespace: str = "default") -> Key:
    """Return the key of a Service."""
    return Key("", "Service", namespace, name)


def config_key(name: str, namespace: str = "default") -> Key:
    """Return the key of a ConfigMap."""
    return Key("", "ConfigMap", namespace, name)
