"""Kubernetes' own schemas: which fields a kind has, and what lists and maps do when merged.

The schemas are those the apiserver publishes (OpenAPI definitions of one release, kept in the
package `kubernetes_validate`), read once and compiled into one `StructShape` per Go struct, each
when it is first needed. What a manifest breaks is told by `review.py`.
"""

from __future__ import annotations

import enum
import importlib.resources
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TypeAlias

import orjson

from cluster.machinery.go_types import named_type
from cluster.machinery.manifest import Manifest, list_at, mapping_at, text_at

RELEASE = "v1.34.0"
_REFERENCE = "#/$defs/"
_META = ".apimachinery.pkg."


class Scalar(enum.Enum):
    """The JSON values that are no mapping and no list of known members, by their Go reading."""

    STRING = "string"
    BOOLEAN = "bool"
    INT32 = "int32"
    INT64 = "int64"
    DOUBLE = "float64"
    BYTES = "[]uint8"
    TIME = "v1.Time"
    MICRO_TIME = "v1.MicroTime"
    INT_OR_STRING = "intstr.IntOrString"
    QUANTITY = "resource.Quantity"
    ANYTHING = "interface {}"


@dataclass(frozen=True, slots=True)
class ScalarShape:
    """A single value; `go_type` is how the apiserver names its type."""

    scalar: Scalar
    go_type: str


@dataclass(frozen=True, slots=True)
class ListShape:
    """A list of `items`."""

    items: Shape
    go_type: str


@dataclass(frozen=True, slots=True)
class MapShape:
    """A mapping from any text to `values` (labels, selectors, resource lists)."""

    values: Shape
    go_type: str


class PatchStrategy(enum.Flag):
    """What a strategic merge patch does to a field; lists without MERGE are replaced whole."""

    NONE = 0
    MERGE = enum.auto()
    RETAIN_KEYS = enum.auto()
    REPLACE = enum.auto()


@dataclass(frozen=True, slots=True)
class Field:
    """One member of a struct.

    `merge_key` tells the elements of a merged list apart, None for lists of primitives.
    `list_type` (`atomic`, `set`, `map` or None), `list_map_keys` and `map_type` (`atomic`,
    `granular` or None) say who owns what in server-side apply.
    """

    name: str
    shape: Shape
    description: str
    required: bool
    strategy: PatchStrategy
    merge_key: str | None
    list_type: str | None
    list_map_keys: tuple[str, ...]
    map_type: str | None


@dataclass(eq=False)
class StructShape:
    """A Go struct: known members, each with its shape. Compared by identity; one per struct."""

    name: str
    """As Go prints it in errors: `ServicePort`."""

    go_type: str
    """With its package: `v1.ServicePort`."""

    description: str
    definition: Manifest = field(repr=False)
    schema: Schema = field(repr=False)

    @cached_property
    def is_atomic(self) -> bool:
        """Whether server-side apply takes it as one value wherever it stands (LabelSelector)."""
        return text_at(self.definition, "x-kubernetes-map-type") == "atomic"

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """The members by JSON name; built on first use, since structs may contain themselves."""
        required = list_at(self.definition, "required")
        return {
            name: self.schema.make_field(
                self.name, name, mapping_at(properties, name), required=name in required
            )
            for properties in (mapping_at(self.definition, "properties"),)
            for name in properties
        }


Shape: TypeAlias = ScalarShape | ListShape | MapShape | StructShape

_SCALAR_DEFINITIONS = {
    "util.intstr.IntOrString": Scalar.INT_OR_STRING,
    "api.resource.Quantity": Scalar.QUANTITY,
    "apis.meta.v1.Time": Scalar.TIME,
    "apis.meta.v1.MicroTime": Scalar.MICRO_TIME,
}
_SCALAR_TYPES = {
    ("string", None): Scalar.STRING,
    ("string", "byte"): Scalar.BYTES,
    ("string", "date-time"): Scalar.TIME,
    ("boolean", None): Scalar.BOOLEAN,
    ("integer", "int32"): Scalar.INT32,
    ("integer", "int64"): Scalar.INT64,
    ("integer", None): Scalar.INT64,
    ("number", "double"): Scalar.DOUBLE,
    ("number", None): Scalar.DOUBLE,
}
_ANYTHING = ScalarShape(Scalar.ANYTHING, Scalar.ANYTHING.value)


