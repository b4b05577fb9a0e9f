"""The Pods of each namespace by the policies that select them, kept in step change by change.

A class is the Pods of one namespace that the same policies select and on which the port names
those policies list mean the same: what `class_verdicts` says of one holds for all. The classes of
`index` are finer, they also tell apart which peers mean a Pod. Pods with equal labels and port
names share a cell, so that selectors are asked once per cell. Pods that take part in no
connection are in no class (H-12).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import NamedTuple, TypeAlias

from cluster.domains.policy.class_verdicts import ClassVerdict, class_verdicts, names_listed
from cluster.domains.policy.conventions import STANDARD
from cluster.domains.policy.policy import NetworkPolicy
from cluster.domains.policy.ports import Names, names_of
from cluster.domains.workload.pod import Pod
from cluster.machinery.changes import Change
from cluster.machinery.snapshot import Snapshot

_CellKey: TypeAlias = tuple[frozenset[tuple[str, str]], Names, bool]


class SelectedClass(NamedTuple):
    """What makes Pods equal: their namespace, the names of the policies that select them, ports.

    `names` are the meanings of the port names that those policies list. `is_node` marks Pods on
    their Node's network, which no policy selects (H-10).
    """

    namespace: str
    policies: tuple[str, ...]
    names: Names
    is_node: bool

    @property
    def digest(self) -> str:
        """A short name of the class, the same in every process."""
        return blake2b(repr(tuple(self)).encode(), digest_size=8).hexdigest()


class _Cell:
    """The names of Pods with equal labels and port names, and the class they are in."""

    __slots__ = ("key", "labels", "pod_class", "pods")

    def __init__(self, key: _CellKey, labels: Mapping[str, str], pod_class: SelectedClass) -> None:
        self.key = key
        self.labels = labels
        self.pod_class = pod_class
        self.pods: set[str] = set()


class SelectedClasses:
    """The classes of one snapshot; `apply` every change of a Pod or a NetworkPolicy to it."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Take in all Pods of `snapshot` as they are now."""
        self._snapshot = snapshot
        self._cells: dict[str, dict[_CellKey, _Cell]] = {}
        self._cell_of: dict[tuple[str, str], _Cell] = {}
        self._classes: dict[SelectedClass, set[_Cell]] = {}
        self._by_digest: dict[tuple[str, str], SelectedClass] = {}
        for pod in snapshot.of(Pod):
            self._enter(pod)

    def __iter__(self) -> Iterator[SelectedClass]:
        """Yield every class that has a Pod, in arbitrary order."""
        return iter(self._classes)

    def find(self, namespace: str, digest: str) -> SelectedClass | None:
        """Return the class of that digest, None where it has no Pod."""
        return self._by_digest.get((namespace, digest))

    def verdicts(self, found: SelectedClass) -> tuple[ClassVerdict, ...]:
        """Return the verdicts about a class that has Pods, Ingress first."""
        cells = self._classes[found]
        listed = (
            self._snapshot.get(NetworkPolicy, found.namespace, name) for name in found.policies
        )
        return class_verdicts(
            [policy for policy in listed if policy is not None],
            found.names,
            pod=min(min(cell.pods) for cell in cells),
            pods=sum(len(cell.pods) for cell in cells),
            is_node=found.is_node,
        )

    def apply(self, change: Change) -> set[SelectedClass]:
        """Take over a change that the snapshot contains; return the classes it may alter."""
        if isinstance(change.new, Pod) or isinstance(change.old, Pod):
            return self._apply_pod(change)
        return self._apply_policy(change)

    def _apply_pod(self, change: Change) -> set[SelectedClass]:
        old, new = (item if isinstance(item, Pod) else None for item in (change.old, change.new))
        if old is not None and new is not None and _is_alike(old, new):
            return set()
        touched: set[SelectedClass] = set()
        before = self._cell_of.get((change.key.namespace, change.key.name))
        if before is not None:
            touched.add(before.pod_class)
            self._leave(change.key.namespace, change.key.name, before)
        if new is not None:
            cell = self._enter(new)
            if cell is not None:
                touched.add(cell.pod_class)
        return touched

    def _apply_policy(self, change: Change) -> set[SelectedClass]:
        versions = [item for item in change.versions if isinstance(item, NetworkPolicy)]
        touched: set[SelectedClass] = set()
        for cell in self._cells.get(change.key.namespace, {}).values():
            if cell.key[2] or not any(item.pod_selector.matches(cell.labels) for item in versions):
                continue
            touched.add(cell.pod_class)
            found = self._class_of(change.key.namespace, cell.labels, cell.key)
            if found != cell.pod_class:
                self._unfile(cell)
                cell.pod_class = found
                self._file(cell)
            touched.add(found)
        return touched

    def _enter(self, pod: Pod) -> _Cell | None:
        if STANDARD.obstacle(pod):
            return None
        namespace, labels = pod.meta.namespace, pod.meta.labels
        key = cell_key(pod)
        cells = self._cells.setdefault(namespace, {})
        cell = cells.get(key)
        if cell is None:
            cell = cells[key] = _Cell(key, labels, self._class_of(namespace, labels, key))
            self._file(cell)
        cell.pods.add(pod.meta.name)
        self._cell_of[namespace, pod.meta.name] = cell
        return cell

    def _leave(self, namespace: str, name: str, cell: _Cell) -> None:
        del self._cell_of[namespace, name]
        cell.pods.discard(name)
        if cell.pods:
            return
        self._unfile(cell)
        del self._cells[namespace][cell.key]
        if not self._cells[namespace]:
            del self._cells[namespace]

    def _file(self, cell: _Cell) -> None:
        found = cell.pod_class
        if found not in self._classes:
            self._classes[found] = set()
            self._by_digest[found.namespace, found.digest] = found
        self._classes[found].add(cell)

    def _unfile(self, cell: _Cell) -> None:
        found = cell.pod_class
        self._classes[found].discard(cell)
        if not self._classes[found]:
            del self._classes[found], self._by_digest[found.namespace, found.digest]

    def _class_of(self, namespace: str, labels: Mapping[str, str], key: _CellKey) -> SelectedClass:
        _content, names, is_node = key
        if is_node:
            return SelectedClass(namespace, (), (), is_node=True)
        return class_of(
            namespace, names, self._snapshot.selecting(NetworkPolicy, namespace, labels)
        )


