"""One state of a cluster, as far as a plan compares it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from cluster.domains.dns.records import service_records, slice_records
from cluster.domains.ingress.ingress import Ingress
from cluster.domains.ingress.precedence import older_route
from cluster.domains.policy.reach import Reach
from cluster.domains.service.endpointslice import EndpointSlice
from cluster.domains.service.service import Service
from cluster.machinery.findings import Finding
from cluster.machinery.manifest import Manifest
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import say
from cluster.questions.plan.changing import written
from cluster.questions.plan.service_ports import Door, doors
from cluster.questions.reach.options import ReachOptions
from cluster.questions.reach.reachability import reachability
from cluster.questions.seeded import Seeded


class Route(NamedTuple):
    """What a request is matched by; `path` and `path_type` are empty for a default backend."""

    class_word: str
    host: str
    path: str
    path_type: str

    def __str__(self) -> str:
        """`shop.example.com/cart (Prefix)`."""
        if not self.path_type:
            return f"{self.host or '*'} (default backend)"
        return f"{self.host or '*'}{self.path} ({self.path_type})"


@dataclass(frozen=True, slots=True)
class Picture:
    """What users wrote, and what follows from it. `names` are those of the DNS zones."""

    objects: dict[Key, Manifest]
    reach: list[Reach]
    names: dict[tuple[str, str], tuple[str, ...]]
    routes: dict[Route, str]
    doors: dict[Door, str]
    findings: frozenset[Finding]


def picture(seeded: Seeded, options: ReachOptions) -> Picture:
    """Return the state of a settled cluster."""
    manifests = seeded.simulator.manifests
    snapshot = seeded.snapshot
    own = written(manifests)
    return Picture(
        objects={key: manifests[key] for key in own},
        reach=reachability(snapshot, options),
        names=_names(snapshot),
        routes=_routes(snapshot),
        doors=doors(snapshot),
        findings=frozenset(
            finding for finding in seeded.facts.all() if finding.key not in seeded.built_in
        ),
    )


def _names(snapshot: Snapshot) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the data of each name and type of the forward zones."""
    found: dict[tuple[str, str], set[str]] = {}
    services = (service_records(service, snapshot) for service in snapshot.of(Service))
    slices = (slice_records(piece, snapshot) for piece in snapshot.of(EndpointSlice))
    for records in (*services, *slices):
        for record in records:
            if record.type != "PTR":
                found.setdefault((record.name, record.type), set()).add(record.data)
    return {key: tuple(sorted(data)) for key, data in found.items()}


def _routes(snapshot: Snapshot) -> dict[Route, str]:
    """Return the backend of each route that wins, with the Ingress that it is of."""
    found: dict[Route, str] = {}
    for ingress in snapshot.sorted(Ingress):
        meta = ingress.meta
        word, name = ingress.class_word or "", f"{meta.namespace}/{meta.name}"
        if ingress.default_backend is not None:
            hosts = {rule.host for rule in ingress.rules} or {""}
            for host in hosts:
                route = Route(word, host, "", "")
                found.setdefault(
                    route,
                    say(
                        "{backend} of Ingress {name}",
                        backend=str(ingress.default_backend),
                        name=name,
                    ),
                )
        for item in ingress.routes():
            if older_route(ingress, item, snapshot) is None:
                path = item.path
                route = Route(word, item.host, path.path or "/", path.path_type)
                found[route] = say(
                    "{backend} of Ingress {name}", backend=str(path.backend), name=name
                )
    return found
