"""The ways rows stand in a manifest: a list of mappings, a mapping, paths nested in rules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cluster.admin.fields.shape import Cells, Column, Path, Place, get, is_below, put
from cluster.admin.fields.types import Unreadable
from cluster.machinery.manifest import JSON, Manifest, copy

KEY, VALUE = "key", "value"


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of mappings: row n is element n, and keeps what its columns do not show."""

    path: Path

    def show(self, manifest: Manifest, columns: Sequence[Column]) -> list[Cells]:
        """Return a row for each element."""
        return [show_cells(item, columns) for item in elements(get(manifest, self.path))]

    def write(self, manifest: Manifest, columns: Sequence[Column], rows: list[Cells]) -> None:
        """Put the rows in the place of the elements."""
        old = elements(get(manifest, self.path))
        new: list[JSON] = [
            write_cells(old[index] if index < len(old) else {}, columns, row)
            for index, row in enumerate(rows)
        ]
        put(manifest, self.path, new or None)

    def place(self, path: str, columns: Sequence[Column], rows: list[Cells]) -> Place | None:
        """Return the row and column of `spec.ports[1].port`."""
        return place_in_list(path, ".".join(self.path), columns, len(rows), len(self.path))


@dataclass(frozen=True, slots=True)
class Pairs:
    """A mapping of text to text: a row of key and value for each member."""

    path: Path

    def show(self, manifest: Manifest, columns: Sequence[Column]) -> list[Cells]:
        """Return a row for each member, in the manifest's order."""
        found = get(manifest, self.path)
        value = columns[1].type
        members = found.items() if isinstance(found, dict) else ()
        return [{KEY: key, VALUE: value.show(item)} for key, item in members]

    def write(self, manifest: Manifest, columns: Sequence[Column], rows: list[Cells]) -> None:
        """Put the rows in the place of the mapping; raises Unreadable for a key given twice."""
        members: Manifest = {}
        for row in rows:
            key = str(row[KEY])
            if key in members:
                raise Unreadable(f"{key} stands here twice")
            members[key] = columns[1].type.read(row[VALUE], None) or ""
        put(manifest, self.path, members or None)

    def place(self, path: str, columns: Sequence[Column], rows: list[Cells]) -> Place | None:
        """Return the whole field, or the row of the key that stands in brackets."""
        top = ".".join(self.path)
        if not is_below(path, top):
            return None
        key = path.removeprefix(top).strip("[].")
        keys = [row[KEY] for row in rows]
        found = keys.index(key) if key in keys else None
        return Place(len(self.path), found, columns[1].name if found is not None else "")


@dataclass(frozen=True, slots=True)
class Nested:
    """Lists within a list: `rules[].http.paths[]`, one row for each inner element.

    `shared` are the columns that belong to the outer element (the host): consecutive rows that
    agree in them share one outer element. An outer element without inner ones is a row, too.
    """

    path: Path
    inner: Path
    shared: tuple[str, ...]

    def show(self, manifest: Manifest, columns: Sequence[Column]) -> list[Cells]:
        """Return a row for each inner element, with the outer element's cells in it."""
        mine, theirs = self._split(columns)
        rows: list[Cells] = []
        for outer in elements(get(manifest, self.path)):
            above = show_cells(outer, mine)
            inner = elements(get(outer, self.inner)) or [{}]
            rows += [above | show_cells(item, theirs) for item in inner]
        return rows

    def write(self, manifest: Manifest, columns: Sequence[Column], rows: list[Cells]) -> None:
        """Put the rows in the place of the outer elements."""
        mine, theirs = self._split(columns)
        old = elements(get(manifest, self.path))
        new: list[JSON] = []
        for index, positions in enumerate(self._outer(rows)):
            before = old[index] if index < len(old) else {}
            outer = write_cells(before, mine, rows[positions[0]])
            inner_before = elements(get(before, self.inner))
            inner: list[JSON] = []
            for position in positions:
                nth = position - positions[0]
                kept = inner_before[nth] if nth < len(inner_before) else {}
                item = write_cells(kept, theirs, rows[position])
                if item:
                    inner.append(item)
            put(outer, self.inner, inner or None)
            new.append(outer)
        put(manifest, self.path, new or None)

    def place(self, path: str, columns: Sequence[Column], rows: list[Cells]) -> Place | None:
        """Return the row and column of `spec.rules[0].http.paths[1].path`."""
        mine, theirs = self._split(columns)
        top = ".".join(self.path)
        groups = self._outer(rows)
        found = place_in_list(path, top, mine, len(groups), len(self.path))
        if found is None or found.row is None:
            return found
        positions = groups[found.row]
        below = f"{top}[{found.row}].{'.'.join(self.inner)}"
        inner = place_in_list(path, below, theirs, len(positions), len(self.path) + 1)
        if inner is None:
            return Place(found.depth, positions[0], found.column or columns[0].name)
        row = positions[inner.row or 0]
        return Place(inner.depth, row, inner.column or columns[0].name)

    def _split(self, columns: Sequence[Column]) -> tuple[list[Column], list[Column]]:
        mine = [column for column in columns if column.name in self.shared]
        return mine, [column for column in columns if column.name not in self.shared]

    def _outer(self, rows: list[Cells]) -> list[list[int]]:
        """Return the positions of the rows that share each outer element."""
        groups: list[list[int]] = []
        for position, row in enumerate(rows):
            previous = rows[position - 1] if position else None
            if previous is not None and all(row[n] == previous[n] for n in self.shared):
                groups[-1].append(position)
            else:
                groups.append([position])
        return groups


def elements(value: JSON) -> list[Manifest]:
    """Return the mappings of a list, nothing for anything else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def show_cells(item: Manifest, columns: Sequence[Column]) -> Cells:
    """Return the cells of one element."""
    return {column.name: column.type.show(get(item, column.steps)) for column in columns}


def write_cells(item: Manifest, columns: Sequence[Column], row: Cells) -> Manifest:
    """Return a copy of an element with the cells of a row in it; raises Unreadable."""
    written = copy(item)
    for column in columns:
        old = get(written, column.steps)
        put(written, column.steps, column.type.read(row[column.name], old))
    return {key: value for key, value in written.items() if value != {}}


def place_in_list(
    path: str, top: str, columns: Sequence[Column], count: int, depth: int
) -> Place | None:
    """Return the place of an error in the list at `top`, which has `count` rows."""
    if not is_below(path, top):
        return None
    match = re.fullmatch(r"\[(\d+)\]\.?(.*)", path.removeprefix(top), re.DOTALL)
    if match is None or int(match[1]) >= count:
        return Place(depth)
    inside = match[2]
    for column in columns:
        if is_below(inside, ".".join(column.steps)):
            return Place(depth + len(column.steps), int(match[1]), column.name)
    return Place(depth, int(match[1]), columns[0].name if columns else "")
