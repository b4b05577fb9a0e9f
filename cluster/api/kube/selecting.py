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
EVERY = frozenset({"metadata.name", "metadata.namespace"})
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
        raise BadRequest(f"unable to parse labelSelector: {error}") from error
    text = request.query.get("fieldSelector", "")
    fields = tuple(parse_fields(text))
    known = EVERY | FIELDS.get(kind, frozenset())
    for path, _equal, _value in fields:
        if path not in known:
            raise _unsupported(path, kind, str(labels) if labels.requirements else "", text)
    return Selection(labels, fields)


def _unsupported(path: str, kind: str, labels: str, fields: str) -> BadRequest:
    """Return the 400 for a field that no list of the kind can be asked with.

    Source: apiserver `endpoints/handlers/get.go`; the kinds' `conversion.go` for the reason.
    """
    group, version, plural = "", "v1", "events"
    if kind in KINDS:
        found = KINDS[kind]
        group, version, plural = found.group, found.version, found.plural
    if kind in KINDS and kind not in FIELDS:
        why = f'"{path}" is not a known field selector: only "metadata.name", "metadata.namespace"'
    elif kind == "Job":
        why = f'field label "{path}" not supported for Job'
    elif kind == "ReplicaSet":
        why = f"field label not supported for appsv1.ReplicaSet: {path}"
    else:
        why = f"field label not supported: {path}"
    return BadRequest(
        f'Unable to find "{group}/{version}, Resource={plural}" that match label selector '
        f'"{labels}", field selector "{fields}": {why}'
    )


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
