"""Findings about ExternalName Services whose target is in the cluster: NV201 and NV202."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cluster.domains.dns.finding_texts import finding
from cluster.domains.dns.zones import parse_query, primary_zone
from cluster.domains.service.service import Service, service_key
from cluster.machinery.changes import Change
from cluster.machinery.meta import Key
from cluster.machinery.rule import NOTHING, Answer, View
from cluster.machinery.settings import ClusterSettings
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import say


@dataclass(frozen=True, slots=True)
class AliasFindings:
    """Facts of an ExternalName Service: that its target is missing, or is itself in the end."""

    name: str = "alias_findings"
    kinds: frozenset[str] = frozenset({"Service"})

    def owners(self, change: Change, snapshot: Snapshot) -> Iterable[Key]:
        """Yield the Service, and every ExternalName Service from which names lead to it."""
        versions = [version for version in change.versions if isinstance(version, Service)]
        meant = {(version.is_external_name, version.external_name) for version in versions}
        if len(versions) == 2 and len(meant) == 1:  # noqa: PLR2004 - before and after
            return {change.key} if versions[1].is_external_name else set()
        zone = primary_zone(snapshot.settings)
        found, waiting = {change.key}, [change.key]
        while waiting:
            key = waiting.pop()
            name = f"{key.name}.{key.namespace}.svc.{zone}"
            for alias in map(snapshot.key_of, snapshot.lookup(Service, "alias", name)):
                if alias not in found:
                    found.add(alias)
                    waiting.append(alias)
        return found

    def all_owners(self, snapshot: Snapshot) -> Iterable[Key]:
        """Yield every ExternalName Service."""
        return (snapshot.key_of(one) for one in snapshot.of(Service) if one.is_external_name)

    def derive(self, owner: Key, view: View) -> Answer:
        """Return what is found where the names of one Service lead."""
        snapshot = view.snapshot
        service = snapshot.get(Service, owner.namespace, owner.name)
        if service is None or not service.is_external_name:
            return NOTHING
        target = _target(service, view.settings)
        if target is None:
            return NOTHING
        rule, text = "", ""
        if snapshot.find(target) is None:
            rule, text = "NV201", say("{target} does not exist.", target=str(target))
        elif owner in _followed(target, snapshot):
            rule, text = (
                "NV202",
                say(
                    "The names lead from {target} back to {owner}.",
                    target=str(target),
                    owner=str(owner),
                ),
            )
        if not text:
            return NOTHING
        path, value = "spec.externalName", service.external_name
        return Answer(facts=(finding(owner, rule, path, text, value),))


def _target(service: Service, settings: ClusterSettings) -> Key | None:
    """Return the Service that an ExternalName names, None where it names something else."""
    query = parse_query(settings, service.external_name.lower())
    if query is None or query.zone.name != primary_zone(settings):
        return None
    match query.labels:
        case (name, namespace, "svc"):
            return service_key(namespace, name)
    return None


def _followed(start: Key, snapshot: Snapshot) -> set[Key]:
    """Return the Services that names lead to from `start` on, itself included."""
    found: set[Key] = set()
    key: Key | None = start
    while key is not None and key not in found:
        found.add(key)
        service = snapshot.get(Service, key.namespace, key.name)
        is_alias = service is not None and service.is_external_name
        key = _target(service, snapshot.settings) if service is not None and is_alias else None
    return found
