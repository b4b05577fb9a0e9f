"""What a YAML scalar means to Kubernetes.

Kubernetes reads YAML with go-yaml v2 and turns it into JSON. That reader is neither YAML 1.1 nor
1.2: `yes`, `on` and `y` are booleans and `0777` is octal, but `1:20` and dates stay text. Every
manifest is JSON in the end, so numbers follow JSON as Go writes it: `1.0` becomes `1`.
Source: sigs.k8s.io/yaml `goyaml.v2/resolve.go`, `yaml.go`; the test table was answered by it.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from decimal import Decimal

from cluster.machinery.manifest import JSON

_PREFIX = "tag:yaml.org,2002:"
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(
        ("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True
    ),
    **dict.fromkeys(
        ("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False
    ),
}
_NUMBER_START = frozenset("0123456789+-.")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_INTEGER = re.compile(
    r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[oO]([0-7]+)|0[bB]([01]+)|0([0-7]+)|(0|[1-9][0-9]*))"
)
_BASES = (16, 8, 2, 8, 10)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_INT64 = range(-(2**63), 2**63)
_UINT64_MAX = 2**64 - 1


class UnreadableScalar(ValueError):
    """A scalar that has no JSON form; the text says it as Kubernetes' reader does."""


def resolve(text: str) -> JSON:
    """Return the value of a plain (unquoted, untagged) scalar.

    Raises `UnreadableScalar` for infinities and NaN, which JSON cannot hold.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in _NUMBER_START:
        return _number(text)
    return text


def resolve_tagged(tag: str, text: str) -> JSON:
    """Return the value of a scalar with an explicit tag (`!!str 0777`).

    Raises `UnreadableScalar` for a value that does not fit its tag, and for every tag outside
    YAML's own scalar types: Kubernetes has no use for them, other readers build objects from them.
    """
    kind = tag.removeprefix(_PREFIX) if tag.startswith(_PREFIX) else None
    if kind in {"str", "timestamp"}:
        return text
    if kind == "binary":
        return _binary(text)
    if kind not in {"null", "bool", "int", "float"}:
        message = f"unknown tag {short_tag(tag)}"
        raise UnreadableScalar(message)
    value = resolve(text)
    found = _type_word(value)
    if found == kind or (kind == "float" and found == "int"):
        return value
    message = f"cannot decode !!{found} `{text}` as a !!{kind}"
    raise UnreadableScalar(message)


def is_plain_collection_tag(tag: str | None) -> bool:
    """True when a mapping or a list may carry `tag`: none, `!`, `!!map` or `!!seq`."""
    return tag is None or tag == "!" or tag in {f"{_PREFIX}map", f"{_PREFIX}seq"}


def key_text(value: JSON) -> str:
    """Return a mapping key as JSON has it: `1` and `true` become text.

    Raises `UnreadableScalar` for null and for collections.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if value is None:
        message = "unsupported map key of type: null"
        raise UnreadableScalar(message)
    message = "invalid map key: a mapping or a list cannot be a key"
    raise UnreadableScalar(message)


def json_number(value: float) -> JSON:
    """Return a float as it comes back from Go's JSON: whole numbers in int64 are integers."""
    if value.is_integer():
        whole = int(Decimal(repr(value)))
        if whole in _INT64:
            return whole
    return value


def _number(text: str) -> JSON:
    if _NOT_FINITE.fullmatch(text):
        sign = "-" if text[0] == "-" else "+"
        name = "NaN" if text[-1] in "nN" else f"{sign}Inf"
        message = f"json: unsupported value: {name}"
        raise UnreadableScalar(message)
    plain = text if text[0] == "." else text.replace("_", "")
    integer = _INTEGER.fullmatch(plain)
    if integer is not None:
        digits, base = next(
            (group, base)
            for group, base in zip(integer.groups()[1:], _BASES, strict=True)
            if group
        )
        # Go parses any number of digits; beyond 64 bits no base but ten survives, as a float.
        value = int(f"{integer[1]}{digits}", base) if len(digits) <= 64 else None  # noqa: PLR2004
        if value is not None and value in _INT64:
            return value
        if value is not None and 0 <= value <= _UINT64_MAX and not integer[1]:
            return float(value)
    if _FLOAT.fullmatch(plain):
        number = float(plain)
        return text if math.isinf(number) else json_number(number)
    return text


def _binary(text: str) -> str:
    try:
        return base64.b64decode(text, validate=False).decode()
    except (binascii.Error, UnicodeDecodeError):
        message = "!!binary value contains invalid base64 data"
        raise UnreadableScalar(message) from None


def _type_word(value: JSON) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    return {int: "int", float: "float", str: "str"}[type(value)]


def short_tag(tag: str) -> str:
    """Return a tag as users write it: `!!str`, not its long form."""
    return f"!!{tag.removeprefix(_PREFIX)}" if tag.startswith(_PREFIX) else tag