def cell_key(pod: Pod) -> _CellKey:
    """Return what policies can see of a Pod beside its namespace and its addresses."""
    is_node = STANDARD.is_node_traffic(pod)
    return frozenset(pod.meta.labels.items()), () if is_node else names_of(pod), is_node


def class_of(namespace: str, names: Names, policies: Iterable[NetworkPolicy]) -> SelectedClass:
    """Return the class of Pods with these port names that exactly `policies` select."""
    held = sorted(policies, key=lambda policy: policy.meta.name)
    listed = set(names_listed(held))
    return SelectedClass(
        namespace,
        tuple(policy.meta.name for policy in held),
        tuple((name, code) for name, code in names if name in listed),
        is_node=False,
    )


def _is_alike(old: Pod, new: Pod) -> bool:
    """Whether nothing changed that decides about the class of a Pod."""
    return (
        old.meta.labels == new.meta.labels
        and old.containers == new.containers
        and old.host_network == new.host_network
        and bool(STANDARD.obstacle(old)) == bool(STANDARD.obstacle(new))
    )


def verdicts_about(pod: Pod, snapshot: Snapshot) -> tuple[ClassVerdict, ...]:
    """Return the verdicts about one Pod, Ingress first; none where it takes part in nothing."""
    if STANDARD.obstacle(pod):
        return ()
    _content, names, is_node = cell_key(pod)
    policies: list[NetworkPolicy] = []
    if not is_node:
        policies = snapshot.selecting(NetworkPolicy, pod.meta.namespace, pod.meta.labels)
    return class_verdicts(policies, names, pod=pod.meta.name, pods=1, is_node=is_node)
