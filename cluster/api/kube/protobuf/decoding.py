"""From the bytes of a protobuf body to the object that JSON would have brought.

A body is four magic bytes and a `runtime.Unknown` {1 typeMeta, 2 raw, 3 contentEncoding,
4 contentType}; `raw` is the message of the kind that typeMeta names. Field names are the JSON
names. Go writes values that are no pointers even where they are zero: "", 0, false and empty
messages are left out here, as `omitempty` leaves them out of JSON.
Source: kube-api.md section 3; apimachinery `runtime/serializer/protobuf/protobuf.go`.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeAlias, cast

import orjson
from google.protobuf.message import DecodeError, Message

from cluster.api.kube.protobuf.messages import WireField, message_class, messages
from cluster.machinery.errors import BadRequest
from cluster.machinery.manifest import JSON, Manifest

CONTENT_TYPE = "application/vnd.kubernetes.protobuf"
MAGIC = b"k8s\x00"
_UNKNOWN = "apimachinery.pkg.runtime.Unknown"
_META = "apimachinery.pkg.apis.meta.v1."
# Options are sent under the version of the resource they are for.
_ANY_VERSION = {"DeleteOptions": f"{_META}DeleteOptions"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = 1000  # nanoseconds

Parts: TypeAlias = Mapping[str, object]


def decode(body: bytes) -> Manifest:
    """Return the object in a protobuf body, `apiVersion` and `kind` in it as in JSON.

    Fields that the table does not know (of a newer client) are skipped, as the apiserver does.
    Raises BadRequest that says what is wrong with the bytes; the caller bounds their number.
    """
    if not body.startswith(MAGIC):
        raise BadRequest(
            "the body is no Kubernetes protobuf: it does not begin with the bytes "
            f"{MAGIC.hex(' ')} of its envelope, but with {body[:4].hex(' ') or 'none'}"
        )
    envelope = _parts(_parse(_UNKNOWN, body[len(MAGIC) :], "the envelope"))
    kind, api_version = _type_meta(envelope)
    encoding = envelope.get("contentEncoding")
    if encoding:
        raise BadRequest(f"the envelope's contentEncoding {encoding!r} is not known: send none")
    name = _message_of(api_version, kind)
    raw = envelope.get("raw", b"")
    message = _parse(name, raw if isinstance(raw, bytes) else b"", f"the {kind}")
    found: Manifest = {"apiVersion": api_version, "kind": kind}
    return found | _object(name, message, kind)


def _type_meta(envelope: Parts) -> tuple[str, str]:
    meta = envelope.get("typeMeta")
    named = _parts(meta) if isinstance(meta, Message) else {}
    kind, api_version = named.get("kind"), named.get("apiVersion")
    if not isinstance(kind, str) or not kind:
        raise BadRequest("Object 'Kind' is missing in the envelope of the protobuf body")
    if not isinstance(api_version, str) or not api_version:
        raise BadRequest("Object 'apiVersion' is missing in the envelope of the protobuf body")
    return kind, api_version


def _message_of(api_version: str, kind: str) -> str:
    """Return the message of a kind; raises BadRequest where the table has none."""
    group, _, version = api_version.rpartition("/")
    package = group.partition(".")[0] or "core"
    name = _ANY_VERSION.get(kind) or f"api.{package}.{version}.{kind}"
    if name not in messages():
        raise BadRequest(
            f'no kind "{kind}" is registered for version "{api_version}" in protobuf: send JSON'
        )
    return name


def _parse(name: str, data: bytes, what: str) -> Message:
    try:
        return message_class(name).FromString(data)
    except DecodeError as error:
        word = name.rpartition(".")[2]
        raise BadRequest(
            f"unable to decode {what} in the protobuf body: its {len(data)} bytes are no message "
            f"{word} ({str(error).rstrip('.') or 'cut short'})"
        ) from error


def _parts(message: Message) -> Parts:
    """Return the fields of a message that are set, by name."""
    return {descriptor.name: value for descriptor, value in message.ListFields()}


def _object(name: str, message: Message, path: str) -> Manifest:
    """Return a message as a mapping; `path` is its place, for errors."""
    fields = messages()[name]
    found: Manifest = {}
    for descriptor, value in message.ListFields():
        field = fields[descriptor.number]
        below = f"{path}.{field.name}"
        if field.held == "embedded":
            found |= _object(field.type, value, path)
            continue
        converted = _held(field, value, below)
        if field.held or not _is_zero(field, converted):
            found[field.name] = converted
    return found


def _held(field: WireField, value: object, path: str) -> JSON:
    if field.held == "list":
        items = cast("list[object]", value)
        return [_value(field.type, item, f"{path}[{at}]") for at, item in enumerate(items)]
    if field.held == "map":
        try:
            entries = list(cast("Mapping[str, object]", value).items())
        except UnicodeDecodeError as error:  # in a map the library does not hand over bytes
            raise _not_utf8(path) from error
        return {key: _value(field.type, item, f"{path}[{key}]") for key, item in entries}
    return _value(field.type, value, path)


def _value(type_: str, value: object, path: str) -> JSON:
    if isinstance(value, bytes):
        # The library hands over a text that is not UTF-8 as bytes.
        if type_ != "bytes":
            raise _not_utf8(path)
        return base64.b64encode(value).decode()
    if not isinstance(value, Message):
        return cast("bool | int | float | str", value)
    special = _SPECIAL.get(type_)
    if special is None:
        return _object(type_, value, path)
    try:
        return special(_parts(value))
    except (ValueError, OverflowError) as error:
        word = type_.rpartition(".")[2]
        raise BadRequest(f"unable to decode {path} in the protobuf body: no {word}") from error


def _is_zero(field: WireField, value: JSON) -> bool:
    """Whether a value is Go's zero, which JSON leaves out."""
    return not value if field.type != _QUANTITY else False


