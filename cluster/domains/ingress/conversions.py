"""Ingresses of the old API versions as networking.k8s.io/v1 writes them.

Runs before the structural check: whatever is not of the old shape stays as it is, and is refused
there. Source: kubernetes `pkg/apis/networking/v1beta1/{conversion,defaults}.go`.
"""

from __future__ import annotations

from cluster.domains.ingress.ingress import IMPLEMENTATION_SPECIFIC
from cluster.machinery.manifest import JSON, Manifest, copy


def from_v1beta1(manifest: Manifest) -> Manifest:
    """Return a v1 Ingress: backends name a `service`, every path has a `pathType`."""
    converted = copy(manifest)
    spec = converted.get("spec")
    if not isinstance(spec, dict):
        return converted
    if "backend" in spec:
        spec["defaultBackend"] = _backend(spec.pop("backend"))
    for rule in _mappings(spec.get("rules")):
        http = rule.get("http")
        for path in _mappings(http.get("paths") if isinstance(http, dict) else None):
            if path.get("pathType") is None:
                path["pathType"] = IMPLEMENTATION_SPECIFIC
            if "backend" in path:
                path["backend"] = _backend(path["backend"])
    return converted


def _mappings(value: JSON) -> list[Manifest]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _backend(backend: JSON) -> JSON:
    """Return `serviceName` and `servicePort` as a `service`; a resource stays."""
    if not isinstance(backend, dict) or not {"serviceName", "servicePort"} & backend.keys():
        return backend
    kept = {key: value for key, value in backend.items() if not key.startswith("service")}
    service: Manifest = {}
    if backend.get("serviceName") is not None:
        service["name"] = backend["serviceName"]
    port = backend.get("servicePort")
    if port is not None:
        service["port"] = {"name" if isinstance(port, str) else "number": port}
    return kept | {"service": service}
