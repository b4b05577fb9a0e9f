"""Kubernetes' schemas in the words of OpenAPI 3 and of Swagger 2.

The kept package holds them as JSON schemas, made from what the apiserver publishes; this undoes
what was done to them: `null` beside every type, and the fixed words of apiVersion and kind.
Source: kube-api.md section 4; kube-openapi `pkg/openapiconv/convert.go`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Literal, TypeAlias

from cluster.machinery.manifest import JSON, Manifest, copy, list_at, mapping_at, text_at
from cluster.machinery.schema import definitions

Dialect: TypeAlias = Literal["3.0", "2.0"]
PLACES: dict[Dialect, str] = {"3.0": "#/components/schemas/", "2.0": "#/definitions/"}
META = "io.k8s.apimachinery.pkg.apis.meta.v1."
_FROM = "#/$defs/"
_IDENTITY = "x-kubernetes-group-version-kind"
_UNIONS: dict[str, dict[Dialect, Manifest]] = {
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": {
        "3.0": {"format": "int-or-string", "oneOf": [{"type": "integer"}, {"type": "string"}]},
        "2.0": {"format": "int-or-string", "type": "string"},
    },
    "io.k8s.apimachinery.pkg.api.resource.Quantity": {
        "3.0": {"oneOf": [{"type": "string"}, {"type": "number"}]},
        "2.0": {"type": "string"},
    },
}


def name_of(group: str, version: str, kind: str) -> str | None:
    """Return the name of a kind's definition (`io.k8s.api.apps.v1.Deployment`), None without."""
    return _names().get((group, version, kind))


def closure(roots: Iterable[str]) -> list[str]:
    """Return `roots` and every definition they refer to, sorted."""
    known = definitions()
    waiting, found = list(roots), set[str]()
    while waiting:
        name = waiting.pop()
        if name not in found and name in known:
            found.add(name)
            waiting += _references(known[name])
    return sorted(found)


def schema(name: str, dialect: Dialect) -> Manifest:
    """Return the schema of a definition as `dialect` writes it."""
    if name in _UNIONS:
        return copy(_UNIONS[name][dialect])
    return _converted(mapping_at(definitions(), name), dialect)


def reference(name: str, dialect: Dialect) -> Manifest:
    """Return a reference to a definition."""
    return {"$ref": PLACES[dialect] + name}


def _converted(node: Manifest, dialect: Dialect) -> Manifest:
    found: Manifest = {}
    for word, value in node.items():
        if word == "type":
            found[word] = _type_word(value)
        elif word == "properties" and isinstance(value, dict):
            found[word] = {
                name: _property(name, below, dialect)
                for name, below in value.items()
                if isinstance(below, dict)
            }
        elif word in {"items", "additionalProperties"} and isinstance(value, dict):
            found[word] = _converted(value, dialect)
        elif word == "$ref":
            found[word] = PLACES[dialect] + str(value).removeprefix(_FROM)
        else:
            found[word] = value
    if "$ref" in found and len(found) > 1 and dialect == "3.0":
        # Beside a reference OpenAPI 3 reads nothing.
        found = {"allOf": [{"$ref": found.pop("$ref")}], **found}
    return found


def _property(name: str, node: Manifest, dialect: Dialect) -> Manifest:
    found = _converted(node, dialect)
    if name in {"apiVersion", "kind"}:
        found.pop("enum", None)
    return found


def _type_word(value: JSON) -> JSON:
    if isinstance(value, list):
        return next((word for word in value if word != "null"), None)
    return value


def _references(node: JSON) -> Iterable[str]:
    if isinstance(node, dict):
        target = node.get("$ref")
        if isinstance(target, str):
            yield target.removeprefix(_FROM)
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


@cache
def _names() -> dict[tuple[str, str, str], str]:
    found: dict[tuple[str, str, str], str] = {}
    for name, definition in definitions().items():
        if not isinstance(definition, dict):
            continue
        for identity in list_at(definition, _IDENTITY):
            if isinstance(identity, dict):
                group, version = text_at(identity, "group"), text_at(identity, "version")
                key = (group or "", version or "", text_at(identity, "kind") or "")
                found.setdefault(key, name)
    return found
