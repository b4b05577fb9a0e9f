"""Write the table of Kubernetes' protobuf messages from a kubectl binary.

Go programs carry the descriptors of their messages, gzipped; kubectl carries those of every API
group, with gogoproto's word on which fields are pointers. Which messages Go embeds (their fields
move up a level in JSON) is told by Kubernetes' JSON schemas, which lack such fields. That is all a
reader of the wire format needs: numbers, names, types, and whether a zero was set or is Go's own.

    scripts/protobuf_messages.py /usr/bin/kubectl > cluster/api/kube/protobuf/messages.txt
"""

from __future__ import annotations

import importlib.resources
import json
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)
from google.protobuf.message import DecodeError

from cluster.catalog import KINDS
from cluster.machinery.schema import RELEASE

PREFIX = ".k8s.io."
GZIP = b"\x1f\x8b\x08"
# What bodies may be beside the kinds of the catalog.
FURTHER = (
    "apimachinery.pkg.runtime.Unknown",
    "apimachinery.pkg.apis.meta.v1.DeleteOptions",
    "api.autoscaling.v1.Scale",
    "api.core.v1.Binding",
    "api.core.v1.Event",
    "api.events.v1.Event",
    "api.policy.v1.Eviction",
    "api.coordination.v1.Lease",
    "api.authentication.v1.SelfSubjectReview",
    "api.authentication.v1.TokenReview",
    "api.authorization.v1.LocalSubjectAccessReview",
    "api.authorization.v1.SelfSubjectAccessReview",
    "api.authorization.v1.SelfSubjectRulesReview",
    "api.authorization.v1.SubjectAccessReview",
)
NO_POINTER = b"\xc8\xde\x1f\x00"  # gogoproto's extension 65001 `nullable` of field options: false
SCALARS = {
    FieldDescriptorProto.TYPE_STRING: "string",
    FieldDescriptorProto.TYPE_BYTES: "bytes",
    FieldDescriptorProto.TYPE_BOOL: "bool",
    FieldDescriptorProto.TYPE_INT32: "int32",
    FieldDescriptorProto.TYPE_INT64: "int64",
    FieldDescriptorProto.TYPE_DOUBLE: "double",
}

Messages = dict[str, DescriptorProto]


def files(binary: bytes) -> Iterator[FileDescriptorProto]:
    """Yield the file descriptors that a Go program carries."""
    at = binary.find(GZIP)
    while at >= 0:
        try:
            unpacked = zlib.decompressobj(wbits=31).decompress(binary[at : at + 2_000_000])
            found = FileDescriptorProto.FromString(unpacked)
        except (zlib.error, DecodeError):
            pass
        else:
            if found.name.startswith("k8s.io/") and found.message_type:
                yield found
        at = binary.find(GZIP, at + 1)


def messages_of(binary: bytes) -> Messages:
    """Return every message by its full name, `.k8s.io.api.core.v1.Pod`."""
    return {
        f".{file.package}.{message.name}": message
        for file in files(binary)
        for message in file.message_type
    }


def roots() -> list[str]:
    """Return the messages that bodies may be."""
    groups = {kind.kind: kind.group.partition(".")[0] or "core" for kind in KINDS}
    kinds = [f"api.{groups[kind.kind]}.{kind.version}.{kind.kind}" for kind in KINDS]
    return [PREFIX + name for name in (*kinds, *FURTHER)]


def closure(messages: Messages) -> list[str]:
    """Return the names of the roots and of everything they hold, sorted."""
    waiting = roots()
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        message = messages[name]
        fields = [*message.field, *(field for each in message.nested_type for field in each.field)]
        waiting += [field.type_name for field in fields if field.type_name in messages]
    return sorted(found)


def json_fields() -> dict[str, set[str]]:
    """Return the JSON names of the fields of every message that the schemas know."""
    folder = importlib.resources.files("kubernetes_validate") / "kubernetes-json-schema"
    text = (folder / f"{RELEASE}-local" / "_definitions.json").read_text()
    return {
        name.removeprefix("io.k8s."): set(definition["properties"])
        for name, definition in json.loads(text)["$defs"].items()
        if "properties" in definition
    }


def line(field: FieldDescriptorProto, message: DescriptorProto, known: set[str] | None) -> str:
    """Return the line of one field; `known` are the JSON names of its message."""
    nested = {entry.name: entry for entry in message.nested_type}
    word = field.type_name.rpartition(".")[2]
    start = f"  {field.number} {field.name} "
    if field.type == FieldDescriptorProto.TYPE_MESSAGE and word in nested:
        key, value = nested[word].field
        return f"{start}{type_of(value)} map of {type_of(key)}"
    label = ""
    if field.label == FieldDescriptorProto.LABEL_REPEATED:
        label = " list"
    elif known is not None and field.name not in known and word:
        label = " embedded"
    elif NO_POINTER not in field.options.SerializeToString():
        label = " pointer"
    return f"{start}{type_of(field)}{label}"


def type_of(field: FieldDescriptorProto) -> str:
    """Return the word for a field's type."""
    return SCALARS.get(field.type) or field.type_name.removeprefix(PREFIX)


def main() -> None:
    """Print the table."""
    messages = messages_of(Path(sys.argv[1]).read_bytes())
    known = json_fields()
    for name in closure(messages):
        word = name.removeprefix(PREFIX)
        print(word)
        for field in messages[name].field:
            print(line(field, messages[name], known.get(word)))


if __name__ == "__main__":
    main()
