"""Which objects of a cluster a query means, found by indexes: a search costs what it finds.

A query becomes, for each kind, one step per part that says which names of a namespace it means.
Steps that an index serves (words, names, labels, findings) look at no object besides those; the
others look at what the steps before left over. The answer is that of `matching`, object for
object: the tests hold one against the other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TypeAlias

from cluster.domains.policy.policy import NetworkPolicy
from cluster.domains.workload.pod import Pod
from cluster.machinery.addresses import canonical
from cluster.machinery.kind import Kind
from cluster.machinery.snapshot import Snapshot
from cluster.questions.addresses import AddressIndex
from cluster.questions.facts import Facts
from cluster.questions.labels import LabelPairs
from cluster.questions.names import NameIndex
from cluster.questions.query.grammar import All, And, Not, Or, Query, Term, Word
from cluster.questions.query.matching import World, fits, follow, matches_values, value_test
from cluster.questions.query.values import Reads, reading

Names: TypeAlias = Collection[str]  # of one kind in one namespace; a set, or the snapshot's own
Step: TypeAlias = Callable[[str, Names], Names]
"""From a namespace and the names in question to those of them that are meant."""
Plan: TypeAlias = "bool | Step"  # True: all of them, False: none
Place: TypeAlias = tuple[str, str]

INDEXED = frozenset({"kind", "ns", "name", "label", "finding", "policy"})
_ADDRESS = frozenset("0123456789abcdef.:")
_NONE: Names = frozenset()


def meant(
    query: Query, snapshot: Snapshot, facts: Facts, sees: Callable[[str], bool], world: World
) -> Iterator[tuple[Kind, str, Names]]:
    """Yield the objects that a query means, each once, in no order: a kind, a namespace, names.

    Kinds that `sees` refuses are left out; `world` is the same cluster, for what follows lines.
    """
    plans = _Plans(snapshot, facts, world, sees)
    for kind in snapshot.kinds:
        plan = plans.of(query, kind) if sees(kind.kind) else False
        if plan is False:
            continue
        for namespace in tuple(snapshot.namespaces_of(kind.type)):
            names: Names = snapshot.within(kind.type, namespace)
            yield kind, namespace, names if plan is True else plan(namespace, names)


class _Plans:
    """Makes a plan of a query for each kind; what is found for one is kept for the next."""

    def __init__(
        self, snapshot: Snapshot, facts: Facts, world: World, sees: Callable[[str], bool]
    ) -> None:
        self._snapshot = snapshot
        self._sees = sees
        self._facts = facts
        self._world = world
        self._names = snapshot.beside(NameIndex)
        self._addresses = snapshot.beside(AddressIndex)
        self._labels = snapshot.beside(LabelPairs)
        self._kept: dict[Query, dict[Place, set[str]]] = {}

    def of(self, query: Query, kind: Kind) -> Plan:
        """Return the plan of a query for one kind."""
        match query:
            case All():
                return True
            case And(parts):
                return self._all(parts, kind)
            case Or(parts):
                return self._any(parts, kind)
            case Not(inner):
                return _all_but(self.of(inner, kind))
            case Word():
                return self._word(query, kind)
            case Term():
                return self._term(query, kind)
            case _:
                found = self._once(query, lambda: _by_place(follow(query, self._world)))
                return _among(found, kind)

    def _once(
        self, query: Query, find: Callable[[], dict[Place, set[str]]]
    ) -> dict[Place, set[str]]:
        """Return what is found for objects of every kind; it is looked for once."""
        if query not in self._kept:
            self._kept[query] = find()
        return self._kept[query]

    def _all(self, parts: Iterable[Query], kind: Kind) -> Plan:
        """Return a plan of what all parts mean; those that look at objects come last."""
        plans = [self.of(part, kind) for part in sorted(parts, key=_looks_at_objects)]
        if any(plan is False for plan in plans):
            return False
        steps = [plan for plan in plans if not isinstance(plan, bool)]

        def narrowed(namespace: str, names: Names) -> Names:
            for step in steps:
                if not names:
                    break
                names = step(namespace, names)
            return names

        return narrowed if steps else True

    def _any(self, parts: Iterable[Query], kind: Kind) -> Plan:
        plans = [self.of(part, kind) for part in sorted(parts, key=_looks_at_objects)]
        if any(plan is True for plan in plans):
            return True
        steps = [plan for plan in plans if not isinstance(plan, bool)]

        def joined(namespace: str, names: Names) -> Names:
            found: set[str] = set()
            for step in steps:
                left = names if not found else {name for name in names if name not in found}
                found.update(step(namespace, left))
            return found

        return joined if steps else False

    # words

    def _word(self, word: Word, kind: Kind) -> Plan:
        typed = word.value.lower()
        if "*" in typed:
            return self._pattern(word, kind)
        if typed in kind.kind.lower():
            return True
        found = self._by_finding(word, lambda rule: typed in rule.lower())
        passes = self._reads(kind, "ip", lambda text: typed in text.lower())
        has_addresses = set(typed) <= _ADDRESS
        name = typed.rpartition("/")[2]

        def words(namespace: str, names: Names) -> Names:
            if typed in namespace.lower():
                return names
            meant = {each for each in self._near(kind, namespace, name) if each in names}
            if name != typed:
                meant = {each for each in meant if typed in f"{namespace}/{each}".lower()}
            if found:
                meant |= {n for n in found.get((kind.kind, namespace), _NONE) if n in names}
            if has_addresses and self._addresses.any_contains(kind, namespace, typed):
                meant |= self._passing(passes, kind, namespace, names)
            return meant

        return words

    def _pattern(self, word: Word, kind: Kind) -> Plan:
        """Return a plan of a word in which `*` stands for anything."""
        value = word.value
        if fits(value, kind.kind) or not value.strip("*"):
            return True
        literal = _literal(value)
        part = literal.rpartition("/")[2]
        found = self._by_finding(word, lambda rule: fits(value, rule))
        passes = self._reads(kind, "ip", lambda text: fits(value, text))
        has_addresses = set(literal) <= _ADDRESS

        def words(namespace: str, names: Names) -> Names:
            if fits(value, namespace):
                return names
            near = names if literal in namespace.lower() else self._near(kind, namespace, part)
            meant = {
                name
                for name in near
                if name in names and (fits(value, name) or fits(value, f"{namespace}/{name}"))
            }
            meant |= {n for n in found.get((kind.kind, namespace), _NONE) if n in names}
            if has_addresses and self._addresses.any_contains(kind, namespace, literal):
                meant |= self._passing(passes, kind, namespace, names)
            return meant

        return words

    def _near(self, kind: Kind, namespace: str, part: str) -> Iterable[str]:
        return self._names.containing(kind, namespace, part)

    # terms

    def _term(self, term: Term, kind: Kind) -> Plan:
        test, unwanted = value_test(term)
        match term.field:
            case "kind":
                return matches_values(term, (kind.kind,))
            case "ns" if kind.kind != "Namespace":
                return lambda namespace, names: (
                    names if test(namespace) != unwanted else _NONE
                )  # fmt: skip
            case "ns" | "name":
                return self._named(term, kind)
            case "label":
                return self._labelled(test, kind, is_unwanted=unwanted)
            case "finding":
                plan = _among(self._by_finding(term, test), kind)
            case "policy":
                plan = _among(self._once(term, lambda: self._isolating(test)), kind)
            case field:
                plan = self._read(term, field, test, kind)
        return _all_but(plan) if unwanted else plan

    def _read(self, term: Term, field: str, test: Callable[[str], bool], kind: Kind) -> Plan:
        """Return a plan that reads the objects, of an address only where somebody has it."""
        if field == "zone" and kind.kind == "Pod" and not self._sees("Node"):
            return False  # a Pod's zone is its Node's
        literal = _address(term) if field == "ip" else ""
        passes = self._reads(kind, field, test)

        def read(namespace: str, names: Names) -> Names:
            if literal and not self._addresses.any_contains(kind, namespace, literal):
                return _NONE
            return self._passing(passes, kind, namespace, names)

        return read

    def _named(self, term: Term, kind: Kind) -> Plan:
        test, unwanted = value_test(term)
        can_narrow = term.op in {":", "=", "~"} and (term.op == "~" or "," not in term.value)
        literal = term.value.lower() if term.op == "~" else _literal(term.value)

        def named(namespace: str, names: Names) -> Names:
            near = self._near(kind, namespace, literal) if can_narrow else names
            return {name for name in near if name in names and test(name) != unwanted}

        return named

    def _labelled(self, test: Callable[[str], bool], kind: Kind, *, is_unwanted: bool) -> Plan:
        held = self._labels.having(kind, lambda key, value: test(f"{key}={value}"))
        plan = _among(held, kind)
        return _all_but(plan) if is_unwanted else plan

    def _reads(self, kind: Kind, field: str, test: Callable[[str], bool]) -> Reads:
        return reading(self._snapshot, kind, field, test)

    def _passing(self, passes: Reads, kind: Kind, namespace: str, names: Names) -> set[str]:
        """Return the names of objects that pass a test."""
        objects = self._snapshot.within(kind.type, namespace)
        return {name for name in names if passes(objects[name])}

    def _isolating(self, test: Callable[[str], bool]) -> dict[Place, set[str]]:
        """Return the policies that pass a test, as they are called, and the Pods they select."""
        found: dict[Place, set[str]] = {}
        if not self._sees("NetworkPolicy"):
            return found
        for item in self._snapshot.of(NetworkPolicy):
            namespace, name = item.meta.namespace, item.meta.name
            if test(name) or test(f"{namespace}/{name}"):
                found.setdefault(("NetworkPolicy", namespace), set()).add(name)
                pods = self._snapshot.each_selected(Pod, item.pod_selector, namespace)
                held = found.setdefault(("Pod", namespace), set())
                held.update(pod.meta.name for pod in pods)
        return found

    def _by_finding(self, query: Query, is_meant: Callable[[str], bool]) -> dict[Place, set[str]]:
        """Return the objects with a finding whose rule is meant."""

        def find() -> dict[Place, set[str]]:
            found: dict[Place, set[str]] = {}
            for finding in self._facts.by_rules(is_meant):
                key = finding.key
                found.setdefault((key.kind, key.namespace), set()).add(key.name)
            return found

        return self._once(query, find)


def _all_but(plan: Plan) -> Plan:
    if isinstance(plan, bool):
        return not plan

    def others(namespace: str, names: Names) -> Names:
        gone = plan(namespace, names)
        return {name for name in names if name not in gone} if gone else names

    return others


def _among(found: dict[Place, set[str]], kind: Kind) -> Plan:
    """Return a plan that means what was found already."""
    if not any(place[0] == kind.kind for place in found):
        return False

    def among(namespace: str, names: Names) -> Names:
        return {name for name in found.get((kind.kind, namespace), _NONE) if name in names}

    return among


def _by_place(ids: Iterable[str]) -> dict[Place, set[str]]:
    found: dict[Place, set[str]] = {}
    for each in ids:
        kind, namespace, name = each.split("/", 2)
        found.setdefault((kind, namespace), set()).add(name)
    return found


def _looks_at_objects(query: Query) -> bool:
    """Whether no index serves a part of a query."""
    match query:
        case Term(field):
            return field not in INDEXED
        case Not(inner):
            return _looks_at_objects(inner)
        case And(parts) | Or(parts):
            return any(_looks_at_objects(part) for part in parts)
        case _:
            return False


def _address(term: Term) -> str:
    """Return what the canonical text of an address contains that a term asks for, "" for any."""
    if term.op not in {":", "="} or set(term.value) & set(",*/"):
        return ""
    return canonical(term.value).lower()


def _literal(pattern: str) -> str:
    """Return the longest text that whatever fits a pattern contains, lower case."""
    return max(pattern.lower().split("*"), key=len)
