"""Small makers of the objects that Ingress tests need, and the kinds around Ingress."""

from __future__ import annotations

from cluster.domains.ingress.kinds import KINDS as INGRESS_KINDS
from cluster.domains.service.kinds import KINDS as SERVICE_KINDS
from cluster.domains.workload.records import Secret, parse_secret
from cluster.machinery.kind import Kind, Kinds
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.meta import Key

KINDS = Kinds(
    (
        Kind(
            group="", version="v1", kind="Secret", plural="secrets", type=Secret,
            parse=parse_secret,
        ),
        *SERVICE_KINDS,
        *INGRESS_KINDS,
    )
)  # fmt: skip
CREATED = "2026-01-01T00:00:00Z"
OWN = "k8s.io/netviz"


def manifest(kind: str, name: str, namespace: str = "", **meta: JSON) -> Manifest:
    metadata: Manifest = {
        "name": name,
        "uid": f"{kind}/{namespace}/{name}",
        "creationTimestamp": CREATED,
        **meta,
    }
    if namespace:
        metadata["namespace"] = namespace
    return {"apiVersion": KINDS[kind].api_version, "kind": kind, "metadata": metadata}


def key_of(made: Manifest) -> Key:
    kind = KINDS[str(made["kind"])]
    meta = kind.parse(made).meta
    return kind.key(meta.namespace, meta.name)


def backend(service: str = "web", port: int | str = 80) -> Manifest:
    field = "name" if isinstance(port, str) else "number"
    return {"service": {"name": service, "port": {field: port}}}


def path(
    path: str = "/", path_type: str = "Prefix", service: str = "web", port: int | str = 80
) -> Manifest:
    return {"path": path, "pathType": path_type, "backend": backend(service, port)}


def rule(host: str, *paths: Manifest) -> Manifest:
    """Return a rule with `paths`; one Prefix path `/` where none is given."""
    found: Manifest = {"http": {"paths": [*(paths or (path(),))]}}
    return found | {"host": host} if host else found


def ingress_of(spec: Manifest, name: str = "i", namespace: str = "shop", **meta: JSON) -> Manifest:
    return manifest("Ingress", name, namespace, **meta) | {"spec": spec}


def ingress_class(
    name: str, controller: str = OWN, *, default: bool = False, created: str = CREATED
) -> Manifest:
    annotations: Manifest = (
        {"ingressclass.kubernetes.io/is-default-class": "true"} if default else {}
    )
    made = manifest("IngressClass", name, annotations=annotations, creationTimestamp=created)
    return made | {"spec": {"controller": controller}}


def service(
    name: str = "web",
    namespace: str = "shop",
    *,
    type_: str = "ClusterIP",
    ports: tuple[tuple[str, int, int], ...] = (("http", 80, 8080),),
    labels: dict[str, str] | None = None,
    ips: tuple[str, ...] = (),
) -> Manifest:
    spec: Manifest = {
        "type": type_,
        "ports": [
            {"name": word, "port": port, "targetPort": target, "protocol": "TCP"}
            for word, port, target in ports
        ],
    }
    status: Manifest = {"loadBalancer": {"ingress": [{"ip": ip} for ip in ips]}}
    made = manifest("Service", name, namespace, labels={**(labels or {})})
    return made | {"spec": spec, "status": status}


def endpoints(name: str = "web", namespace: str = "shop", *, ready: bool = True) -> Manifest:
    """Return the slice of a Service with one endpoint on its port `http`."""
    labels: Manifest = {"kubernetes.io/service-name": name}
    return manifest("EndpointSlice", f"{name}-1", namespace, labels=labels) | {
        "addressType": "IPv4",
        "ports": [{"name": "http", "port": 8080, "protocol": "TCP"}],
        "endpoints": [{"addresses": ["10.244.0.2"], "conditions": {"ready": ready}}],
    }
