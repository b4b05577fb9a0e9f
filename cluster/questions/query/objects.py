"""The objects of a cluster as the query language sees them: search, and the filters of lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from cluster.domains.policy.policy import NetworkPolicy
from cluster.domains.workload.pod import Pod
from cluster.machinery.kind import Object
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.questions.facts import Facts
from cluster.questions.neighbours import neighbours
from cluster.questions.query.grammar import Query
from cluster.questions.query.indexed import meant
from cluster.questions.query.matching import Direction, fits
from cluster.questions.query.values import object_values
from cluster.questions.relations import Direction as Side

_DIRECTIONS: dict[Direction, tuple[Side, ...]] = {
    "from": ("out",), "to": ("in",), "both": ("in", "out"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ObjectThing:
    """One object, or one thing that is told of it.

    `more` are texts that words are looked for in, `extra` values by field besides the object's,
    `only` values in the place of the object's.
    """

    snapshot: Snapshot
    facts: Facts
    key: Key
    item: Object | None
    more: tuple[str, ...] = ()
    extra: tuple[tuple[str, str], ...] = ()
    only: tuple[tuple[str, str], ...] = ()

    @property
    def id(self) -> str:
        """`Kind/ns/name`."""
        return self.key.node_id

    @property
    def kind(self) -> str:
        """Its kind."""
        return self.key.kind

    @property
    def namespace(self) -> str:
        """Its namespace."""
        return self.key.namespace

    @property
    def name(self) -> str:
        """Its name."""
        return self.key.name

    def values(self, field: str) -> Sequence[str]:
        """Return the object's values, and those that came with it; none of an object gone."""
        instead = tuple(value for name, value in self.only if name == field)
        if instead:
            return instead
        extra = tuple(value for name, value in self.extra if name == field)
        if self.item is None:
            return extra
        return (*object_values(self.snapshot, self.facts, self.key, self.item, field), *extra)

    def texts(self) -> Sequence[str]:
        """Return the texts that came with it."""
        return self.more


class ClusterWorld:
    """Every object that a reader may see; lines are the relations between objects."""

    def __init__(self, snapshot: Snapshot, facts: Facts, sees: Callable[[str], bool]) -> None:
        """Look at `snapshot`; kinds that `sees` refuses do not exist here."""
        self._snapshot = snapshot
        self._facts = facts
        self._sees = sees

    def thing(
        self,
        key: Key,
        more: tuple[str, ...] = (),
        extra: tuple[tuple[str, str], ...] = (),
        only: tuple[tuple[str, str], ...] = (),
    ) -> ObjectThing:
        """Return one object as a thing, also one that is gone."""
        item = self._snapshot.find(key) if key.kind in self._snapshot.kinds else None
        return ObjectThing(self._snapshot, self._facts, key, item, more, extra, only)

    def things(self) -> Iterator[ObjectThing]:
        """Yield every object, kind by kind."""
        for kind in self._snapshot.kinds:
            if not self._sees(kind.kind):
                continue
            for item in self._snapshot.of(kind.type):
                key = kind.key(item.meta.namespace, item.meta.name)
                yield ObjectThing(self._snapshot, self._facts, key, item)

    def meant(self, query: Query) -> set[str]:
        """Return what a query means, found through indexes."""
        found = meant(query, self._snapshot, self._facts, self._sees, self)
        return {
            kind.key(namespace, name).node_id for kind, namespace, names in found for name in names
        }

    def beside(self, ids: set[str], way: Direction) -> set[str]:
        """Return what the objects called `ids` lead to, are led to by, or both."""
        found = neighbours(self._snapshot, ids, _DIRECTIONS[way])
        return {each for each in found if self._sees(each.partition("/")[0])}

    def denied(self, policy: str) -> set[str]:
        """Return the Pods that the policies with that name isolate."""
        if not (self._sees("Pod") and self._sees("NetworkPolicy")):
            return set()
        return {
            Key("", "Pod", pod.meta.namespace, pod.meta.name).node_id
            for item in self._snapshot.of(NetworkPolicy)
            if fits(policy, item.meta.name)
            or fits(policy, f"{item.meta.namespace}/{item.meta.name}")
            for pod in self._snapshot.selected(Pod, item.pod_selector, item.meta.namespace)
        }
