"""The versions of one object that the log still holds, and what changed between two of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from difflib import SequenceMatcher

from cluster.machinery.manifest import JSON
from cluster.web.manifest_yaml import Line, Section, render_lines

CONTEXT = 3  # lines, as `diff -u`
UNINTERESTING = ("managedFields", "resourceVersion", "generation")


def difference(old: Mapping[str, JSON], new: Mapping[str, JSON]) -> list[Section]:
    """Return the lines that differ between two versions, with three lines around each.

    Lines of the old version are marked `del` and keep its numbers, those of the new one `add`;
    every section is one run of lines. Equal versions give an empty list; an empty `old` stands
    for no version, so that every line is added.
    """
    before = render_lines(_readable(old)) if old else []
    after = render_lines(_readable(_ordered(new, old)))
    matcher = SequenceMatcher(
        None, [line.text for line in before], [line.text for line in after], autojunk=False
    )
    found: list[Section] = []
    for group in matcher.get_grouped_opcodes(CONTEXT):
        lines: list[Line] = []
        for verb, start, end, new_start, new_end in group:
            if verb == "equal":
                lines += after[new_start:new_end]
                continue
            lines += [replace(line, mark="del") for line in before[start:end]]
            lines += [replace(line, mark="add") for line in after[new_start:new_end]]
        found.append(Section("", tuple(lines)))
    return found


def _ordered(new: Mapping[str, JSON], old: Mapping[str, JSON]) -> dict[str, JSON]:
    """Return a mapping in the order of an older one, new fields last: moving is no change."""
    names = [*(name for name in old if name in new), *(name for name in new if name not in old)]
    found: dict[str, JSON] = {}
    for name in names:
        value, before = new[name], old.get(name)
        if isinstance(value, dict) and isinstance(before, dict):
            value = _ordered(value, before)
        found[name] = value
    return found


def _readable(manifest: Mapping[str, JSON]) -> Mapping[str, JSON]:
    """Return a manifest without the fields that change with every write."""
    meta = manifest.get("metadata")
    if not isinstance(meta, dict):
        return manifest
    kept = {name: value for name, value in meta.items() if name not in UNINTERESTING}
    return {**manifest, "metadata": kept}
