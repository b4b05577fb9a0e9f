"""Every object of one cluster at one revision, parsed and indexed.

Readers (rules, views, questions) only use the reading methods. Whoever feeds it, the engine or a
replica, calls `put` and `remove`, in the order of the log. Objects are found by their class:
`snapshot.get(Service, "shop", "web")`. What is too dear to make for every question, such as an
index of policies, stands beside the objects: made when first asked for, in step from then on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from types import MappingProxyType
from typing import Protocol, TypeVar, cast

from cluster.machinery.changes import Change
from cluster.machinery.kind import Kind, Kinds, Object
from cluster.machinery.labelindex import LabelIndex, SelectorIndex
from cluster.machinery.meta import Key
from cluster.machinery.selectors import Selector
from cluster.machinery.settings import ClusterSettings

T = TypeVar("T", bound=Object)
_NONE: Mapping[str, Object] = MappingProxyType({})


class Follower(Protocol):
    """What stands beside a Snapshot: at any moment as if it had been made at that moment."""

    def apply(self, change: Change) -> None:
        """Take over one change, which the Snapshot already contains."""


F = TypeVar("F", bound=Follower)


class _Table:
    """The objects of one kind with their indexes."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.namespaces: dict[str, dict[str, Object]] = {}
        self.count = 0
        self.indexes: dict[str, dict[Hashable, dict[Key, Object]]] = {
            name: {} for name in kind.indexes
        }
        self.labels: LabelIndex[Object] | None = LabelIndex() if kind.has_label_index else None
        self.selectors: SelectorIndex[Object] | None = (
            SelectorIndex() if kind.selects is not None else None
        )

    def copied(self) -> _Table:
        made = _Table(self.kind)
        made.namespaces = {name: items.copy() for name, items in self.namespaces.items()}
        made.count = self.count
        made.indexes = {
            name: {value: items.copy() for value, items in index.items()}
            for name, index in self.indexes.items()
        }
        made.labels = None if self.labels is None else self.labels.copied()
        made.selectors = None if self.selectors is None else self.selectors.copied()
        return made

    def put(self, key: Key, item: Object) -> Object | None:
        meta = item.meta
        names = self.namespaces.get(meta.namespace)
        if names is None:
            names = self.namespaces[meta.namespace] = {}
        old = names.get(meta.name)
        names[meta.name] = item
        self.count += old is None
        for name, read in self.kind.indexes.items():
            index = self.indexes[name]
            after = set(read(item))
            for value in set(read(old)) - after if old is not None else ():
                self._unindex(index, value, key)
            for value in after:
                index.setdefault(value, {})[key] = item
        if self.labels is not None:
            self.labels.put(key, meta.labels, item)
        if self.selectors is not None and self.kind.selects is not None:
            selector = self.kind.selects(item)
            if selector is None:
                self.selectors.remove(key)
            else:
                self.selectors.put(key, selector, item)
        return old

    def remove(self, key: Key) -> Object | None:
        names = self.namespaces.get(key.namespace, {})
        old = names.pop(key.name, None)
        if old is None:
            return None
        if not names:
            del self.namespaces[key.namespace]
        self.count -= 1
        for name, read in self.kind.indexes.items():
            for value in set(read(old)):
                self._unindex(self.indexes[name], value, key)
        if self.labels is not None:
            self.labels.remove(key)
        if self.selectors is not None:
            self.selectors.remove(key)
        return old

    @staticmethod
    def _unindex(index: dict[Hashable, dict[Key, Object]], value: Hashable, key: Key) -> None:
        holders = index.get(value, {})
        holders.pop(key, None)
        if not holders:
            index.pop(value, None)