class Schema:
    """The structs of one release of Kubernetes."""

    def __init__(self, definitions: Manifest) -> None:
        """Index `definitions` (the `$defs` of the schema file) by group, version and kind."""
        self._definitions = definitions
        self._structs: dict[str, StructShape] = {}
        self._kinds: dict[tuple[str, str], str] = {}
        for name in definitions:
            for identity in list_at(
                mapping_at(definitions, name), "x-kubernetes-group-version-kind"
            ):
                if isinstance(identity, dict):
                    group, version = text_at(identity, "group"), text_at(identity, "version")
                    api_version = f"{group}/{version}" if group else version or ""
                    self._kinds.setdefault((api_version, text_at(identity, "kind") or ""), name)

    def for_kind(self, api_version: str, kind: str) -> StructShape | None:
        """Return the shape of objects of a kind (`apps/v1`, `Deployment`), None if unknown."""
        name = self._kinds.get((api_version, kind))
        return None if name is None else self._struct(name)

    def make_field(self, owner: str, name: str, node: Manifest, *, required: bool) -> Field:
        """Return the field `name` of the struct `owner`, compiled from its JSON schema."""
        words = (text_at(node, "x-kubernetes-patch-strategy") or "").split(",")
        strategy = PatchStrategy.NONE
        for word, flag in _STRATEGY_WORDS.items():
            if word in words:
                strategy |= flag
        return Field(
            name=name,
            shape=self._shape(node, owner, name),
            description=text_at(node, "description") or "",
            required=required,
            strategy=strategy,
            merge_key=text_at(node, "x-kubernetes-patch-merge-key"),
            list_type=text_at(node, "x-kubernetes-list-type"),
            list_map_keys=tuple(str(key) for key in list_at(node, "x-kubernetes-list-map-keys")),
            map_type=text_at(node, "x-kubernetes-map-type"),
        )

    def _struct(self, name: str) -> StructShape:
        struct = self._structs.get(name)
        if struct is None:
            definition = mapping_at(self._definitions, name)
            *_, package, word = name.split(".")
            description = text_at(definition, "description") or ""
            struct = StructShape(word, f"{package}.{word}", description, definition, self)
            self._structs[name] = struct
        return struct

    def _shape(self, node: Manifest, owner: str, name: str) -> Shape:
        reference = text_at(node, "$ref")
        if reference is not None:
            return self._referenced(reference.removeprefix(_REFERENCE))
        word = _type_word(node)
        if word == "array":
            items = self._shape(mapping_at(node, "items"), owner, f"{name}[]")
            return ListShape(items, named_type(owner, name) or f"[]{items.go_type}")
        if word == "object" and "additionalProperties" in node:
            values = self._shape(mapping_at(node, "additionalProperties"), owner, f"{name}{{}}")
            return MapShape(values, named_type(owner, name) or f"map[string]{values.go_type}")
        scalar = _SCALAR_TYPES.get((word, text_at(node, "format")))
        if scalar is None:
            return _ANYTHING
        return ScalarShape(scalar, named_type(owner, name) or scalar.value)

    def _referenced(self, name: str) -> Shape:
        scalar = _SCALAR_DEFINITIONS.get(name.partition(_META)[2])
        if scalar is not None:
            return ScalarShape(scalar, scalar.value)
        if "properties" in mapping_at(self._definitions, name):
            return self._struct(name)
        # RawExtension, FieldsV1, JSON and the JSONSchemaPropsOr... unions: kept as they are.
        return _ANYTHING


_STRATEGY_WORDS = {
    "merge": PatchStrategy.MERGE,
    "retainKeys": PatchStrategy.RETAIN_KEYS,
    "replace": PatchStrategy.REPLACE,
}


def _type_word(node: Manifest) -> str:
    """Return the JSON type, without the `null` that the schemas add to every optional field."""
    word = node.get("type")
    if isinstance(word, list):
        return next((str(item) for item in word if item != "null"), "")
    return word if isinstance(word, str) else ""


@cache
def definitions() -> Manifest:
    """Return the JSON schemas by the names of their structs; the caller may not change them."""
    folder = importlib.resources.files("kubernetes_validate") / "kubernetes-json-schema"
    text = (folder / f"{RELEASE}-local" / "_definitions.json").read_bytes()
    return mapping_at(orjson.loads(text), "$defs")


@cache
def kubernetes() -> Schema:
    """Return the schema of the release netviz follows; read once, in some tens of milliseconds."""
    return Schema(definitions())


@cache
def shape_of(api_version: str, kind: str) -> StructShape:
    """Return the shape of a kind that netviz serves; raises KeyError for one Kubernetes lacks."""
    shape = kubernetes().for_kind(api_version, kind)
    if shape is None:
        raise KeyError(f"{api_version} {kind}")
    return shape
