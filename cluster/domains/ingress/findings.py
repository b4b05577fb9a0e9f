"""Findings about Ingresses and their classes, and whose findings a change can alter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cluster.domains.ingress.faults import answers, faults
from cluster.domains.ingress.finding_texts import FINDINGS, SECOND_DEFAULT
from cluster.domains.ingress.ingress import DEFAULT_CLASS_ANNOTATION, Ingress, IngressClass
from cluster.domains.ingress.precedence import route_keys
from cluster.domains.ingress.rules import class_dependents
from cluster.domains.service.endpointslice import EndpointSlice
from cluster.domains.service.service import Service
from cluster.domains.workload.records import Secret
from cluster.machinery.changes import Change
from cluster.machinery.findings import Finding
from cluster.machinery.meta import Key
from cluster.machinery.rule import NOTHING, Answer, Rule, View
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import say

__all__ = ["FINDINGS", "RULES", "IngressFindings"]


@dataclass(frozen=True, slots=True)
class IngressFindings:
    """Facts of an Ingress: its findings."""

    name: str = "ingress_findings"
    kinds: frozenset[str] = frozenset(
        {"Ingress", "IngressClass", "Service", "EndpointSlice", "Secret"}
    )

    def owners(self, change: Change, snapshot: Snapshot) -> Iterable[Key]:
        """Yield the Ingresses that changed, or that name what changed."""
        match change.new or change.old:
            case Ingress():
                return {change.key, *_sharing_routes(change, snapshot)}
            case IngressClass():
                return class_dependents(change.key.name, snapshot)
            case Service():
                return _naming("service", change.key.namespace, change.key.name, snapshot)
            case EndpointSlice():
                return set(_behind_slices(change, snapshot))
        if change.key.kind == "Secret" and _secret_type(change.old) != _secret_type(change.new):
            return _naming("secret", change.key.namespace, change.key.name, snapshot)
        return []

    def all_owners(self, snapshot: Snapshot) -> Iterable[Key]:
        """Yield every Ingress."""
        return map(snapshot.key_of, snapshot.of(Ingress))

    def derive(self, owner: Key, view: View) -> Answer:
        """Return the findings about one Ingress as facts."""
        ingress = view.snapshot.get(Ingress, owner.namespace, owner.name)
        return NOTHING if ingress is None else Answer(facts=tuple(faults(ingress, view.snapshot)))


@dataclass(frozen=True, slots=True)
class IngressClassFindings:
    """Facts of an IngressClass: whether another one is the default, too."""

    name: str = "ingress_class_findings"
    kinds: frozenset[str] = frozenset({"IngressClass"})

    def owners(self, change: Change, snapshot: Snapshot) -> Iterable[Key]:
        """Yield the class, and every default one where it is or was one."""
        yield change.key
        if any(isinstance(one, IngressClass) and one.is_default for one in change.versions):
            yield from map(snapshot.key_of, _defaults(snapshot))

    def all_owners(self, snapshot: Snapshot) -> Iterable[Key]:
        """Yield every IngressClass."""
        return map(snapshot.key_of, snapshot.of(IngressClass))

    def derive(self, owner: Key, view: View) -> Answer:
        """Return NV312 for a default class that new Ingresses do not get (G-14)."""
        mine = view.snapshot.get(IngressClass, "", owner.name)
        if mine is None or not mine.is_default:
            return NOTHING
        winner = _defaults(view.snapshot)[0]
        if winner.meta.name == mine.meta.name:
            return NOTHING
        text = say(
            "New Ingresses without a class get {winner}, which is a default, too.",
            winner=winner.meta.name,
        )
        path = f"metadata.annotations[{DEFAULT_CLASS_ANNOTATION}]"
        found = Finding(
            owner, SECOND_DEFAULT.id, path, text, SECOND_DEFAULT.severity, winner.meta.name
        )
        return Answer(facts=(found,))


def _defaults(snapshot: Snapshot) -> list[IngressClass]:
    """Return the default classes, the one that counts first: the newest, then by name."""
    found = [one for one in snapshot.sorted(IngressClass) if one.is_default]
    return sorted(found, key=lambda one: one.meta.creation_timestamp or "", reverse=True)


def _secret_type(version: object) -> str | None:
    return version.type if isinstance(version, Secret) else None


def _naming(index: str, namespace: str, name: str, snapshot: Snapshot) -> Iterator[Key]:
    return map(snapshot.key_of, snapshot.lookup(Ingress, index, (namespace, name)))


def _sharing_routes(change: Change, snapshot: Snapshot) -> Iterator[Key]:
    """Yield the Ingresses with a route of a changed one: another may be the oldest now."""
    versions = [version for version in change.versions if isinstance(version, Ingress)]
    tables = [
        (version.age_order, version.class_word, tuple(version.routes())) for version in versions
    ]
    if len(tables) == 2 and tables[0] == tables[1]:  # noqa: PLR2004 - before and after
        return
    for version in versions:
        for key in route_keys(version):
            yield from map(snapshot.key_of, snapshot.lookup(Ingress, "route", key))


def _behind_slices(change: Change, snapshot: Snapshot) -> Iterator[Key]:
    """Yield the Ingresses whose backend a slice belongs to, where the slice's answer differs."""
    versions = [version for version in change.versions if isinstance(version, EndpointSlice)]
    shapes = {(piece.service, answers(piece), piece.ports) for piece in versions}
    if len(versions) == 2 and len(shapes) == 1:  # noqa: PLR2004 - before and after
        return
    for service, _answers, _ports in shapes:
        if service is not None:
            yield from _naming("service", service.namespace, service.name, snapshot)


RULES: tuple[Rule, ...] = (IngressFindings(), IngressClassFindings())
