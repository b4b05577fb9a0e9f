"""What an uploaded manifest keeps of the cluster it was read from.

Manifests written by hand pass unchanged and are judged as the apiserver judges them. Dumps of a
running cluster carry its identity: uids, resourceVersions, addresses and ports that this cluster
does not have or has given away; and dumps made for analysis are often trimmed of what says nothing
about traffic. Refusing them would lose the application to its accidents, so what cannot hold here
is taken out or filled in, and the report says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from cluster.machinery.addresses import canonical, parse_address
from cluster.machinery.manifest import JSON, Manifest, copy
from cluster.machinery.names import PORT_MAXIMUM
from cluster.machinery.settings import ClusterSettings

IDENTITY = frozenset({"uid", "resourceVersion", "generation", "managedFields", "selfLink"})
_DUMPED = IDENTITY | {"creationTimestamp", "ownerReferences", "generateName"}
UNTOLD_IMAGE = "unknown"


@dataclass(frozen=True, slots=True)
class Adapted:
    """The manifest to write and one sentence for everything that was changed."""

    manifest: Manifest
    notices: tuple[str, ...] = ()


def adapt(
    manifest: Manifest, settings: ClusterSettings, is_taken: Callable[[str], bool]
) -> Adapted:
    """Return an uploaded manifest as this cluster can take it; `manifest` is not changed.

    `is_taken` tells whether another Service holds a cluster IP.
    """
    if not is_dump(manifest):
        return Adapted(manifest)
    kept = _without_identity(manifest)
    spec = kept.get("spec")
    if not isinstance(spec, dict) or kept.get("kind") not in {"Service", "Pod"}:
        return Adapted(kept)
    if kept["kind"] == "Service":
        spec = copy(spec)
        notices = (*_addresses(spec, settings, is_taken), *_ports(spec, settings))
    elif _is_complete(spec):
        return Adapted(kept)
    else:
        spec = copy(spec)
        notices = (*_containers(spec), *_mounts(spec))
    return Adapted(kept | {"spec": spec}, notices) if notices else Adapted(kept)


def is_dump(manifest: Manifest) -> bool:
    """Whether an object was read from a cluster: it names what only servers set."""
    meta = manifest.get("metadata")
    return bool(manifest.get("status")) or (isinstance(meta, dict) and bool(_DUMPED & meta.keys()))


def nodes_named(manifests: Iterable[JSON]) -> list[str]:
    """Return the Nodes that uploaded Pods say they run on, sorted.

    A dump without its Nodes is still a running application: the caller makes those that are
    missing, as it makes Namespaces that are only mentioned.
    """
    return sorted({name for manifest in manifests if (name := node_named(manifest))})


def node_named(manifest: JSON) -> str:
    """Return the Node that a Pod says it runs on, empty for anything else."""
    if not isinstance(manifest, dict) or manifest.get("kind") != "Pod":
        return ""
    spec = manifest.get("spec")
    name = spec.get("nodeName") if isinstance(spec, dict) else None
    return name if isinstance(name, str) else ""


def _without_identity(manifest: Manifest) -> Manifest:
    meta = manifest.get("metadata")
    if not isinstance(meta, dict) or not IDENTITY & meta.keys():
        return manifest
    left: Manifest = {name: value for name, value in meta.items() if name not in IDENTITY}
    return manifest | {"metadata": left}


def _addresses(
    spec: Manifest, settings: ClusterSettings, is_taken: Callable[[str], bool]
) -> Iterator[str]:
    listed = spec.get("clusterIPs")
    given = [*(listed if isinstance(listed, list) else []), spec.get("clusterIP")]
    ips = [ip for ip in given if isinstance(ip, str) and parse_address(ip) is not None]
    foreign = [ip for ip in ips if not _is_ours(ip, settings)]
    taken = [ip for ip in ips if is_taken(canonical(ip))]
    if foreign or taken:
        spec.pop("clusterIP", None)
        spec.pop("clusterIPs", None)
        ranges = ", ".join(str(network) for network in settings.service_cidrs)
        why = f"is not in this cluster's range ({ranges})" if foreign else "is taken here"
        yield f"spec.clusterIP: {[*foreign, *taken][0]} {why}; the Service gets another address"


def _is_ours(ip: str, settings: ClusterSettings) -> bool:
    address = parse_address(ip)
    return address is not None and any(
        network.version == address.version and address in network
        for network in settings.service_cidrs
    )


def _ports(spec: Manifest, settings: ClusterSettings) -> Iterator[str]:
    low, high = settings.node_port_range
    for index, port in enumerate(_items(spec, "ports")):
        number = port.get("nodePort")
        if isinstance(number, int) and 0 < number <= PORT_MAXIMUM and not low <= number <= high:
            del port["nodePort"]
            yield (
                f"spec.ports[{index}].nodePort: {number} is not in this cluster's range "
                f"({low}-{high}); the Service gets another port"
            )


def _is_complete(spec: Manifest) -> bool:
    """Whether a Pod's containers have names and images, and only mounts of volumes that it has."""
    volumes: set[str] | None = None
    for field in ("initContainers", "containers"):
        for container in _items(spec, field):
            if not (container.get("name") and container.get("image")):
                return False
            for mount in _items(container, "volumeMounts"):
                if volumes is None:
                    volumes = {str(volume.get("name")) for volume in _items(spec, "volumes")}
                if str(mount.get("name")) not in volumes:
                    return False
    return True


def _containers(spec: Manifest) -> Iterator[str]:
    for field in ("initContainers", "containers"):
        for index, container in enumerate(_items(spec, field)):
            missing = [name for name in ("name", "image") if not container.get(name)]
            if "name" in missing:
                container["name"] = f"container-{index}"
            if "image" in missing:
                container["image"] = UNTOLD_IMAGE
            if missing:
                lost = " and ".join(missing)
                yield f"spec.{field}[{index}]: {lost} filled in: the dump has none"


def _mounts(spec: Manifest) -> Iterator[str]:
    volumes = {str(volume.get("name")) for volume in _items(spec, "volumes")}
    for field in ("initContainers", "containers"):
        for index, container in enumerate(_items(spec, field)):
            mounts = _items(container, "volumeMounts")
            lost = [str(m.get("name")) for m in mounts if str(m.get("name")) not in volumes]
            if lost:
                container["volumeMounts"] = [m for m in mounts if str(m.get("name")) in volumes]
                yield (
                    f"spec.{field}[{index}].volumeMounts: {', '.join(lost)} left out: "
                    "the dump has no such volume"
                )


def _items(spec: Manifest, field: str) -> list[Manifest]:
    found = spec.get(field)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
