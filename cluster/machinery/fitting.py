"""One predicate per shape: does a value fit so well that there is nothing to say about it?

Nearly every manifest does, and is known to at a fraction of the price of `review`'s walk: a table
look-up per member. Predicates are compiled once per struct, on first use.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from cluster.machinery.go_values import base64_fault, is_time, quantity_fault
from cluster.machinery.manifest import JSON
from cluster.machinery.schema import ListShape, Scalar, ScalarShape, Shape, StructShape

_INT32 = range(-(2**31), 2**31)
_INT64 = range(-(2**63), 2**63)

Fit: TypeAlias = Callable[[JSON], bool]


def _fits_int32(value: JSON) -> bool:
    return type(value) is int and value in _INT32


def _fits_int64(value: JSON) -> bool:
    return type(value) is int and value in _INT64


def _fits_int_or_string(value: JSON) -> bool:
    return type(value) is str or (type(value) is int and value in _INT32)


def _fits_number(value: JSON) -> bool:
    return type(value) is float or type(value) is int


def _fits_quantity(value: JSON) -> bool:
    return quantity_fault(value) is None


def _fits_time(value: JSON) -> bool:
    return isinstance(value, str) and is_time(value)


def _fits_bytes(value: JSON) -> bool:
    return isinstance(value, str) and base64_fault(value) is None


def _fits_text_map(value: JSON) -> bool:
    return type(value) is dict and all(type(item) is str for item in value.values())


def _fits_text_list(value: JSON) -> bool:
    return type(value) is list and all(type(item) is str for item in value)


SCALAR_FITS: dict[Scalar, type | Fit] = {
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
_COMPILED: dict[StructShape, Fit] = {}


def fitting(shape: StructShape) -> Fit:
    """Return the predicate of a struct: nothing to report, nothing to prune."""
    found = _COMPILED.get(shape)
    if found is None:
        found = _COMPILED[shape] = _compile_struct(shape)
    return found


def _compile_struct(shape: StructShape) -> Fit:
    members: dict[str, type | Fit] = {}
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


def _compile(shape: Shape) -> type | Fit:
    if isinstance(shape, StructShape):
        return fitting(shape)
    if isinstance(shape, ScalarShape):
        return SCALAR_FITS[shape.scalar]
    if isinstance(shape, ListShape):
        inner = _compile(shape.items)
        return _fits_text_list if inner is str else _compile_list(_predicate(inner))
    inner = _compile(shape.values)
    return _fits_text_map if inner is str else _compile_map(_predicate(inner))


def _predicate(fit: type | Fit) -> Fit:
    if isinstance(fit, type):
        wanted = fit
        return lambda value: type(value) is wanted
    return fit


def _compile_list(inner: Fit) -> Fit:
    def fits(value: JSON) -> bool:
        return type(value) is list and all(map(inner, value))

    return fits


def _compile_map(inner: Fit) -> Fit:
    def fits(value: JSON) -> bool:
        return type(value) is dict and all(map(inner, value.values()))

    return fits
