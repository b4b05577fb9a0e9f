"""Who owns which fields of an object: the entries of `metadata.managedFields`.

An entry is one manager's fields. Managers are told apart by name, operation, subresource and, for
updates, apiVersion: one that applies under another version is still the same.
Source: apimachinery `util/managedfields/internal/managedfields.go`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from cluster.machinery.field_sets import (
    FieldSet,
    NoFieldsV1,
    from_fields_v1,
    to_fields_v1,
)
from cluster.machinery.manifest import JSON, Manifest

Operation: TypeAlias = Literal["Apply", "Update"]
OPERATIONS: tuple[Operation, ...] = ("Apply", "Update")
MOST_UPDATERS = 10
"""More entries of updates than these are folded (apiserver: `DefaultMaxUpdateManagers`)."""

ANCIENT = "ancient-changes"


class Manager(NamedTuple):
    """Who writes, and how."""

    name: str
    operation: Operation
    api_version: str
    subresource: str = ""

    @property
    def identity(self) -> Manager:
        """What tells managers apart."""
        return self._replace(api_version="") if self.operation == "Apply" else self

    def __str__(self) -> str:
        """The manager as conflicts name it (J-8)."""
        text = f'"{self.name}"'
        if self.subresource:
            text += f' with subresource "{self.subresource}"'
        return f"{text} using {self.api_version}" if self.operation == "Update" else text


@dataclass(frozen=True, slots=True)
class Owned:
    """What one manager owns, and when it last took something."""

    manager: Manager
    fields: FieldSet
    time: str = ""


Owners: TypeAlias = dict[Manager, Owned]
"""What is owned, by the identity of the manager."""


class BadManagers(ValueError):
    """`metadata.managedFields` cannot be read; the message says why."""


def read_owners(value: JSON) -> Owners:
    """Return the owners that `metadata.managedFields` lists; raises BadManagers."""
    owners: Owners = {}
    for entry in value if isinstance(value, list) else []:
        if not isinstance(entry, dict):
            raise BadManagers("an entry is no object")
        found = _read(entry)
        owners[found.manager.identity] = found
    return owners


def _read(entry: Manifest) -> Owned:
    operation = entry.get("operation")
    if operation not in OPERATIONS:
        raise BadManagers(f'operation: Invalid value: "{operation}": must be `Apply` or `Update`')
    if entry.get("fieldsType") != "FieldsV1":
        raise BadManagers(
            f'fieldsType: Invalid value: "{entry.get("fieldsType", "")}": must be `FieldsV1`'
        )
    texts = [entry.get(name) or "" for name in ("manager", "apiVersion", "subresource", "time")]
    if not all(isinstance(text, str) for text in texts):
        raise BadManagers("manager, apiVersion, subresource and time are texts")
    name, api_version, subresource, time = map(str, texts)
    try:
        fields = from_fields_v1(entry.get("fieldsV1", {}))
    except NoFieldsV1 as error:
        raise BadManagers(str(error)) from error
    manager = Manager(name, operation, api_version, subresource)
    return Owned(manager, fields, time)


def write_owners(owners: Owners) -> list[JSON]:
    """Return `metadata.managedFields`: appliers first, then by time, name and version."""
    kept = [owned for owned in capped(owners).values() if owned.fields]
    kept.sort(key=lambda owned: (owned.manager.operation, owned.time, owned.manager))
    return [_written(owned) for owned in kept]


def _written(owned: Owned) -> JSON:
    manager = owned.manager
    entry: Manifest = {
        "manager": manager.name,
        "operation": manager.operation,
        "apiVersion": manager.api_version,
        "time": owned.time,
        "fieldsType": "FieldsV1",
        "fieldsV1": to_fields_v1(owned.fields),
    }
    if manager.subresource:
        entry["subresource"] = manager.subresource
    if not owned.time:
        del entry["time"]
    return entry


def capped(owners: Owners) -> Owners:
    """Return the owners with the oldest updates of too many folded into one per version.

    Source: apimachinery `util/managedfields/internal/capmanagers.go`.
    """
    updates = [owned for owned in owners.values() if owned.manager.operation == "Update"]
    over = len(updates) - MOST_UPDATERS
    if over <= 0:
        return owners
    kept = dict(owners)
    # One more goes: the folded entry takes a place itself.
    for owned in sorted(updates, key=lambda owned: (owned.time, owned.manager))[: over + 1]:
        del kept[owned.manager.identity]
        folded = Manager(ANCIENT, "Update", owned.manager.api_version, owned.manager.subresource)
        before = kept.get(folded, Owned(folded, frozenset()))
        time = max(before.time, owned.time)
        kept[folded] = Owned(folded, before.fields | owned.fields, time)
    return kept


def everything(owners: Iterable[Owned]) -> FieldSet:
    """Return all fields that anyone owns."""
    return frozenset().union(*(owned.fields for owned in owners))


def without_times(managed: JSON) -> JSON:
    """Return `managedFields` without the times of its entries."""
    if not isinstance(managed, list):
        return managed
    return [
        {name: value for name, value in entry.items() if name != "time"}
        if isinstance(entry, dict)
        else entry
        for entry in managed
    ]
