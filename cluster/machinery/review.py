"""A manifest held against the shape of its kind, as the apiserver decodes it.

Three findings: values of the wrong type (always an error), fields the kind does not have (an
error, a warning or nothing, as the request says), and the manifest as it would be kept. Meaning is
not looked at: that a port is at most 65535 is for the kinds' own checks.
Source: semantics.md A-22, A-36; sigs.k8s.io/json `internal/golang/encoding/json/decode.go`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from cluster.machinery.errors import BadRequest
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.schema import ListShape, MapShape, Scalar, ScalarShape, Shape, StructShape

_INT32 = range(-(2**31), 2**31)
_INT64 = range(-(2**63), 2**63)
_QUANTITY = re.compile(
    r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?"
)
_QUANTITY_FORM = re.compile(r"[+-]?[0-9.]+[eEinumkKMGTP]*[-+]?[0-9]*")
_QUANTITY_WORDS = (
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
)
_TIME_LAYOUT = "2006-01-02T15:04:05Z07:00"
_TIME = re.compile(
    r"\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:[.,]\d+)?(?:Z|[+-]\d\d:\d\d)"
)
_TIME_ELEMENTS = (
    ("2006", 9999, ""), ("-", 0, ""), ("01", 12, "month"), ("-", 0, ""), ("02", 99, ""),
    ("T", 0, ""), ("15", 23, "hour"), (":", 0, ""), ("04", 59, "minute"), (":", 0, ""),
    ("05", 59, "second"),
)  # fmt: skip
_BASE64_ALPHABET = re.compile(r"[A-Za-z0-9+/=\r\n]*")


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

    @property
    def strict_words(self) -> str:
        """The text of a strict refusal, or empty: `strict decoding error: unknown field "x"`."""
        if not self.unknown:
            return ""
        listed = ", ".join(f'unknown field "{path}"' for path in self.unknown)
        return f"strict decoding error: {listed}"


def review(manifest: Manifest, shape: StructShape) -> Review:
    """Return what is wrong with `manifest` as an object of `shape`; the manifest is not changed."""
    if _fitting(shape)(manifest):
        return Review((), (), manifest)
    walk = _Walk([], [], [])
    pruned = walk.struct(manifest, shape, "", "")
    return Review((*walk.final, *walk.errors), tuple(walk.unknown), pruned)


def undecodable(manifest: Manifest, words: str) -> BadRequest:
    """Return the 400 for a POST or PUT whose body cannot be decoded (A-22, A-36)."""
    kind, api_version = str(manifest.get("kind")), str(manifest.get("apiVersion"))
    version = api_version.rpartition("/")[2]
    return BadRequest(f'{kind} in version "{version}" cannot be handled as a {kind}: {words}')


# The quick way: one predicate per shape, which says "nothing to report, nothing to prune".
# Nearly every manifest passes it, at a fraction of the price of the walk below.

_Fit: TypeAlias = Callable[[JSON], bool]


def _fits_int32(value: JSON) -> bool:
    return type(value) is int and value in _INT32


def _fits_int64(value: JSON) -> bool:
    return type(value) is int and value in _INT64


def _fits_int_or_string(value: JSON) -> bool:
    return type(value) is str or (type(value) is int and value in _INT32)


def _fits_number(value: JSON) -> bool:
    return type(value) is float or type(value) is int


def _fits_quantity(value: JSON) -> bool:
    return _quantity_fault(value) is None


def _fits_time(value: JSON) -> bool:
    return isinstance(value, str) and _TIME.fullmatch(value) is not None and _is_date(value)


def _fits_bytes(value: JSON) -> bool:
    return isinstance(value, str) and _base64_fault(value) is None


def _fits_text_map(value: JSON) -> bool:
    return type(value) is dict and all(type(item) is str for item in value.values())


def _fits_text_list(value: JSON) -> bool:
    return type(value) is list and all(type(item) is str for item in value)


_SCALAR_FITS: dict[Scalar, type | _Fit] = {
    Scalar.STRING: str,
    Scalar.BOOLEAN: bool,
    Scalar.INT32: _fits_int32,
    Scalar.INT64: _fits_int64,
    Scalar.DOUBLE: _fits_number,
    Scalar.BYTES: _fits_bytes,
    Scalar.TIME: _fits_time,
    Scalar.MICRO_TIME: _fits_time,
    Scalar.INT_OR_STRING: _fits_int_or_string,
    Scalar.QUANTITY: _fits_quantity,
    Scalar.ANYTHING: lambda _: True,
}
_COMPILED: dict[StructShape, _Fit] = {}


def _fitting(shape: StructShape) -> _Fit:
    """Return the predicate of a struct, compiled on first use."""
    found = _COMPILED.get(shape)
    if found is None:
        found = _COMPILED[shape] = _compile_struct(shape)
    return found


def _compile_struct(shape: StructShape) -> _Fit:
    members: dict[str, type | _Fit] = {}
    wanted = members.get

    def fits(value: JSON) -> bool:
        if type(value) is not dict:
            return False
        if not members:
            members.update({name: _compile(each.shape) for name, each in shape.fields.items()})
        for name, item in value.items():
            expected = wanted(name)
            if expected is type(item):
                continue
            if expected is None or isinstance(expected, type) or not expected(item):
                return False
        return True

    return fits


def _compile(shape: Shape) -> type | _Fit:
    if isinstance(shape, StructShape):
        return _fitting(shape)
    if isinstance(shape, ScalarShape):
        return _SCALAR_FITS[shape.scalar]
    if isinstance(shape, ListShape):
        inner = _compile(shape.items)
        return _fits_text_list if inner is str else _compile_list(_predicate(inner))
    inner = _compile(shape.values)
    return _fits_text_map if inner is str else _compile_map(_predicate(inner))


def _predicate(fit: type | _Fit) -> _Fit:
    if isinstance(fit, type):
        wanted = fit
        return lambda value: type(value) is wanted
    return fit


def _compile_list(inner: _Fit) -> _Fit:
    def fits(value: JSON) -> bool:
        return type(value) is list and all(map(inner, value))

    return fits


def _compile_map(inner: _Fit) -> _Fit:
    def fits(value: JSON) -> bool:
        return type(value) is dict and all(map(inner, value.values()))

    return fits


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
        self.errors.append(_wrong_type(_go_word(value), shape.go_type, path, struct))
        return value

    def _scalar(self, value: JSON, shape: ScalarShape, path: str, struct: str) -> None:
        scalar = shape.scalar
        expected = _SCALAR_FITS[scalar]
        if type(value) is expected or (not isinstance(expected, type) and expected(value)):
            return
        if scalar is Scalar.QUANTITY:
            self.final.append(_quantity_fault(value) or "")
        elif scalar in {Scalar.TIME, Scalar.MICRO_TIME} and isinstance(value, str):
            self.final.append(_time_fault(value))
        elif scalar is Scalar.BYTES and isinstance(value, str):
            self.errors.append(_base64_fault(value) or "")
        elif scalar in _GO_INNER:
            go_type = _GO_INNER[scalar]
            self.final.append(_wrong_type(_go_word(value, go_type), go_type, path, struct))
        else:
            go_type = shape.go_type
            self.errors.append(_wrong_type(_go_word(value, go_type), go_type, path, struct))


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


def _go_word(value: JSON, go_type: str = "") -> str:
    """Return what Go's reader calls a JSON value; numbers that do not fit are printed."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return f"number {value}" if go_type in {"int32", "int64"} else "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def _quantity_fault(value: JSON) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return _QUANTITY_WORDS
    text = str(value)
    if _QUANTITY.fullmatch(text):
        return None
    return (
        "unable to parse quantity's suffix" if _QUANTITY_FORM.fullmatch(text) else _QUANTITY_WORDS
    )


