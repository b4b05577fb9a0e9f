"""A manifest held against the shape of its kind, as the apiserver decodes it.

Three findings: values of the wrong type (always an error), fields the kind does not have (an
error, a warning or nothing, as the request says), and the manifest as it would be kept. Meaning is
not looked at: that a port is at most 65535 is for the kinds' own checks.
Source: semantics.md A-22, A-36; sigs.k8s.io/json `internal/golang/encoding/json/decode.go`.
"""

from __future__ import annotations

from dataclasses import dataclass

from cluster.machinery.errors import BadRequest
from cluster.machinery.fitting import SCALAR_FITS, fitting
from cluster.machinery.go_values import base64_fault, go_word, quantity_fault, time_fault
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.repeated import NOTHING_REPEATED, Repeated
from cluster.machinery.schema import ListShape, MapShape, Scalar, ScalarShape, Shape, StructShape


@dataclass(frozen=True, slots=True)
class Review:
    """What a manifest and its shape say to each other.

    `errors` are in the apiserver's words and in the order of the manifest; it answers with the
    first alone. `unknown` are the paths of fields the kind does not have. `pruned` is the manifest
    without them and without the nulls that mean "not set"; it is the manifest itself when there
    is nothing to prune, so copy before changing it. It says nothing useful when there are errors.
    """

    errors: tuple[str, ...]
    unknown: tuple[str, ...]
    pruned: Manifest

    def notices(self, repeated: Repeated = NOTHING_REPEATED) -> list[str]:
        """Return a text per field that is unknown or set twice."""
        return repeated.warnings(self.unknown)

    def strict_words(self, repeated: Repeated = NOTHING_REPEATED) -> str:
        """Return the text of a strict refusal, empty where there is nothing to refuse."""
        told = repeated.errors(self.unknown)
        return f"strict decoding error: {', '.join(told)}" if told else ""


def review(manifest: Manifest, shape: StructShape) -> Review:
    """Return what `manifest` breaks as an object of `shape`; the manifest is not changed."""
    if fitting(shape)(manifest):
        return Review((), (), manifest)
    walk = _Walk([], [], [])
    pruned = walk.struct(manifest, shape, "", "")
    return Review((*walk.final, *walk.errors), tuple(walk.unknown), pruned)


def undecodable(manifest: Manifest, words: str) -> BadRequest:
    """Return the 400 for a POST or PUT whose body cannot be decoded (A-22, A-36)."""
    kind, api_version = str(manifest.get("kind")), str(manifest.get("apiVersion"))
    version = api_version.rpartition("/")[2]
    return BadRequest(f'{kind} in version "{version}" cannot be handled as a {kind}: {words}')


@dataclass(slots=True)
class _Walk:
    """The thorough way: every value again, with its path, collecting what it finds.

    `where` is the path with list positions, for unknown fields; `path` is the same without
    positions and map keys, as Go's JSON reader names a field.
    """

    final: list[str]
    """Errors that end Go's reading, and so hide the others."""

    errors: list[str]
    unknown: list[str]

    def struct(self, value: Manifest, shape: StructShape, where: str, path: str) -> Manifest:
        """Return `value` without unknown members and nulls."""
        pruned: Manifest = {}
        for name, item in value.items():
            place = f"{where}.{name}" if where else name
            known = shape.fields.get(name)
            if known is None:
                self.unknown.append(place)
            elif item is not None or known.shape == _ANY:
                below = f"{path}.{name}" if path else name
                pruned[name] = self.value(item, known.shape, place, below, shape.name)
        return pruned

    def value(self, value: JSON, shape: Shape, where: str, path: str, struct: str) -> JSON:
        """Return `value` pruned; `struct` is the Go struct that holds the field at `path`."""
        if isinstance(shape, StructShape):
            if isinstance(value, dict):
                return self.struct(value, shape, where, path)
        elif isinstance(shape, ListShape):
            if isinstance(value, list):
                return [
                    _zero(shape.items)
                    if item is None
                    else self.value(item, shape.items, f"{where}[{position}]", path, struct)
                    for position, item in enumerate(value)
                ]
        elif isinstance(shape, MapShape):
            if isinstance(value, dict):
                return {
                    key: _zero(shape.values)
                    if item is None
                    else self.value(item, shape.values, f"{where}.{key}", path, struct)
                    for key, item in value.items()
                }
        else:
            self._scalar(value, shape, path, struct)
            return value
        self.errors.append(_wrong_type(go_word(value), shape.go_type, path, struct))
        return value

    def _scalar(self, value: JSON, shape: ScalarShape, path: str, struct: str) -> None:
        scalar = shape.scalar
        expected = SCALAR_FITS[scalar]
        if type(value) is expected or (not isinstance(expected, type) and expected(value)):
            return
        if scalar is Scalar.QUANTITY:
            self.final.append(quantity_fault(value) or "")
        elif scalar in {Scalar.TIME, Scalar.MICRO_TIME} and isinstance(value, str):
            self.final.append(time_fault(value))
        elif scalar is Scalar.BYTES and isinstance(value, str):
            self.errors.append(base64_fault(value) or "")
        elif scalar in _GO_INNER:
            go_type = _GO_INNER[scalar]
            self.final.append(_wrong_type(go_word(value, go_type), go_type, path, struct))
        else:
            go_type = shape.go_type
            self.errors.append(_wrong_type(go_word(value, go_type), go_type, path, struct))


def _wrong_type(word: str, go_type: str, path: str, struct: str) -> str:
    return f"json: cannot unmarshal {word} into Go struct field {struct}.{path} of type {go_type}"


_ANY = ScalarShape(Scalar.ANYTHING, Scalar.ANYTHING.value)
# Types that decode themselves complain about the type they try inside.
_GO_INNER = {
    Scalar.INT_OR_STRING: "int32", Scalar.TIME: "string", Scalar.MICRO_TIME: "string",
}  # fmt: skip


def _zero(shape: Shape) -> JSON:
    """Return what a null element of a list or map is kept as: Go's zero value."""
    if isinstance(shape, StructShape):
        return {}
    if not isinstance(shape, ScalarShape):
        return None
    zeros: dict[Scalar, JSON] = {
        Scalar.STRING: "", Scalar.BOOLEAN: False, Scalar.INT32: 0, Scalar.INT64: 0,
        Scalar.DOUBLE: 0, Scalar.INT_OR_STRING: 0, Scalar.QUANTITY: "0",
    }  # fmt: skip
    return zeros.get(shape.scalar)
