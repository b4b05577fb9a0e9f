"""What policies ask of Pods' labels, each thing once: atoms, and the label groups that meet them.

An atom is one pair of a pod selector and the namespaces it is meant in, as peers name it; a
subject is one pair of a namespace and the podSelector of its policies. Pods of one namespace with
equal labels form a label group and meet the same atoms, so selectors are never asked Pod by Pod.
Atoms that every Pod of a namespace meets are kept with the namespace. Source: semantics.md H-1,
H-14 to H-17. Only records here; `atom_index` keeps them in step.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cluster.machinery.meta import NOTHING, Key
from cluster.machinery.selectors import Selector

if TYPE_CHECKING:
    from cluster.domains.policy.classes import Cell
    from cluster.domains.policy.tables import Compiled

NO_ATOMS: frozenset[int] = frozenset()


def key_of(namespace: str, name: str = "") -> Key:
    """Return a key for the label indexes of the machinery, which file by namespace."""
    return Key("", "", namespace, name)


class Scope:
    """The namespaces a peer means: those `selector` matches, or (None) the policy's own one."""

    __slots__ = ("atoms", "key", "selector", "spaces")

    def __init__(self, selector: Selector | None, key: Key) -> None:
        self.selector = selector
        self.key = key
        self.spaces: set[Space] = set()
        self.atoms: dict[Selector, Atom] = {}


class Space:
    """One namespace: its labels, the scopes it is in, and the atoms all its Pods meet."""

    __slots__ = ("groups", "is_known", "labels", "name", "own", "peers", "scopes", "subjects")

    def __init__(self, name: str) -> None:
        self.name = name
        self.labels: Mapping[str, str] = NOTHING
        self.is_known = False
        self.own = Scope(None, key_of(name))
        self.own.spaces.add(self)
        self.scopes: set[Scope] = {self.own}
        self.peers: set[int] = set()
        self.subjects = 0  # how many there are
        self.groups: dict[tuple[str, ...], LabelGroup] = {}


class Atom:
    """Pods that a peer means: `selector` in the namespaces of `scope`; `users` peers name it."""

    __slots__ = ("number", "scope", "selector", "users")

    def __init__(self, number: int, scope: Scope, selector: Selector) -> None:
        self.number = number
        self.scope = scope
        self.selector = selector
        self.users = 0


class Subject:
    """The Pods of one namespace that `policies`, by name, select with one podSelector."""

    __slots__ = ("number", "policies", "selector", "space")

    def __init__(self, number: int, space: Space, selector: Selector) -> None:
        self.number = number
        self.space = space
        self.selector = selector
        self.policies: dict[str, Compiled] = {}


class Choice:
    """One pod selector with everything that asks for it, by scope and by namespace."""

    __slots__ = ("atoms", "key", "selector", "subjects")

    def __init__(self, selector: Selector, key: Key) -> None:
        self.selector = selector
        self.key = key
        self.atoms: dict[Scope, Atom] = {}
        self.subjects: dict[str, Subject] = {}


class LabelGroup:
    """The Pods of one namespace with equal labels: the subjects and atoms they meet."""

    __slots__ = ("cells", "key", "labels", "peers", "selected", "space")

    def __init__(self, space: Space, labels: Mapping[str, str], key: Key) -> None:
        self.space = space
        self.labels = labels
        self.key = key
        self.selected = NO_ATOMS
        self.peers = NO_ATOMS
        self.cells: dict[object, Cell] = {}
