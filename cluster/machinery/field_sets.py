"""Sets of fields of an object, as `metadata.managedFields` writes down who owns what.

A field is a path from the object's root: one word per step, in the words of FieldsV1.

    f:replicas                          a member of a struct or map
    k:{"port":80,"protocol":"TCP"}      the element of a list that has these keys
    v:"x"                               the element of a set that has this value

A path stands for the field itself, never for what is below it: sets of paths are plain frozensets,
whose algebra is Python's. Source: structured-merge-diff `fieldpath/{element,path,serialize}.go`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

import orjson

from cluster.machinery.manifest import JSON, Manifest

FieldPath: TypeAlias = tuple[str, ...]
FieldSet: TypeAlias = frozenset[FieldPath]
NOTHING: FieldSet = frozenset()
ITSELF = "."
MEMBER, KEYS, VALUE, PLACE = "f:", "k:", "v:", "i:"
MOST_STEPS = 200
"""Deeper than any schema; FieldsV1 that a client sends may be deeper."""


class NoFieldsV1(ValueError):
    """A value is no FieldsV1; the message says where and why."""


def member(name: str) -> str:
    """Return the step to the member `name` of a struct or map."""
    return MEMBER + name


def keyed(keys: Mapping[str, JSON]) -> str:
    """Return the step to the list element with these keys."""
    return KEYS + orjson.dumps(keys, option=orjson.OPT_SORT_KEYS).decode()


def valued(value: JSON) -> str:
    """Return the step to the element of a set."""
    return VALUE + orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def to_fields_v1(fields: FieldSet) -> Manifest:
    """Return `fields` as FieldsV1; the order is that of the steps as text."""
    root: Manifest = {}
    for path in sorted(fields):
        here = root
        for step in path:
            below = here.setdefault(step, {})
            assert isinstance(below, dict)  # noqa: S101 - built here
            here = below
        here[ITSELF] = {}
    for step, below in root.items():
        root[step] = _compact(below)
    return root


def _compact(node: JSON) -> JSON:
    """Write a field without fields below as `{}`: its mark of itself says nothing more."""
    if not isinstance(node, dict) or list(node) == [ITSELF]:
        return {}
    # A mark stands first, as the apiserver sorts it.
    ordered = ([ITSELF] if ITSELF in node else []) + [step for step in node if step != ITSELF]
    return {step: {} if step == ITSELF else _compact(node[step]) for step in ordered}


def from_fields_v1(value: JSON) -> FieldSet:
    """Return the fields that FieldsV1 names; raises NoFieldsV1."""
    if not isinstance(value, dict):
        raise NoFieldsV1("fieldsV1 is no object")
    return frozenset(_paths(value, ()))


def _paths(node: Manifest, path: FieldPath) -> Iterator[FieldPath]:
    if len(path) > MOST_STEPS:
        raise NoFieldsV1(f"fieldsV1 is deeper than {MOST_STEPS} steps")
    for step, below in node.items():
        if not isinstance(below, dict):
            raise NoFieldsV1(f"{print_path(path) or 'fieldsV1'}: {step!r} holds no object")
        if step == ITSELF:
            if path:
                yield path
            continue
        here = (*path, _canonical(step, path))
        if below:
            yield from _paths(below, here)
        else:
            yield here


def _canonical(step: str, path: FieldPath) -> str:
    kind, text = step[:2], step[2:]
    if kind == MEMBER:
        return step
    if kind not in {KEYS, VALUE, PLACE}:
        raise NoFieldsV1(f"{print_path(path) or 'fieldsV1'}: {step!r} is no step of a path")
    try:
        value: JSON = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise NoFieldsV1(f"{print_path(path)}: {step!r} holds no JSON") from error
    if kind == KEYS and not isinstance(value, dict):
        raise NoFieldsV1(f"{print_path(path)}: {step!r} holds no keys")
    return kind + orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def with_parents(fields: Iterable[FieldPath]) -> FieldSet:
    """Return `fields` and every struct or map on the way to them.

    What a manager sets inside of a struct makes the struct its own as well, elements of lists
    not: those it owns only where it says so.
    Source: `Set.EnsureNamedFieldsAreMembers`.
    """
    found: set[FieldPath] = set()
    for path in fields:
        found.add(path)
        for length in range(len(path) - 1, 0, -1):
            above = path[:length]
            if above in found:
                break
            if path[length - 1].startswith(MEMBER):
                found.add(above)
    return frozenset(found)


def print_path(path: FieldPath) -> str:
    """Return a path as messages print it: `.spec.ports[port=80,protocol="TCP"].targetPort`."""
    return "".join(map(_print_step, path))


def _print_step(step: str) -> str:
    kind, text = step[:2], step[2:]
    if kind == MEMBER:
        return f".{text}"
    if kind == KEYS:
        keys = orjson.loads(text)
        listed = ",".join(f"{key}={orjson.dumps(keys[key]).decode()}" for key in sorted(keys))
        return f"[{listed}]"
    return f"[={text}]" if kind == VALUE else f"[{text}]"
