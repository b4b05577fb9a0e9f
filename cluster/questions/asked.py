"""What questions are asked of: one settled cluster, whatever keeps it.

`netviz ask` and the commands that take files ask a cluster in memory (`cluster.questions.seeded`);
`--cluster`, the API and pages ask a stored one (`cluster.runtime.asking`). A question knows only
this, so both give the same answer. It is held still for as long as a question is answered.
"""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Protocol

from cluster.machinery.kind import Kinds
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.meta import Key
from cluster.machinery.rule import Event
from cluster.machinery.settings import ClusterSettings
from cluster.machinery.snapshot import Snapshot
from cluster.questions.facts import Facts


@dataclass(frozen=True, slots=True)
class Counts:
    """How many EndpointSlices were made, changed and removed."""

    create: int = 0
    update: int = 0
    delete: int = 0

    def json(self) -> Manifest:
        """The JSON of questions.md `changes`."""
        return {"create": self.create, "update": self.update, "delete": self.delete}


class Asked(Protocol):
    """One cluster at one revision; never to be kept or changed by who asks."""

    @property
    def cluster(self) -> str:
        """The cluster's name as it stands in addresses; `ask` for one made from a line."""
        ...

    @property
    def kinds(self) -> Kinds:
        """The kinds that the cluster serves."""
        ...

    @property
    def settings(self) -> ClusterSettings:
        """The cluster's settings."""
        ...

    @property
    def snapshot(self) -> Snapshot:
        """Every object, parsed."""
        ...

    @property
    def facts(self) -> Facts:
        """Findings, and namespaces in numbers."""
        ...

    @property
    def revision(self) -> int:
        """Where in the cluster's log this stands."""
        ...

    @property
    def time(self) -> str:
        """The time of that revision, as the API writes times."""
        ...

    @property
    def built_in(self) -> AbstractSet[Key]:
        """What netviz put there and no user wrote: findings about it are nobody's business."""
        ...

    def manifest(self, key: Key) -> Manifest | None:
        """Return one object with its resourceVersion, None where there is none."""
        ...

    def objects(self, kinds: Collection[str] | None = None, namespace: str = "") -> list[Manifest]:
        """Return the objects (of some kinds, of one namespace) with their resourceVersions.

        In the order of the catalog, then by namespace and name.
        """
        ...

    def create(self, document: JSON) -> Manifest:
        """Return what a POST would store, and store nothing; raises ApiError."""
        ...

    def replace(self, document: JSON) -> Manifest:
        """Return what a PUT would store, and store nothing; raises ApiError."""
        ...

    def slice_changes(self, service: Key) -> tuple[Counts, Counts]:
        """Return what a Service's slices went through: first settling, last settling."""
        ...

    def sync_error(self, owner: Key) -> str | None:
        """Return why a controller could not work out what an object needs, None if it could."""
        ...

    def events(self, key: Key) -> list[Event]:
        """Return what controllers recorded about an object, in order."""
        ...