def _not_utf8(path: str) -> BadRequest:
    return BadRequest(f"unable to decode {path} in the protobuf body: a text is not UTF-8")


# types that write themselves


def _quantity(parts: Parts) -> JSON:
    return str(parts.get("string") or "0")


def _int_or_string(parts: Parts) -> JSON:
    return str(parts.get("strVal", "")) if parts.get("type") else _integer(parts, "intVal")


def _time(parts: Parts) -> JSON:
    if not parts:
        return None
    moment = _EPOCH + timedelta(seconds=_integer(parts, "seconds"))
    return f"{moment.replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def _micro_time(parts: Parts) -> JSON:
    if not parts:
        return None
    micros = _integer(parts, "nanos") // _MICRO
    moment = _EPOCH + timedelta(seconds=_integer(parts, "seconds"), microseconds=micros)
    return f"{moment.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def _raw(parts: Parts) -> JSON:
    raw = parts.get("raw", parts.get("Raw", b""))
    found: JSON = orjson.loads(raw) if isinstance(raw, bytes) and raw else None
    return found


def _items(parts: Parts) -> JSON:
    return list(cast("list[str]", parts.get("items", [])))


def _integer(parts: Parts, name: str) -> int:
    value = parts.get(name, 0)
    return value if isinstance(value, int) else 0


_QUANTITY = "apimachinery.pkg.api.resource.Quantity"
_SPECIAL: Mapping[str, Callable[[Parts], JSON]] = {
    _QUANTITY: _quantity,
    "apimachinery.pkg.util.intstr.IntOrString": _int_or_string,
    f"{_META}Time": _time,
    f"{_META}MicroTime": _micro_time,
    f"{_META}FieldsV1": _raw,
    "apimachinery.pkg.runtime.RawExtension": _raw,
    "api.authentication.v1.ExtraValue": _items,
    "api.authorization.v1.ExtraValue": _items,
}
