"""What an uploaded manifest keeps of the cluster it came from.

Manifests written by hand pass unchanged. Dumps of a running cluster carry its identity: uids,
resourceVersions, addresses and ports of ranges this cluster does not have. Refusing them would
lose the application to its accidents, so what cannot hold here is taken out, and the report says
so. Everything else is judged as the apiserver judges it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cluster.machinery.addresses import parse_address
from cluster.machinery.manifest import JSON, Manifest, copy
from cluster.machinery.names import PORT_MAXIMUM
from cluster.machinery.settings import ClusterSettings

IDENTITY = frozenset({"uid", "resourceVersion", "generation", "managedFields", "selfLink"})


@dataclass(frozen=True, slots=True)
class Adapted:
    """The manifest to write and one sentence for everything that was taken out."""

    manifest: Manifest
    notices: tuple[str, ...] = ()


def adapt(manifest: Manifest, settings: ClusterSettings) -> Adapted:
    """Return an uploaded manifest as this cluster can take it; `manifest` is not changed."""
    kept = _without_identity(manifest)
    if kept.get("kind") != "Service" or not isinstance(kept.get("spec"), dict):
        return Adapted(kept)
    kept = copy(kept)
    spec = kept["spec"]
    assert isinstance(spec, dict)  # noqa: S101 - looked at above
    return Adapted(kept, (*_addresses(spec, settings), *_ports(spec, settings)))


def nodes_named(manifests: Iterable[JSON]) -> list[str]:
    """Return the Nodes that uploaded Pods say they run on, sorted.

    A dump without its Nodes is still a running application: the caller makes those that are
    missing, as it makes Namespaces that are only mentioned.
    """
    found: set[str] = set()
    for manifest in manifests:
        if isinstance(manifest, dict) and manifest.get("kind") == "Pod":
            spec = manifest.get("spec")
            name = spec.get("nodeName") if isinstance(spec, dict) else None
            if isinstance(name, str) and name:
                found.add(name)
    return sorted(found)


def _without_identity(manifest: Manifest) -> Manifest:
    meta = manifest.get("metadata")
    if not isinstance(meta, dict) or not IDENTITY & meta.keys():
        return manifest
    left: Manifest = {name: value for name, value in meta.items() if name not in IDENTITY}
    return manifest | {"metadata": left}


def _addresses(spec: Manifest, settings: ClusterSettings) -> Iterator[str]:
    listed = spec.get("clusterIPs")
    ips = [*(listed if isinstance(listed, list) else []), spec.get("clusterIP")]
    foreign = [ip for ip in ips if isinstance(ip, str) and _is_foreign(ip, settings)]
    if foreign:
        spec.pop("clusterIP", None)
        spec.pop("clusterIPs", None)
        yield (
            f"spec.clusterIP: {foreign[0]} is not in this cluster's range "
            f"({', '.join(str(network) for network in settings.service_cidrs)}); "
            "the Service gets another address"
        )


def _is_foreign(ip: str, settings: ClusterSettings) -> bool:
    address = parse_address(ip)
    if address is None:
        return False
    return not any(
        network.version == address.version and address in network
        for network in settings.service_cidrs
    )


def _ports(spec: Manifest, settings: ClusterSettings) -> Iterator[str]:
    low, high = settings.node_port_range
    ports = spec.get("ports")
    for index, port in enumerate(ports if isinstance(ports, list) else []):
        number = port.get("nodePort") if isinstance(port, dict) else None
        if not isinstance(port, dict) or not isinstance(number, int):
            continue
        if 0 < number <= PORT_MAXIMUM and not low <= number <= high:
            del port["nodePort"]
            yield (
                f"spec.ports[{index}].nodePort: {number} is not in this cluster's range "
                f"({low}-{high}); the Service gets another port"
            )
