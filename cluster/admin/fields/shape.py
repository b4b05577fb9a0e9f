"""One field of a form: where it stands in the manifest and what it holds.

A `Field` is one value at one path; `Rows` is a list or a mapping with a line of inputs for each
element. Both read a manifest, write into one, and know which errors are theirs: `place` takes the
path that admission names (`spec.ports[1].port`) and returns the row and column it stands in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeAlias

from cluster.admin.fields.types import Shown, Type
from cluster.machinery.manifest import JSON, Manifest, child_mapping

Path: TypeAlias = tuple[str, ...]
Cells: TypeAlias = "dict[str, Shown]"
MEANINGFUL_EMPTY = frozenset({"metadata", "spec", "selector", "podSelector"})
"""Mappings that say something even when they are empty: `podSelector: {}` selects every Pod."""


class Place(NamedTuple):
    """Where in a field an error belongs; `row` None means the field as a whole.

    `depth` tells how much of the error's path the field knows: the deepest field gets the error.
    """

    depth: int
    row: int | None = None
    column: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One value. `path` is its place, `name` the name of the input.

    `twins` are paths that admission keeps equal to it: errors there are told here, too.
    """

    name: str
    label: str
    path: Path
    type: Type
    help: str = ""
    twins: tuple[str, ...] = ()

    def show(self, manifest: Manifest) -> Shown:
        """Return what the input shows of a manifest."""
        return self.type.show(get(manifest, self.path))

    def write(self, manifest: Manifest, shown: Shown) -> None:
        """Put a cleaned input into a manifest; raises Unreadable."""
        put(manifest, self.path, self.type.read(shown, get(manifest, self.path)))

    def place(self, path: str) -> Place | None:
        """Return the place of an error, None where it is not this field's."""
        known = (".".join(self.path), *self.twins)
        return Place(len(self.path)) if any(is_below(path, top) for top in known) else None


@dataclass(frozen=True, slots=True)
class Column:
    """One input of a row; `path` is its place inside the element, `width` in `fr` of the row."""

    name: str
    label: str
    type: Type
    path: Path = ()
    width: int = 2

    @property
    def steps(self) -> Path:
        """The path inside the element: the column's name where nothing else is said."""
        return self.path or (self.name,)


class Source(Protocol):
    """How rows stand in a manifest."""

    def show(self, manifest: Manifest, columns: Sequence[Column]) -> list[Cells]:
        """Return the rows of a manifest."""

    def write(self, manifest: Manifest, columns: Sequence[Column], rows: list[Cells]) -> None:
        """Put cleaned rows into a manifest; raises Unreadable."""

    def place(self, path: str, columns: Sequence[Column], rows: list[Cells]) -> Place | None:
        """Return the place of an error among `rows`, None where it is not theirs."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A table of inputs."""

    name: str
    label: str
    source: Source
    columns: tuple[Column, ...]
    help: str = ""

    def show(self, manifest: Manifest) -> list[Cells]:
        """Return the rows of a manifest."""
        return self.source.show(manifest, self.columns)

    def write(self, manifest: Manifest, rows: list[Cells]) -> None:
        """Put cleaned rows into a manifest; raises Unreadable."""
        self.source.write(manifest, self.columns, rows)

    def place(self, path: str, rows: list[Cells]) -> Place | None:
        """Return the place of an error among `rows`, None where it is not this field's."""
        return self.source.place(path, self.columns, rows)


@dataclass(frozen=True, slots=True)
class Group:
    """Fields under one heading; a group without a title stands first."""

    title: str
    fields: tuple[Field | Rows, ...]
    help: str = ""


def get(manifest: Manifest, path: Path) -> JSON:
    """Return the value at `path`, None where there is none or a step is no mapping."""
    here: JSON = manifest
    for step in path:
        if not isinstance(here, dict):
            return None
        here = here.get(step)
    return here


def put(manifest: Manifest, path: Path, value: JSON) -> None:
    """Set the value at `path`; None removes it, with mappings that it leaves empty.

    Raises WrongType where a step on the way is no mapping.
    """
    if value is None:
        _remove(manifest, path)
    else:
        child_mapping(manifest, *path[:-1])[path[-1]] = value


def _remove(manifest: Manifest, path: Path) -> None:
    if len(path) == 1:
        manifest.pop(path[0], None)
        return
    below = manifest.get(path[0])
    if isinstance(below, dict) and below:
        _remove(below, path[1:])
        if not below and path[0] not in MEANINGFUL_EMPTY:
            del manifest[path[0]]


def is_below(path: str, top: str) -> bool:
    """Whether an error's path names the field at `top` or something inside it."""
    return path == top or path.startswith((f"{top}.", f"{top}["))
