"""What Go says of single values that are not what a field wants.

Source: `encoding/json` (as sigs.k8s.io/json), `time.Parse`, `encoding/base64`; apimachinery
`api/resource/quantity.go`.
"""

from __future__ import annotations

import re
from datetime import datetime

from cluster.machinery.manifest import JSON

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


def go_word(value: JSON, go_type: str = "") -> str:
    """Return what Go's reader calls a JSON value; numbers that do not fit are printed."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return f"number {value}" if go_type in {"int32", "int64"} else "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def quantity_fault(value: JSON) -> str | None:
    """Return why a value is no quantity (`500m`, `1.5Gi`, a number), None if it is one."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return _QUANTITY_WORDS
    text = str(value)
    if _QUANTITY.fullmatch(text):
        return None
    return (
        "unable to parse quantity's suffix" if _QUANTITY_FORM.fullmatch(text) else _QUANTITY_WORDS
    )


def is_time(value: str) -> bool:
    """True for an RFC 3339 time, as Go reads it."""
    return _TIME.fullmatch(value) is not None and _is_date(value)


def _is_date(value: str) -> bool:
    try:
        datetime.fromisoformat(value[:10])
    except ValueError:
        return False
    return True


def time_fault(value: str) -> str:
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


def base64_fault(value: str) -> str | None:
    """Return why a text is no base64, None if it is; line ends in it are allowed."""
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
