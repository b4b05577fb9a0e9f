"""Manifests as JSON values, and typed ways to read them.

A manifest is what a user wrote, still a mapping. The structural check (`schema`) runs before any
rule reads a manifest, so the readers here may trust types; a value of another type is a bug and
raises `WrongType`. Absence and JSON ``null`` are the same: ``None`` or an empty collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

JSON: TypeAlias = "None | bool | int | float | str | list[JSON] | dict[str, JSON]"
Manifest: TypeAlias = dict[str, JSON]
_ATOMS = frozenset({str, int, bool, float, type(None)})


class WrongType(TypeError):
    """A manifest holds a value of a type its schema does not allow; only a bug gets here."""


def value_at(manifest: Mapping[str, JSON], *path: str) -> JSON:
    """Return what stands at `path`, or None where any step is absent or null."""
    value: JSON = manifest  # type: ignore[assignment]
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif value is None:
            return None
        else:
            raise WrongType(f"{'.'.join(path)}: {step} is read from a {type(value).__name__}")
    return value


# Most readers below take one step, millions of times in an import: they take it themselves.


def text_at(manifest: Mapping[str, JSON], *path: str) -> str | None:
    """Return the string at `path`, None where absent."""
    value = manifest.get(path[0]) if len(path) == 1 else value_at(manifest, *path)
    if value is None or isinstance(value, str):
        return value
    raise WrongType(f"{'.'.join(path)} is no string")


def integer_at(manifest: Mapping[str, JSON], *path: str) -> int | None:
    """Return the integer at `path`, None where absent."""
    value = manifest.get(path[0]) if len(path) == 1 else value_at(manifest, *path)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise WrongType(f"{'.'.join(path)} is no integer")


def flag_at(manifest: Mapping[str, JSON], *path: str) -> bool | None:
    """Return the boolean at `path`, None where absent (many flags default to true)."""
    value = manifest.get(path[0]) if len(path) == 1 else value_at(manifest, *path)
    if value is None or isinstance(value, bool):
        return value
    raise WrongType(f"{'.'.join(path)} is no boolean")


def port_at(manifest: Mapping[str, JSON], *path: str) -> int | str | None:
    """Return an IntOrString, None where absent."""
    value = value_at(manifest, *path)
    if value is None or (isinstance(value, int | str) and not isinstance(value, bool)):
        return value
    raise WrongType(f"{'.'.join(path)} is neither a number nor a string")


def mapping_at(manifest: Mapping[str, JSON], *path: str) -> Manifest:
    """Return the mapping at `path`; an empty one (not attached to the manifest) where absent."""
    value = manifest.get(path[0]) if len(path) == 1 else value_at(manifest, *path)
    if value is None:
        return {}
    if isinstance(value, dict):
        return value
    raise WrongType(f"{'.'.join(path)} is no mapping")


def list_at(manifest: Mapping[str, JSON], *path: str) -> list[JSON]:
    """Return the list at `path`; an empty one (not attached to the manifest) where absent."""
    value = manifest.get(path[0]) if len(path) == 1 else value_at(manifest, *path)
    if value is None:
        return []
    if isinstance(value, list):
        return value
    raise WrongType(f"{'.'.join(path)} is no list")


def mappings_at(manifest: Mapping[str, JSON], *path: str) -> list[Manifest]:
    """Return the list of mappings at `path`; a null element counts as an empty mapping."""
    found: list[Manifest] = []
    for item in list_at(manifest, *path):
        if isinstance(item, dict):
            found.append(item)
        elif item is None:
            found.append({})
        else:
            raise WrongType(f"{'.'.join(path)} holds a {type(item).__name__}, no mapping")
    return found


def texts_at(manifest: Mapping[str, JSON], *path: str) -> list[str]:
    """Return the list of strings at `path`; null elements count as empty strings."""
    found: list[str] = []
    for item in list_at(manifest, *path):
        if isinstance(item, str):
            found.append(item)
        elif item is None:
            found.append("")
        else:
            raise WrongType(f"{'.'.join(path)} holds a {type(item).__name__}, no string")
    return found


def text_map_at(manifest: Mapping[str, JSON], *path: str) -> dict[str, str]:
    """Return the string-to-string map at `path` (labels, selectors); null values are empty."""
    found: dict[str, str] = {}
    for key, item in mapping_at(manifest, *path).items():
        if isinstance(item, str):
            found[key] = item
        elif item is None:
            found[key] = ""
        else:
            raise WrongType(f"{'.'.join(path)}[{key}] is no string")
    return found


def child_mapping(manifest: Manifest, *path: str) -> Manifest:
    """Return the mapping at `path` to write into, making missing (or null) steps on the way."""
    here = manifest
    for step in path:
        below = here.get(step)
        if below is None:
            below = {}
            here[step] = below
        if not isinstance(below, dict):
            raise WrongType(f"{'.'.join(path)}: {step} is no mapping")
        here = below
    return here


def copy(manifest: Manifest) -> Manifest:
    """Return a deep copy; cheaper than `copy.deepcopy` because JSON has no cycles."""
    return {
        key: value if type(value) in _ATOMS else copy_value(value)
        for key, value in manifest.items()
    }


def copy_value(value: JSON) -> JSON:
    """Return a deep copy of one JSON value."""
    if isinstance(value, dict):
        return {
            key: item if type(item) in _ATOMS else copy_value(item) for key, item in value.items()
        }
    if isinstance(value, list):
        return [item if type(item) in _ATOMS else copy_value(item) for item in value]
    return value


def without_nulls(value: JSON) -> JSON:
    """Return `value` with null members of mappings left out, as the apiserver stores it."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value


def merge(current: Manifest, patch: Mapping[str, JSON]) -> Manifest:
    """Return `current` with a JSON merge patch (RFC 7396) applied; neither argument is changed."""
    merged = dict(current)
    for key, item in patch.items():
        if item is None:
            merged.pop(key, None)
        elif isinstance(item, dict):
            below = merged.get(key)
            merged[key] = merge(below if isinstance(below, dict) else {}, item)
        else:
            merged[key] = copy_value(item)
    return merged


def leaves(value: JSON, path: str = "") -> Iterator[tuple[str, JSON]]:
    """Yield every scalar or empty collection of `value` with its path (`spec.ports[0].port`)."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            step = f"[{key}]" if "." in key or "/" in key else (f".{key}" if path else key)
            yield from leaves(item, path + step)
    elif isinstance(value, list) and value:
        for position, item in enumerate(value):
            yield from leaves(item, f"{path}[{position}]")
    else:
        yield path, value
