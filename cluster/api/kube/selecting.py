"""Which objects a list, a watch or a collection means: labels and fields of the query string."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from cluster.api.kube.wire import Request
from cluster.catalog import KINDS
from cluster.machinery.errors import BadRequest
from cluster.machinery.manifest import JSON, Manifest, mapping_at, text_map_at
from cluster.machinery.selector_text import UnreadableSelector, parse_labels
from cluster.machinery.selectors import Selector

Field: TypeAlias = "tuple[str, bool, str]"
"""A path, whether it is to be equal, and the text it is compared with."""

FIELDS: dict[str, frozenset[str]] = {
    "Pod": frozenset({
        "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName",
        "spec.hostNetwork", "status.phase", "status.podIP", "status.nominatedNodeName",
    }),
    "Service": frozenset({"spec.clusterIP", "spec.type"}),
    "Secret": frozenset({"type"}),
    "Namespace": frozenset({"status.phase"}),
    "Node": frozenset({"spec.unschedulable"}),
    "ReplicaSet": frozenset({"status.replicas"}),
    "ReplicationController": frozenset({"status.replicas"}),
    "Job": frozenset({"status.successful"}),
}  # fmt: skip
NAME = frozenset({"metadata.name"})
EVERY = NAME | {"metadata.namespace"}
BY_NAME = frozenset({"Namespace", "Node"})
"""Kinds that know their own fields and are in no namespace."""

ALIASES = {"spec.host": "spec.nodeName"}
"""Old names of a Pod's fields."""

EMPTY: dict[str, str] = {
    "spec.unschedulable": "false", "spec.hostNetwork": "false",
    "status.replicas": "0", "status.successful": "0",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Selection:
    """What is asked for. `name` is set where fields ask for one name alone."""

    labels: Selector
    fields: tuple[Field, ...] = ()

    @property
    def is_everything(self) -> bool:
        """Whether nothing is asked."""
        return self.labels.is_everything and not self.fields

    @property
    def name(self) -> str:
        """The one name that can match, empty where several can."""
        return next(
            (value for path, equal, value in self.fields if path == "metadata.name" and equal), ""
        )

    @property
    def matches(self) -> Callable[[Manifest], bool] | None:
        """The test of a manifest, None where everything passes."""
        return None if self.is_everything else self._matches

    def _matches(self, manifest: Manifest) -> bool:
        if not all((read(manifest, path) == value) == equal for path, equal, value in self.fields):
            return False
        if self.labels.is_everything:
            return True
        return self.labels.matches(text_map_at(mapping_at(manifest, "metadata"), "labels"))


def selection_of(request: Request, kind: str) -> Selection:
    """Return what the query string asks for; raises BadRequest."""
    try:
        labels = parse_labels(request.query.get("labelSelector", ""))
    except UnreadableSelector as error:
        raise BadRequest(str(error)) from error
    text = request.query.get("fieldSelector", "")
    fields = tuple(
        (ALIASES.get(path, path) if kind == "Pod" else path, equal, value)
        for path, equal, value in parse_fields(text)
    )
    known = (EVERY if kind not in BY_NAME else NAME) | FIELDS.get(kind, frozenset())
    for path, _equal, _value in fields:
        if path not in known:
            raise BadRequest(_unsupported(path, kind))
    return Selection(labels, fields)


def _unsupported(path: str, kind: str) -> str:
    """Return the words about a field that no list of the kind can be asked with.

    kubectl writes before them what it looked for. Source: the kinds' `conversion.go`;
    apimachinery `runtime.DefaultMetaV1FieldSelectorConversion`.
    """
    if kind in KINDS and kind not in FIELDS:
        return (
            f'"{path}" is not a known field selector: only "metadata.name", "metadata.namespace"'
        )
    if kind == "Job":
        return f'field label "{path}" not supported for Job'
    if kind == "ReplicaSet":
        return f"field label not supported for appsv1.ReplicaSet: {path}"
    return f"field label not supported: {path}"


def parse_fields(text: str) -> list[Field]:
    """Return the terms of a field selector; raises BadRequest."""
    found: list[Field] = []
    for term in _terms(text):
        for operator, equal in (("!=", False), ("==", True), ("=", True)):
            path, mark, value = term.partition(operator)
            if mark:
                found.append((path.strip(), equal, value.strip()))
                break
        else:
            raise BadRequest(f"invalid selector: '{text}'; can't understand '{term}'")
    return found


def _terms(text: str) -> list[str]:
    """Return the terms between commas; what follows a backslash is taken as itself."""
    terms, term, escaped = [], "", False
    for character in text:
        if escaped:
            term, escaped = term + character, False
        elif character == "\\":
            escaped = True
        elif character == ",":
            terms.append(term)
            term = ""
        else:
            term += character
    return [found for found in (*terms, term) if found.strip()]


def read(manifest: Manifest, path: str) -> str:
    """Return the text of a field, as selectors compare it."""
    value: JSON = manifest
    for step in ["status", "succeeded"] if path == "status.successful" else path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return EMPTY.get(path, "")
    return str(value)
