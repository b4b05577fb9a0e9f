"""Slices in the making, and the writes that make stored slices what they should be.

A draft with a stored slice becomes a patch made of the differences alone, so that a second run
writes nothing (D-41); a draft without one becomes a new slice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cluster.domains.service.endpointslice import (
    LAST_CHANGE,
    Endpoint,
    EndpointPort,
    EndpointSlice,
    render_endpoint,
    render_port,
)
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.meta import Key, OwnerReference, parse_owner
from cluster.machinery.names import dns_subdomain, prefix_of
from cluster.machinery.rule import Patch, Put, View

GROUP, VERSION, KIND = "discovery.k8s.io", "v1", "EndpointSlice"
GENERATE_PREFIX = 58  # five characters follow
_CONTENT = 8  # the members of Endpoint before its hints


@dataclass(slots=True)
class Draft:
    """One slice as it should be. `name` is empty until a new one is named."""

    address_type: str
    ports: tuple[EndpointPort, ...]
    endpoints: list[Endpoint] = field(default_factory=list)
    stored: EndpointSlice | None = None
    name: str = ""

    @classmethod
    def of(cls, stored: EndpointSlice) -> Draft:
        """Return a draft that changes nothing about a stored slice."""
        return cls(
            stored.address_type, stored.ports, list(stored.endpoints), stored, stored.meta.name
        )


@dataclass(slots=True)
class SlicePlan:
    """What should become of the slices of one Service and address type."""

    create: list[Draft] = field(default_factory=list)
    update: list[Draft] = field(default_factory=list)
    delete: list[EndpointSlice] = field(default_factory=list)
    unchanged: list[EndpointSlice] = field(default_factory=list)

    def add(self, other: SlicePlan) -> None:
        """Take over what `other` plans."""
        self.create += other.create
        self.update += other.update
        self.delete += other.delete
        self.unchanged += other.unchanged

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be written."""
        return not (self.create or self.update or self.delete)

    def recycle(self, is_own: Mapping[str, bool]) -> None:
        """Turn pending creates into updates of slices that would be deleted (D-37).

        `is_own` says by name which slices may be reused; another owner's are not (D-27). The
        address type never changes.
        """
        kept: list[EndpointSlice] = []
        for doomed in sorted(self.delete, key=by_name):
            draft = self.create[-1] if self.create else None
            if (
                draft is not None
                and draft.address_type == doomed.address_type
                and is_own[doomed.meta.name]
            ):
                self.create.pop()
                draft.stored, draft.name = doomed, doomed.meta.name
                self.update.append(draft)
            else:
                kept.append(doomed)
        self.delete = kept

    def name_new(self, view: View, namespace: str, owner: str) -> None:
        """Give every new draft a free name, derived from its owner's (D-22)."""
        taken = {draft.name for draft in self.create}
        attempt = 0
        for draft in self.create:
            while not draft.name:
                name = slice_prefix(owner)[:GENERATE_PREFIX]
                name += view.suffix(namespace, owner, str(attempt))
                attempt += 1
                is_stored = view.snapshot.get(EndpointSlice, namespace, name) is not None
                if name not in taken and not is_stored:
                    draft.name = name
                    taken.add(name)


def slice_prefix(owner: str) -> str:
    """Return the generateName of the slices of `owner` (D-22)."""
    prefix = f"{owner}-"
    return owner if prefix_of(dns_subdomain)(prefix) else prefix


def by_name(stored: EndpointSlice) -> str:
    """Return what stored slices are sorted by."""
    return stored.meta.name


def content(endpoint: Endpoint) -> tuple[object, ...]:
    """Return what makes an endpoint's entry different: everything but the hints (D-39)."""
    return endpoint[:_CONTENT]


def identity(endpoint: Endpoint) -> tuple[object, ...]:
    """Return what makes an endpoint the same one in two slices (D-39)."""
    addresses, target = endpoint.addresses, endpoint.target
    if len(addresses) > 1:
        addresses = tuple(sorted(addresses))
    if target is None:
        return (addresses, endpoint.hostname, "", "")
    return (addresses, endpoint.hostname, target.namespace, target.name)


@dataclass(frozen=True, slots=True)
class SliceMeta:
    """The metadata that all slices of one owner share.

    `annotations` None means: leave those of a stored slice alone. `trigger` is the value of the
    last-change annotation (D-28), None to have none.
    """

    namespace: str
    owner_name: str
    owner: Manifest
    labels: Mapping[str, str]
    annotations: Mapping[str, str] | None = None
    trigger: str | None = None

    def put(self, draft: Draft) -> Put:
        """Return the write that makes a new slice."""
        annotations: Manifest = dict(self.annotations or {})
        if self.trigger is not None:
            annotations[LAST_CHANGE] = self.trigger
        metadata: Manifest = {
            "name": draft.name,
            "generateName": slice_prefix(self.owner_name),
            "namespace": self.namespace,
            "labels": dict[str, JSON](self.labels),
            "ownerReferences": [self.owner],
        }
        if annotations:
            metadata["annotations"] = annotations
        return Put(
            {
                "apiVersion": f"{GROUP}/{VERSION}",
                "kind": KIND,
                "metadata": metadata,
                "addressType": draft.address_type,
                "endpoints": [render_endpoint(endpoint) for endpoint in draft.endpoints],
                "ports": [render_port(port) for port in draft.ports],
            }
        )

    def patch(self, draft: Draft, stored: EndpointSlice) -> Patch | None:
        """Return the write that makes `stored` equal to `draft`, None when it is already."""
        merge: Manifest = {}
        if tuple(draft.endpoints) != stored.endpoints:
            merge["endpoints"] = [render_endpoint(endpoint) for endpoint in draft.endpoints]
        if set(draft.ports) != set(stored.ports):
            merge["ports"] = [render_port(port) for port in draft.ports]
        metadata: Manifest = {}
        labels = difference(self.labels, stored.meta.labels)
        if labels:
            metadata["labels"] = labels
        if stored.meta.owners != (self._owner(),):
            metadata["ownerReferences"] = [self.owner]
        annotations: Manifest = {}
        if self.annotations is not None:
            annotations = difference(self.annotations, _without_trigger(stored.meta.annotations))
        if not (merge or metadata or annotations):
            return None
        if stored.meta.annotations.get(LAST_CHANGE) != self.trigger:
            annotations[LAST_CHANGE] = self.trigger
        if annotations:
            metadata["annotations"] = annotations
        if metadata:
            merge["metadata"] = metadata
        return Patch(Key(GROUP, KIND, self.namespace, stored.meta.name), merge)

    def _owner(self) -> OwnerReference:
        return parse_owner(self.owner)


def difference(wanted: Mapping[str, str], stored: Mapping[str, str]) -> Manifest:
    """Return the merge patch that turns one map of texts into another."""
    found: Manifest = {key: value for key, value in wanted.items() if stored.get(key) != value}
    found.update(dict.fromkeys(key for key in stored if key not in wanted))
    return found


def _without_trigger(annotations: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in annotations.items() if key != LAST_CHANGE}


def written(drafts: Iterable[Draft]) -> Iterator[Endpoint]:
    """Yield the endpoints that the drafts add or change."""
    for draft in drafts:
        before: Sequence[Endpoint] = draft.stored.endpoints if draft.stored is not None else ()
        known = {content(endpoint) for endpoint in before}
        for endpoint in draft.endpoints:
            if content(endpoint) not in known:
                yield endpoint
