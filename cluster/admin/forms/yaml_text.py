"""A manifest as the YAML that people edit, and back.

Written so that Kubernetes' own reader and any YAML 1.2 reader read the same value back: text that
one of them would take for a number, a flag or null is quoted.
"""

from __future__ import annotations

import yaml

from cluster.machinery.decode import Problem, Upload, documents
from cluster.machinery.limits import Limits
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.texts import joined, say
from cluster.machinery.yaml_scalars import UnreadableScalar, resolve

WIDTH = 100
BOOKKEEPING = ("resourceVersion", "managedFields", "selfLink", "generation")
"""Members of `metadata` that are the server's own: the form carries the first one beside."""


class UnreadableYAML(ValueError):
    """A text that is not one readable document; the text says why, with the line."""


class _Dumper(yaml.SafeDumper):
    """Writes quotes where some reader needs them; never anchors."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _write_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    tag = "tag:yaml.org,2002:str"
    if "\n" in text and text.isascii():
        return dumper.represent_scalar(tag, text, style="|")
    return dumper.represent_scalar(tag, text, style=None if _is_plain(text) else '"')


def _is_plain(text: str) -> bool:
    """Whether no reader takes `text` for anything but text; the dumper looks at the rest."""
    if not text or not text.isprintable():
        return False
    try:
        float(text)
    except ValueError:
        pass
    else:
        return False
    try:
        return resolve(text) == text
    except UnreadableScalar:
        return False


_Dumper.add_representer(str, _write_text)


def to_yaml(manifest: Manifest) -> str:
    """Return a manifest as YAML, members in the manifest's own order."""
    text: str = yaml.dump(
        manifest, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH
    )
    return text


def editable(manifest: Manifest, *, has_status: bool) -> Manifest:
    """Return what of a stored manifest can be edited: all but the server's own bookkeeping."""
    shown = {key: value for key, value in manifest.items() if key != "status" or not has_status}
    meta = manifest.get("metadata")
    if isinstance(meta, dict):
        shown["metadata"] = {key: value for key, value in meta.items() if key not in BOOKKEEPING}
    return shown


def from_yaml(text: str) -> Manifest:
    """Return the one manifest in `text`; raises UnreadableYAML."""
    found: list[Manifest] = []
    for document in documents([Upload("form.yaml", text.encode())], Limits.upload()):
        if document.problem is not None:
            raise UnreadableYAML(_sentence(document.problem))
        if document.notice:
            raise UnreadableYAML(document.notice)
        if document.manifest is not None:
            found.append(document.manifest)
    if len(found) != 1:
        raise UnreadableYAML(
            say("There are {count} objects here; a form holds one.", count=len(found))
        )
    return found[0]


def _sentence(problem: Problem) -> str:
    text = say("Line {line}: {message}", line=problem.line, message=problem.message)
    return joined(" ", [text, problem.remedy]) if problem.remedy else text


def kept(manifest: Manifest, key: str) -> JSON:
    """Return a member of `metadata`, None where there is none."""
    meta = manifest.get("metadata")
    return meta.get(key) if isinstance(meta, dict) else None
