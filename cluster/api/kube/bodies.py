"""What the client sent: JSON, YAML or protobuf read into a manifest, or a patch into a change."""

from __future__ import annotations

from cluster.api.kube import protobuf
from cluster.api.kube.statuses import TooLarge, UnsupportedMediaType
from cluster.api.kube.wire import LONGEST_BODY, Request
from cluster.machinery import json_reader, yaml_reader
from cluster.machinery.errors import BadRequest
from cluster.machinery.limits import Budget, Limits
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.repeated import NOTHING_REPEATED, Repeated
from cluster.machinery.unreadable import Unreadable

YAML = frozenset({"application/yaml", "application/x-yaml", "text/yaml"})
JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"
PATCHES = (JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, APPLY_PATCH)


def type_of(request: Request) -> str:
    """Return the body's media type, empty where the client names none."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def check_size(size: int) -> None:
    """Refuse what is longer than the apiserver takes."""
    if size > LONGEST_BODY:
        raise TooLarge(f"Request entity too large: limit is {LONGEST_BODY}")


def document(request: Request) -> Manifest:
    """Return the object in a body; raises BadRequest, UnsupportedMediaType.

    A body without a type is JSON: the official Python client names none.
    """
    type_ = type_of(request)
    if type_ == protobuf.CONTENT_TYPE:
        value: JSON = protobuf.decode(request.body)
    elif type_ in {"", "application/json"}:
        value = from_json(request.body)
    elif type_ in YAML:
        value = from_yaml(request.body)
    else:
        raise unsupported(type_, ("application/json", "application/yaml", protobuf.CONTENT_TYPE))
    if not isinstance(value, dict):
        raise BadRequest("the body of the request is no object")
    return value


def options(request: Request) -> Manifest:
    """Return the options in the body of a DELETE, an empty mapping where there are none."""
    return document(request) if request.body.strip() else {}


def change(request: Request) -> JSON:
    """Return the change in the body of a PATCH, whose type the caller has looked at."""
    if type_of(request) == APPLY_PATCH:
        return from_yaml(request.body)
    return from_json(request.body)


def repetitions(request: Request) -> Repeated:
    """Return what a body, which has been read, sets more than once."""
    type_ = type_of(request)
    if type_ == protobuf.CONTENT_TYPE or not request.body.strip():
        return NOTHING_REPEATED
    text = _text(request.body)
    value = json_reader.whole(text)
    paths = json_reader.repetitions(text, value) if value is not None else []
    if type_ not in {*YAML, APPLY_PATCH}:
        return Repeated(paths=tuple(paths))
    if value is not None and not paths:  # most clients send JSON, which is YAML too
        return NOTHING_REPEATED
    lines: list[str] = []
    yaml_reader.read(text, Budget(Limits.upload()), repeated=lines)
    return Repeated(lines=tuple(lines))


def from_json(body: bytes) -> JSON:
    """Return the value of a JSON text; raises BadRequest with the reader's words.

    A member that is set twice has its last value; `repetitions` tells of it.
    """
    text = _text(body)
    budget = Budget(Limits.upload())
    try:
        value, end = json_reader.value_at(text, len(text) - len(text.lstrip()))
        if text[end:].strip():
            raise BadRequest("json: there is more after the first value")
        json_reader.check_depth(text, value, budget)
    except Unreadable as error:
        raise BadRequest(f"the object provided is unrecognized: {error.message}") from error
    return value


def from_yaml(body: bytes) -> JSON:
    """Return the value of a YAML text with one document; raises BadRequest.

    A key that is set twice has its last value; `repetitions` tells of it.
    """
    text = _text(body)
    if json_reader.whole(text) is not None:
        return from_json(body)
    try:
        return yaml_reader.read(text, Budget(Limits.upload()), repeated=[])
    except Unreadable as error:
        raise BadRequest(f"the object provided is unrecognized: {error.message}") from error


def unsupported(type_: str, known: tuple[str, ...]) -> UnsupportedMediaType:
    """Return the 415 for a type that is not read."""
    return UnsupportedMediaType(
        f"the body of the request was in an unknown format ({type_ or 'none'}) - "
        f"accepted media types include: {', '.join(known)}"
    )


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadRequest("the body of the request is no UTF-8") from error
