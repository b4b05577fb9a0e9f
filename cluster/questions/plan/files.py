"""A plan written as files: what is applied, what is deleted, and edits of what is there.

Documents are applied as `kubectl apply` does. One that says `$patch: delete`, as kustomize and
strategic merge patches write it, asks for the deletion of the object that it names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cluster.catalog import KINDS
from cluster.machinery.manifest import JSON, Manifest, copy
from cluster.machinery.meta import Key
from cluster.machinery.texts import say
from cluster.questions.question import QuestionError

DIRECTIVE = "$patch"
DELETE = "delete"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_SERVERS = (
    "uid", "resourceVersion", "creationTimestamp", "deletionTimestamp", "generation",
    "deletionGracePeriodSeconds", "managedFields", "selfLink",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wish:
    """What one document asks for: applying `manifest`, or deleting `key`."""

    manifest: Manifest
    key: Key | None
    is_deletion: bool = False

    def step(self) -> JSON:
        """Return it as a step of the question `plan`."""
        if not self.is_deletion or self.key is None:
            return {"apply": self.manifest}
        namespace, name = self.key.namespace, self.key.name
        return {"delete": {
            "kind": self.key.kind, "name": f"{namespace}/{name}" if namespace else name,
        }}  # fmt: skip


def wish_of(manifest: Manifest) -> Wish:
    """Return what a document asks for; raises QuestionError for a directive that cannot be done.

    `key` is None where the document's kind is not served or it has no name.
    """
    directive = manifest.get(DIRECTIVE)
    key = _key(manifest)
    if directive is None:
        return Wish(manifest, key)
    if directive != DELETE:
        text = say(
            "{directive}: {value} is not known here; {known} is",
            directive=DIRECTIVE,
            value=repr(directive),
            known=DELETE,
        )
        raise QuestionError("BadRequest", text, DIRECTIVE)
    if key is None:
        text = say("a deletion names its object: apiVersion, kind and metadata.name")
        raise QuestionError("BadRequest", text, "metadata.name")
    return Wish(manifest, key, is_deletion=True)


def _key(manifest: Manifest) -> Key | None:
    kind = KINDS.of(str(manifest.get("apiVersion")), str(manifest.get("kind")))
    meta = manifest.get("metadata")
    name = meta.get("name") if isinstance(meta, dict) else None
    if kind is None or not isinstance(meta, dict) or not isinstance(name, str) or not name:
        return None
    namespace = meta.get("namespace")
    return kind.key(namespace if isinstance(namespace, str) and namespace else "default", name)


def deletion_of(key: Key) -> Manifest:
    """Return the document that asks for the deletion of an object."""
    meta: Manifest = {"name": key.name}
    if key.namespace:
        meta["namespace"] = key.namespace
    return {
        "apiVersion": KINDS[key.kind].api_version, "kind": key.kind, "metadata": meta,
        DIRECTIVE: DELETE,
    }  # fmt: skip


def as_written(manifest: Mapping[str, JSON]) -> Manifest:
    """Return a stored manifest as someone would write it: without what servers set."""
    found: Manifest = {name: value for name, value in manifest.items() if name != "status"}
    meta = found.get("metadata")
    if isinstance(meta, dict):
        kept = {name: value for name, value in meta.items() if name not in _SERVERS}
        notes = kept.get("annotations")
        if isinstance(notes, dict):
            left = {name: value for name, value in notes.items() if name != LAST_APPLIED}
            kept.pop("annotations")
            if left:
                kept["annotations"] = left
        found["metadata"] = kept
    return found


def edited(manifest: Manifest, path: str, value: JSON, *, appended: bool) -> Manifest:
    """Return a manifest with one field changed: set, or `value` appended to the list there.

    Mappings that are missing on the way are made. Raises QuestionError for a path that leads
    through something else.
    """
    made = copy(manifest)
    steps = steps_in(path)
    here: JSON = made
    for at, step in enumerate(steps[:-1]):
        following = steps[at + 1]
        here = _below(here, step, [] if isinstance(following, int) else {}, path)
    last = steps[-1]
    if appended:
        held = _below(here, last, [], path)
        if not isinstance(held, list):
            raise _lost(path)
        held.append(value)
    else:
        _set(here, last, value, path)
    return made


def _set(here: JSON, step: str | int, value: JSON, path: str) -> None:
    if isinstance(here, dict) and isinstance(step, str):
        here[step] = value
        return
    if not isinstance(here, list) or not isinstance(step, int) or step >= len(here):
        raise _lost(path)
    here[step] = value


def _below(here: JSON, step: str | int, missing: JSON, path: str) -> JSON:
    if isinstance(here, dict) and isinstance(step, str):
        found = here.get(step)
        if found is None:
            here[step] = found = missing
        return found
    if isinstance(here, list) and isinstance(step, int) and step < len(here):
        return here[step]
    raise _lost(path)


def _lost(path: str) -> QuestionError:
    return QuestionError("BadRequest", say("{path} is not there to be changed", path=path), "path")


def steps_in(path: str) -> Sequence[str | int]:
    """Return the members and positions of a path as steps print it: `spec.ingress[0].from`."""
    found: list[str | int] = []
    rest = path
    while rest:
        if rest.startswith("["):
            inner, _bracket, rest = rest[1:].partition("]")
            found.append(int(inner) if inner.isdigit() else inner)
        else:
            end = min((at for mark in ".[" if (at := rest.find(mark)) >= 0), default=len(rest))
            found.append(rest[:end])
            rest = rest[end:]
        rest = rest.removeprefix(".")
    return found
