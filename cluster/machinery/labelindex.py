"""Inverted indexes between labels and selectors, so that no rule scans a cluster.

`LabelIndex` answers "which objects does this selector select", `SelectorIndex` the reverse,
"which selectors select an object with these labels". Measured in performance.md section 2a:
roaring bitmaps keep the cost per selector constant as a cluster grows.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Generic, TypeVar

from pyroaring import BitMap

from cluster.machinery.meta import Key
from cluster.machinery.selectors import Requirement, Selector

T = TypeVar("T")


N = TypeVar("N", bound=Hashable)


def _post(postings: dict[N, BitMap], name: N, number: int) -> None:
    """Add a number to a posting, made where there is none."""
    found = postings.get(name)
    if found is None:
        found = postings[name] = BitMap()
    found.add(number)


def _copied(postings: dict[N, BitMap]) -> dict[N, BitMap]:
    return {name: posting.copy() for name, posting in postings.items()}


class LabelIndex(Generic[T]):
    """Objects by namespace and labels."""

    def __init__(self) -> None:
        """Start empty."""
        self._objects: dict[int, T] = {}
        self._ids: dict[Key, int] = {}
        self._labels: dict[int, Mapping[str, str]] = {}
        self._free: list[int] = []
        self._everything = BitMap()
        self._namespaces: dict[str, BitMap] = {}
        self._pairs: dict[tuple[str, str], BitMap] = {}
        self._keys: dict[str, BitMap] = {}

    def copied(self) -> LabelIndex[T]:
        """Return an index of the same objects that changes on its own from now on."""
        made: LabelIndex[T] = LabelIndex()
        made._objects = self._objects.copy()
        made._ids = self._ids.copy()
        made._labels = self._labels.copy()
        made._free = self._free.copy()
        made._everything = self._everything.copy()
        made._namespaces = _copied(self._namespaces)
        made._pairs = _copied(self._pairs)
        made._keys = _copied(self._keys)
        return made

    def put(self, key: Key, labels: Mapping[str, str], item: T) -> None:
        """Add or replace the object called `key`."""
        number = self._ids.get(key)
        if number is None:
            number = self._free.pop() if self._free else len(self._objects)
            self._ids[key] = number
            self._everything.add(number)
            _post(self._namespaces, key.namespace, number)
        elif self._labels[number] == labels:
            self._objects[number] = item
            self._labels[number] = labels
            return
        else:
            self._unpost(number)
        self._objects[number] = item
        self._labels[number] = labels
        for label, value in labels.items():
            _post(self._pairs, (label, value), number)
            _post(self._keys, label, number)

    def remove(self, key: Key) -> None:
        """Forget the object called `key`; nothing happens where it is unknown."""
        number = self._ids.pop(key, None)
        if number is None:
            return
        self._unpost(number)
        del self._objects[number], self._labels[number]
        self._everything.discard(number)
        members = self._namespaces[key.namespace]
        members.discard(number)
        if not members:
            del self._namespaces[key.namespace]
        self._free.append(number)

    def _unpost(self, number: int) -> None:
        for label, value in self._labels[number].items():
            posting = self._pairs[label, value]
            posting.discard(number)
            if not posting:
                del self._pairs[label, value]
            below = self._keys[label]
            below.discard(number)
            if not below:
                del self._keys[label]

    def select(self, selector: Selector, namespace: str | None = None) -> Iterator[T]:
        """Yield the objects that `selector` selects, in one namespace or (None) in all.

        The order is arbitrary but equal for equal histories; callers sort where it can leak out.
        """
        return (self._objects[number] for number in self.matching(selector, namespace))

    def count(self, selector: Selector, namespace: str | None = None) -> int:
        """Return how many objects `selector` selects."""
        return len(self.matching(selector, namespace))

    def number(self, key: Key) -> int:
        """Return the number under which `matching` names an object; it may serve another later.

        Raises KeyError where the object is unknown.
        """
        return self._ids[key]

    def at(self, number: int) -> T:
        """Return the object that has a number now."""
        return self._objects[number]

    def matching(self, selector: Selector, namespace: str | None = None) -> BitMap:
        """Return the numbers of what `select` yields; the caller must not change the bitmap."""
        found = self._everything if namespace is None else self._namespaces.get(namespace)
        if found is None:
            return BitMap()
        keep = [found]
        drop: list[BitMap] = []
        for requirement in selector.requirements:
            posting = self._posting(requirement)
            (keep if requirement.operator in {"In", "Exists"} else drop).append(posting)
        keep.sort(key=len)
        result = keep[0]
        for posting in keep[1:]:
            result = result & posting
        for posting in drop:
            result = result - posting
        return result

    def having(self, test: Callable[[str, str], bool]) -> BitMap:
        """Return the numbers of the objects with a label, key and value, that passes `test`.

        Asks each pair that there is once: the way to find labels in any spelling.
        """
        found = [posting for pair, posting in self._pairs.items() if test(*pair)]
        return BitMap.union(*found) if found else BitMap()

    def _posting(self, requirement: Requirement) -> BitMap:
        if not requirement.values:
            return self._keys.get(requirement.key, BitMap())
        found = [
            self._pairs[requirement.key, value]
            for value in requirement.values
            if (requirement.key, value) in self._pairs
        ]
        return found[0] if len(found) == 1 else BitMap.union(*found) if found else BitMap()


class SelectorIndex(Generic[T]):
    """Selectors by what they require first, for the question "who selects this object?"."""

    def __init__(self) -> None:
        """Start empty."""
        self._anchors: dict[tuple[str, str, str | None], dict[Key, tuple[Selector, T]]] = {}
        self._known: dict[Key, Selector] = {}

    def copied(self) -> SelectorIndex[T]:
        """Return an index of the same selectors that changes on its own from now on."""
        made: SelectorIndex[T] = SelectorIndex()
        made._anchors = {anchor: held.copy() for anchor, held in self._anchors.items()}
        made._known = self._known.copy()
        return made

    def put(self, key: Key, selector: Selector, item: T) -> None:
        """Add or replace the selector that the object `key` holds; it sees its own namespace."""
        self.remove(key)
        self._known[key] = selector
        for anchor in _anchors(key.namespace, selector):
            self._anchors.setdefault(anchor, {})[key] = (selector, item)

    def remove(self, key: Key) -> None:
        """Forget the selector of `key`; nothing happens where it is unknown."""
        selector = self._known.pop(key, None)
        if selector is None:
            return
        for anchor in _anchors(key.namespace, selector):
            holders = self._anchors[anchor]
            del holders[key]
            if not holders:
                del self._anchors[anchor]

    def selecting(self, namespace: str, labels: Mapping[str, str]) -> Iterator[T]:
        """Yield the holders in `namespace` whose selector matches `labels`, each once."""
        for anchor in self._candidates(namespace, labels):
            for selector, item in self._anchors.get(anchor, {}).values():
                if selector.matches(labels):
                    yield item

    @staticmethod
    def _candidates(
        namespace: str, labels: Mapping[str, str]
    ) -> Iterator[tuple[str, str, str | None]]:
        yield (namespace, "", None)
        for key, value in labels.items():
            yield (namespace, key, value)
            yield (namespace, key, None)


def _anchors(namespace: str, selector: Selector) -> list[tuple[str, str, str | None]]:
    """Return where a selector is filed: under one requirement that every match must meet."""
    for requirement in selector.requirements:
        if requirement.operator == "In":
            return [(namespace, requirement.key, value) for value in requirement.values]
    for requirement in selector.requirements:
        if requirement.operator == "Exists":
            return [(namespace, requirement.key, None)]
    return [(namespace, "", None)]
