"""The documents themselves: one per group version, the index of them, and Swagger 2."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cached_property

import orjson

from cluster.api.kube.openapi.operations import paths_of, root_of
from cluster.api.kube.openapi.schemas import META, Dialect, closure, name_of, schema
from cluster.api.kube.openapi.served import Resource
from cluster.machinery.manifest import JSON, Manifest

SWAGGER_PROTOBUF_TYPE = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
# swagger "2.0", info {title netviz, version v1}, no paths: what kubectl 1.27 and 1.28 cannot do
# without; they and all later ones read the schemas elsewhere. kube-api.md section 4.
SWAGGER_PROTOBUF = bytes.fromhex("0a03322e30120c0a066e657476697a120276314200")
_INFO: Manifest = {"title": "netviz", "version": "v1"}
_ALWAYS = ("DeleteOptions", "Patch", "Status")
_TOKEN = "BearerToken"  # noqa: S105 - the word of OpenAPI's documents, no token


class OpenAPI:
    """The documents of the resources that are served; each is made once, as bytes of JSON."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        """Describe `resources`."""
        self._resources = tuple(resources)

    def index(self) -> Manifest:
        """Return the answer of `/openapi/v3`.

        The addresses are the server's own, without what stands before `/openapi`: clients add
        the path of their kubeconfig's server. Their hash changes with the document.
        """
        return {"paths": {
            path: {"serverRelativeURL": f"/openapi/v3/{path}?hash={self.hash_of(path)}"}
            for path in sorted(self._by_path)
        }}  # fmt: skip

    def document(self, path: str) -> bytes | None:
        """Return the document of a group version (`api/v1`, `apis/apps/v1`), None without one."""
        return self._documents.get(path)

    def hash_of(self, path: str) -> str:
        """Return the hash of a document, as it stands in its address and may be its ETag."""
        return hashlib.sha256(self._documents[path]).hexdigest().upper()

    def swagger(self) -> bytes:
        """Return the answer of `/openapi/v2` to a client that asks for JSON."""
        return self._swagger

    @cached_property
    def _by_path(self) -> dict[str, list[Resource]]:
        found: dict[str, list[Resource]] = {}
        for resource in self._resources:
            found.setdefault(root_of(resource.group, resource.version), []).append(resource)
        return found

    @cached_property
    def _documents(self) -> dict[str, bytes]:
        return {path: orjson.dumps(_document(found)) for path, found in self._by_path.items()}

    @cached_property
    def _swagger(self) -> bytes:
        return orjson.dumps(
            {
                "swagger": "2.0",
                "info": _INFO,
                "paths": _paths(self._resources, "2.0"),
                "definitions": _schemas(self._resources, "2.0"),
            }
        )


def _document(resources: Iterable[Resource]) -> Manifest:
    listed = tuple(resources)
    return {
        "openapi": "3.0.0",
        "info": _INFO,
        "paths": _paths(listed, "3.0"),
        "components": {
            "schemas": _schemas(listed, "3.0"),
            "securitySchemes": {_TOKEN: {"type": "apiKey", "name": "authorization",
                                         "in": "header", "description": "Bearer Token"}},
        },
        "security": [{_TOKEN: []}],
    }  # fmt: skip


def _paths(resources: Iterable[Resource], dialect: Dialect) -> Manifest:
    found: dict[str, JSON] = {}
    for resource in resources:
        found.update(paths_of(resource, dialect))
    return {path: found[path] for path in sorted(found)}


def _schemas(resources: Iterable[Resource], dialect: Dialect) -> Manifest:
    roots = [META + word for word in _ALWAYS]
    for resource in resources:
        kinds = [(resource.group, resource.version, resource.kind + end) for end in ("", "List")]
        kinds += [(each.group, each.version, each.kind) for each in resource.subresources]
        roots += [name for kind in kinds if (name := name_of(*kind)) is not None]
    return {name: schema(name, dialect) for name in closure(roots)}