def _is_date(value: str) -> bool:
    try:
        datetime.fromisoformat(value[:10])
    except ValueError:
        return False
    return True


def _time_fault(value: str) -> str:
    """Return what Go's `time.Parse` says about a text that is no RFC 3339 time."""
    rest = value
    for element, highest, unit in _TIME_ELEMENTS:
        matched = re.match(r"\d" * len(element) if highest else re.escape(element), rest)
        if matched is None:
            return (
                f'parsing time "{value}" as "{_TIME_LAYOUT}": cannot parse "{rest}" as "{element}"'
            )
        if unit and not (unit == "month") <= int(matched[0]) <= highest:
            return f'parsing time "{value}": {unit} out of range'
        rest = rest[matched.end() :]
    if re.fullmatch(r"(?:[.,]\d+)?(?:Z|[+-]\d\d:\d\d)", rest):
        return f'parsing time "{value}": day out of range'
    return f'parsing time "{value}" as "{_TIME_LAYOUT}": cannot parse "{rest}" as "Z07:00"'


def _base64_fault(value: str) -> str | None:
    good = _BASE64_ALPHABET.match(value)
    end = good.end() if good else 0
    packed = value[:end].replace("\r", "").replace("\n", "")
    padding = packed.find("=")
    if end == len(value) and padding < 0 and len(packed) % 4 == 0:
        return None
    if padding >= 0:
        needed = "==" if padding % 4 == 2 else "="  # noqa: PLR2004
        if padding % 4 < 2 or (packed[padding:] != needed and len(packed) > padding + 1):  # noqa: PLR2004
            return f"illegal base64 data at input byte {padding}"
        if packed[padding:] == needed and end == len(value):
            return None
    at = end if end != len(value) else len(packed) // 4 * 4
    return f"illegal base64 data at input byte {at}"
