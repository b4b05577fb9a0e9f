"""Which objects a query can mean, found by indexes: a search then costs what it finds.

The answer may hold too much, never too little; whoever asks tests each object. Only what must
hold anyway (the terms of an AND) narrows; under OR and minus everything is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from cluster.machinery.kind import Kind
from cluster.machinery.meta import Key
from cluster.machinery.selectors import Requirement, Selector
from cluster.machinery.snapshot import Snapshot
from cluster.questions.facts import Facts
from cluster.questions.names import NameIndex
from cluster.questions.query.grammar import And, Query, Term, Word
from cluster.questions.query.matching import fits, fits_kind

_ADDRESS = frozenset("0123456789abcdef.:*")


@dataclass(slots=True)
class _Needs:
    """What must hold: terms by field, the longest word."""

    kinds: list[str] = field(default_factory=list)
    namespaces: list[str] = field(default_factory=list)
    literal: str = ""
    labels: list[Requirement] = field(default_factory=list)
    word: str = ""


def candidates(
    query: Query, snapshot: Snapshot, facts: Facts, sees: Callable[[str], bool]
) -> Iterator[Key]:
    """Yield the keys of objects that `query` may mean, each once, in no order."""
    needs = _Needs()
    for part in query.of if isinstance(query, And) else (query,):
        _take(part, needs)
    index = _Index(snapshot, facts, needs)
    for kind in snapshot.kinds:
        if sees(kind.kind) and all(
            any(fits_kind(each, kind.kind) for each in wanted.split(",")) for wanted in needs.kinds
        ):
            yield from index.of(kind)


class _Index:
    """The objects of a snapshot, looked through for what must hold."""

    def __init__(self, snapshot: Snapshot, facts: Facts, needs: _Needs) -> None:
        self._snapshot = snapshot
        self._facts = facts
        self._needs = needs
        self._known = snapshot.beside(NameIndex)

    def of(self, kind: Kind) -> Iterator[Key]:
        """Yield the keys of one kind."""
        if self._needs.labels and kind.has_label_index:
            selector = Selector(tuple(self._needs.labels))
            for item in self._snapshot.each_selected(kind.type, selector, None):
                yield kind.key(item.meta.namespace, item.meta.name)
            return
        for namespace in tuple(self._snapshot.namespaces_of(kind.type)):
            if kind.kind == "Namespace" or self._is_meant(namespace):
                for name in self._names(kind, namespace):
                    yield kind.key(namespace, name)

    def _is_meant(self, namespace: str) -> bool:
        return all(
            any(fits(each, namespace) for each in wanted.split(","))
            for wanted in self._needs.namespaces
        )

    def _names(self, kind: Kind, namespace: str) -> Iterable[str]:
        """Return the names in a namespace that may be meant."""
        everything = self._snapshot.within(kind.type, namespace)
        if self._needs.literal:
            return self._known.containing(kind, namespace, self._needs.literal)
        if not self._needs.word:
            return everything
        literal = _literal(self._needs.word)
        part = literal.rpartition("/")[2]
        is_address = bool(literal) and set(literal) <= _ADDRESS
        if not part or is_address or literal in kind.kind.lower() or literal in namespace:
            return everything
        found = set(self._known.containing(kind, namespace, part))
        if "nv".startswith(literal[:2]):
            found |= {
                finding.key.name for finding in self._facts.within(namespace)
                if finding.key.kind == kind.kind
            }  # fmt: skip
        return found


def _take(part: Query, needs: _Needs) -> None:
    match part:
        case Word(value) if len(_literal(value)) > len(_literal(needs.word)):
            needs.word = value.lower()
        case Term("kind", ":" | "=", value):
            needs.kinds.append(value)
        case Term("ns", ":" | "=", value):
            needs.namespaces.append(value)
        case Term("name", ":" | "=" | "~", value) if "," not in value:
            needs.literal = max(needs.literal, _literal(value), key=len)
        case Term("label", ":" | "=", value) if not set(value) & set("*,!"):
            key, equals, content = value.partition("=")
            needs.labels.append(
                Requirement(key, "In", (content,)) if equals else Requirement(key, "Exists")
            )


def _literal(pattern: str) -> str:
    """Return the longest text that whatever fits a pattern contains, lower case."""
    return max(pattern.lower().split("*"), key=len)
