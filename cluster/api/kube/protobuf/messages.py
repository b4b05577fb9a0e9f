"""Kubernetes' protobuf messages: the table of `messages.txt`, and classes that read the wire.

The table was made by `scripts/protobuf_messages.py` from what a kubectl binary carries. A line is
`NUMBER NAME TYPE`, then how Go holds the field: nothing (a value: zero is not told from absent),
`pointer`, `list`, `map of KEY`, or `embedded` (its fields stand a level up in JSON).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

TABLE = "messages.txt"
_FILE = "kubernetes.proto"
_SCALARS = {
    "string": FieldDescriptorProto.TYPE_STRING,
    "bytes": FieldDescriptorProto.TYPE_BYTES,
    "bool": FieldDescriptorProto.TYPE_BOOL,
    "int32": FieldDescriptorProto.TYPE_INT32,
    "int64": FieldDescriptorProto.TYPE_INT64,
    "double": FieldDescriptorProto.TYPE_DOUBLE,
}


@dataclass(frozen=True, slots=True)
class WireField:
    """One field: its JSON name, its type (a scalar's word or a message) and how Go holds it."""

    number: int
    name: str
    type: str
    held: str = ""
    """`` (a value), `pointer`, `list`, `map` or `embedded`."""

    key: str = ""
    """The type of a map's keys."""


Messages = Mapping[str, Mapping[int, WireField]]


@cache
def messages() -> Messages:
    """Return the fields of every message by number."""
    found: dict[str, dict[int, WireField]] = {}
    fields: dict[int, WireField] = {}
    text = resources.files(__package__ or "").joinpath(TABLE).read_text()
    for line in text.splitlines():
        if line.startswith(" "):
            number, name, type_, *held = line.split()
            key = held[-1] if held[:1] == ["map"] else ""
            fields[int(number)] = WireField(int(number), name, type_, (held or [""])[0], key)
        else:
            fields = found[line] = {}
    return found


@cache
def message_class(name: str) -> type[Message]:
    """Return the class that parses a message (`api.core.v1.Pod`); raises KeyError."""
    found: type[Message] = GetMessageClass(_pool().FindMessageTypeByName(_mangled(name)))
    return found


@cache
def _pool() -> DescriptorPool:
    file = FileDescriptorProto(name=_FILE, syntax="proto2")
    for name, fields in messages().items():
        message = file.message_type.add(name=_mangled(name))
        for field in fields.values():
            _add(message, field)
    pool = DescriptorPool()
    pool.Add(file)
    return pool


def _add(message: DescriptorProto, field: WireField) -> None:
    if field.held != "map":
        message.field.append(_descriptor(field.number, field.name, field.type, field.held))
        return
    # A map is a list of entries {1: key, 2: value}, named after its field.
    entry = message.nested_type.add(name=f"{field.name[0].upper()}{field.name[1:]}Entry")
    entry.options.map_entry = True
    entry.field.append(_descriptor(1, "key", field.key))
    entry.field.append(_descriptor(2, "value", field.type))
    message.field.append(
        _descriptor(field.number, field.name, f".{message.name}.{entry.name}", "list")
    )


def _descriptor(number: int, name: str, type_: str, held: str = "") -> FieldDescriptorProto:
    label = FieldDescriptorProto.LABEL_OPTIONAL
    if held == "list":
        label = FieldDescriptorProto.LABEL_REPEATED
    found = FieldDescriptorProto(name=name, number=number, label=label)
    if type_ in _SCALARS:
        found.type = _SCALARS[type_]
    else:
        found.type = FieldDescriptorProto.TYPE_MESSAGE
        found.type_name = type_ if type_.startswith(".") else f".{_mangled(type_)}"
    return found


def _mangled(name: str) -> str:
    """Return a message's name without dots: one file describes them all."""
    return name.replace(".", "_")