class Snapshot:
    """See the module; `revision` is where in the log this stands."""

    def __init__(self, kinds: Kinds, settings: ClusterSettings) -> None:
        """Start empty, with the settings of the cluster."""
        self.kinds = kinds
        self.settings = settings
        self.revision = 0
        self._tables = {kind.type: _Table(kind) for kind in kinds}
        self._by_kind = {kind.kind: self._tables[kind.type] for kind in kinds}
        self._owned: dict[str, dict[Key, Object]] = {}
        self._followers: dict[Hashable, Follower] = {}

    def copied(self, settings: ClusterSettings | None = None) -> Snapshot:
        """Return the same objects in a Snapshot that changes on its own from now on.

        Objects are shared, since nobody changes them; a hundredth of the time that parsing and
        filing them takes. What stands beside the objects is made anew when it is asked for.
        """
        made = Snapshot(self.kinds, self.settings if settings is None else settings)
        made.revision = self.revision
        made._tables = {type_: table.copied() for type_, table in self._tables.items()}
        made._by_kind = {kind.kind: made._tables[kind.type] for kind in self.kinds}
        made._owned = {uid: held.copy() for uid, held in self._owned.items()}
        return made

    # reading

    def get(self, type_: type[T], namespace: str, name: str) -> T | None:
        """Return one object, None where there is none; cluster-scoped kinds: namespace ""."""
        return cast("T | None", self._tables[type_].namespaces.get(namespace, _NONE).get(name))

    def of(self, type_: type[T]) -> Iterator[T]:
        """Yield all objects of a kind, in arbitrary order."""
        for names in self._tables[type_].namespaces.values():
            yield from cast("Collection[T]", names.values())

    def sorted(self, type_: type[T]) -> list[T]:
        """Return all objects of a kind by namespace, then name."""
        return sorted(self.of(type_), key=lambda item: (item.meta.namespace, item.meta.name))

    def within(self, type_: type[T], namespace: str) -> Mapping[str, T]:
        """Return the objects of a kind in one namespace, by name."""
        found = self._tables[type_].namespaces.get(namespace, _NONE)
        return cast("Mapping[str, T]", found)

    def namespaces_of(self, type_: type[T]) -> Collection[str]:
        """Return the namespaces that hold objects of a kind."""
        return self._tables[type_].namespaces.keys()

    def count(self, type_: type[T]) -> int:
        """Return how many objects of a kind there are."""
        return self._tables[type_].count

    def lookup(self, type_: type[T], index: str, value: Hashable) -> Collection[T]:
        """Return the objects that a kind's index called `index` files under `value`."""
        found = self._tables[type_].indexes[index].get(value)
        return cast("Collection[T]", found.values()) if found else ()

    def indexed(self, type_: type[T], index: str) -> Collection[Hashable]:
        """Return the values under which a kind's index files anything."""
        return self._tables[type_].indexes[index].keys()

    def selected(self, type_: type[T], selector: Selector, namespace: str | None) -> list[T]:
        """Return the objects of a label-indexed kind that `selector` selects, by name.

        `namespace` None means all namespaces.
        """
        found = self.each_selected(type_, selector, namespace)
        return sorted(found, key=lambda item: (item.meta.namespace, item.meta.name))

    def each_selected(
        self, type_: type[T], selector: Selector, namespace: str | None
    ) -> Iterator[T]:
        """Yield what `selected` returns, in arbitrary order: for asking whether there is any."""
        labels = self._tables[type_].labels
        assert labels is not None, f"{type_.__name__} has no label index"  # noqa: S101
        return cast("Iterator[T]", labels.select(selector, namespace))

    def labels_of(self, type_: type[T]) -> LabelIndex[T] | None:
        """Return the label index of a kind, None where it has none; readers must not change it."""
        return cast("LabelIndex[T] | None", self._tables[type_].labels)

    def selecting(self, type_: type[T], namespace: str, labels: Mapping[str, str]) -> list[T]:
        """Return the objects of a selecting kind whose selector matches `labels`, by name."""
        selectors = self._tables[type_].selectors
        assert selectors is not None, f"{type_.__name__} selects nothing"  # noqa: S101
        found = cast("Iterator[T]", selectors.selecting(namespace, labels))
        return sorted(found, key=lambda item: item.meta.name)

    def owned_by(self, uid: str, type_: type[T]) -> list[T]:
        """Return the objects of a kind that name `uid` among their owners, by name."""
        held = self._owned.get(uid, {})
        found = [item for item in held.values() if isinstance(item, type_)]
        return sorted(found, key=lambda item: item.meta.name)

    def dependents(self, uid: str) -> list[Key]:
        """Return the keys of all objects that name `uid` among their owners, sorted."""
        return sorted(self._owned.get(uid, {}))

    def is_empty(self, namespace: str) -> bool:
        """Whether no object of any kind is left in a namespace."""
        return not any(namespace in table.namespaces for table in self._tables.values())

    def find(self, key: Key) -> Object | None:
        """Return the object called `key`, whatever its kind."""
        table = self._by_kind[key.kind]
        return table.namespaces.get(key.namespace, _NONE).get(key.name)

    def key_of(self, item: Object) -> Key:
        """Return the key of an object of this snapshot."""
        return self._tables[type(item)].kind.key(item.meta.namespace, item.meta.name)

    def all_keys(self) -> Iterator[Key]:
        """Yield the key of every object, kind by kind in catalog order."""
        for table in self._tables.values():
            for namespace, names in table.namespaces.items():
                for name in names:
                    yield table.kind.key(namespace, name)

    def beside(self, make: Callable[[Snapshot], F]) -> F:
        """Return what `make` makes of this Snapshot: made once, kept in step by every change."""
        found = self._followers.get(make)
        if found is None:
            found = self._followers[make] = make(self)
        return cast("F", found)

    # feeding

    def put(self, item: Object) -> Change:
        """Add or replace an object; returns what changed."""
        key = self.key_of(item)
        old = self._tables[type(item)].put(key, item)
        if old is not None:
            for owner in old.meta.owners:
                self._disown(owner.uid, key)
        for owner in item.meta.owners:
            self._owned.setdefault(owner.uid, {})[key] = item
        return self._changed(Change(key, old, item))

    def remove(self, key: Key) -> Change | None:
        """Remove an object; None where it was not there."""
        old = self._by_kind[key.kind].remove(key)
        if old is None:
            return None
        for owner in old.meta.owners:
            self._disown(owner.uid, key)
        return self._changed(Change(key, old, None))

    def _changed(self, change: Change) -> Change:
        for follower in self._followers.values():
            follower.apply(change)
        return change

    def _disown(self, uid: str, key: Key) -> None:
        held = self._owned.get(uid, {})
        held.pop(key, None)
        if not held:
            self._owned.pop(uid, None)
