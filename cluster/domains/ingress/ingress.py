"""Ingresses and IngressClasses as rules read them.

Only what routes a request is parsed. Source: networking/v1 `IngressSpec`, `IngressClassSpec`;
semantics.md G.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from sys import intern
from typing import NamedTuple

from cluster.machinery.addresses import canonical
from cluster.machinery.manifest import (
    Manifest,
    integer_at,
    mapping_at,
    mappings_at,
    text_at,
    texts_at,
)
from cluster.machinery.meta import ObjectMeta, parse_meta

CLASS_ANNOTATION = "kubernetes.io/ingress.class"
DEFAULT_CLASS_ANNOTATION = "ingressclass.kubernetes.io/is-default-class"
EXACT, PREFIX, IMPLEMENTATION_SPECIFIC = "Exact", "Prefix", "ImplementationSpecific"
PATH_TYPES = (EXACT, IMPLEMENTATION_SPECIFIC, PREFIX)


class Resource(NamedTuple):
    """An object of the Ingress's own namespace that is no Service (G-8, G-37)."""

    api_group: str
    kind: str
    name: str


class Backend(NamedTuple):
    """Where requests go: a Service of the Ingress's own namespace, or a resource (G-36).

    `port` is the number or the name of the Service's port (G-33). Exactly one of `service` and
    `resource` is set.
    """

    service: str | None = None
    port: int | str | None = None
    resource: Resource | None = None

    def __str__(self) -> str:
        """`web:80`, `StorageBucket/assets`."""
        if self.resource is not None:
            return f"{self.resource.kind}/{self.resource.name}"
        return f"{self.service}:{self.port}"


class IngressPath(NamedTuple):
    """One path of a rule; `path` is as written, an empty one means `/` (G-26)."""

    path: str
    path_type: str
    backend: Backend


class IngressRule(NamedTuple):
    """One rule. `host` is empty for every host; without `http` there are no paths (G-2)."""

    host: str
    paths: tuple[IngressPath, ...] = ()


class IngressTLS(NamedTuple):
    """Hosts and the Secret with their certificate, empty for the controller's own."""

    hosts: tuple[str, ...]
    secret_name: str


class Address(NamedTuple):
    """One entry of `status.loadBalancer.ingress`; one of the two is empty."""

    ip: str = ""
    hostname: str = ""


class Route(NamedTuple):
    """What a request is matched by, and where it stands (`spec.rules[0].http.paths[1]`)."""

    where: str
    host: str
    path: IngressPath


@dataclass(frozen=True, slots=True)
class Ingress:
    """An Ingress. `class_name` and `class_annotation` are None where absent."""

    meta: ObjectMeta
    class_name: str | None = None
    default_backend: Backend | None = None
    rules: tuple[IngressRule, ...] = ()
    tls: tuple[IngressTLS, ...] = ()
    addresses: tuple[Address, ...] = ()

    @property
    def class_annotation(self) -> str | None:
        """The class by the older annotation; an empty one counts as present (G-14)."""
        return self.meta.annotations.get(CLASS_ANNOTATION)

    @property
    def class_word(self) -> str | None:
        """The class it asks for: the field, else the annotation; None asks for none."""
        return self.class_name if self.class_name is not None else self.class_annotation

    def routes(self) -> Iterator[Route]:
        """Yield every path of every rule, in the order written."""
        for index, rule in enumerate(self.rules):
            for position, path in enumerate(rule.paths):
                yield Route(f"spec.rules[{index}].http.paths[{position}]", rule.host, path)

    def backends(self) -> Iterator[tuple[str, Backend]]:
        """Yield every backend with its path (`spec.rules[0].http.paths[1].backend`)."""
        if self.default_backend is not None:
            yield "spec.defaultBackend", self.default_backend
        for route in self.routes():
            yield f"{route.where}.backend", route.path.backend

    @property
    def age_order(self) -> tuple[str, str, str]:
        """Sorts the oldest first, then by namespace and name (G-27)."""
        return (self.meta.creation_timestamp or "~", self.meta.namespace, self.meta.name)


@dataclass(frozen=True, slots=True)
class IngressClass:
    """An IngressClass: which controller answers for the Ingresses of a class."""

    meta: ObjectMeta
    controller: str = ""

    @property
    def is_default(self) -> bool:
        """Whether new Ingresses without a class get this one: exactly `true` (G-14)."""
        return self.meta.annotations.get(DEFAULT_CLASS_ANNOTATION) == "true"


def parse_ingress(manifest: Manifest) -> Ingress:
    """Return the Ingress in a checked manifest."""
    spec = mapping_at(manifest, "spec")
    return Ingress(
        meta=parse_meta(manifest),
        class_name=text_at(spec, "ingressClassName"),
        default_backend=(
            _parse_backend(mapping_at(spec, "defaultBackend"))
            if spec.get("defaultBackend") is not None
            else None
        ),
        rules=tuple(_parse_rule(rule) for rule in mappings_at(spec, "rules")),
        tls=tuple(
            IngressTLS(tuple(texts_at(entry, "hosts")), text_at(entry, "secretName") or "")
            for entry in mappings_at(spec, "tls")
        ),
        addresses=tuple(
            Address(canonical(text_at(entry, "ip") or ""), text_at(entry, "hostname") or "")
            for entry in mappings_at(manifest, "status", "loadBalancer", "ingress")
        ),
    )


def _parse_rule(rule: Manifest) -> IngressRule:
    paths = (
        IngressPath(
            path=text_at(path, "path") or "",
            path_type=intern(text_at(path, "pathType") or IMPLEMENTATION_SPECIFIC),
            backend=_parse_backend(mapping_at(path, "backend")),
        )
        for path in mappings_at(rule, "http", "paths")
    )
    return IngressRule(intern(text_at(rule, "host") or ""), tuple(paths))


def _parse_backend(backend: Manifest) -> Backend:
    if backend.get("resource") is not None:
        resource = mapping_at(backend, "resource")
        parts = (text_at(resource, field) or "" for field in ("apiGroup", "kind", "name"))
        return Backend(resource=Resource(*parts))
    service = mapping_at(backend, "service")
    return Backend(
        service=intern(text_at(service, "name") or ""),
        port=text_at(service, "port", "name") or integer_at(service, "port", "number"),
    )


def parse_ingress_class(manifest: Manifest) -> IngressClass:
    """Return the IngressClass in a checked manifest."""
    return IngressClass(parse_meta(manifest), text_at(manifest, "spec", "controller") or "")
