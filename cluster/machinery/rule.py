"""What a rule is: whose answer can a change alter, and what is the answer for one owner.

A rule is pure. It reads a `View` and answers with writes (objects that should be made, patched or
removed), facts (values that others read, such as findings), Events, and when to ask again. The
engine runs rules in catalog order until no owner is left (`cluster.engine`); asking every owner
again is the definition of the result, asking only the owners a change names is an optimisation
that a property test holds equal.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from cluster.machinery.changes import Change
from cluster.machinery.manifest import Manifest
from cluster.machinery.meta import Key
from cluster.machinery.settings import ClusterSettings
from cluster.machinery.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Put:
    """Make an object, or replace it whole. `metadata.uid` may be empty for a new one."""

    manifest: Manifest


@dataclass(frozen=True, slots=True)
class Patch:
    """Change an existing object by a JSON merge patch (lists are replaced, null removes)."""

    key: Key
    merge: Manifest


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove an object, at once and with everything that only it owns.

    `graceful` asks for what a client's delete does instead: a Pod terminates first (I-31).
    """

    key: Key
    graceful: bool = False


Write: TypeAlias = Put | Patch | Remove


@dataclass(frozen=True, slots=True)
class Event:
    """A Kubernetes Event that a controller would record about `key`."""

    key: Key
    type: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a rule says about one owner.

    `wake` is the RFC 3339 time at which the owner must be asked again, None for never; `error` is
    what kept the rule from answering whole (a controller would retry), None where all is well.
    """

    writes: tuple[Write, ...] = ()
    facts: tuple[Hashable, ...] = ()
    events: tuple[Event, ...] = ()
    wake: str | None = None
    error: str | None = None


NOTHING = Answer()


class View(Protocol):
    """What a rule may look at."""

    @property
    def snapshot(self) -> Snapshot:
        """Every object, with the writes of earlier rules of the same step."""

    @property
    def settings(self) -> ClusterSettings:
        """The cluster's settings."""

    @property
    def now(self) -> str:
        """The time of this step, RFC 3339 with seconds, UTC."""

    def manifest(self, key: Key) -> Manifest:
        """Return the whole manifest of an existing object; the caller must not change it."""

    def suffix(self, *parts: str) -> str:
        """Return five characters of the generateName alphabet, made from `parts` alone (I-5)."""


class Rule(Protocol):
    """One rule. `name` is stable and unique; `kinds` are those whose changes concern it."""

    @property
    def name(self) -> str:
        """The rule's name, as shown in logs and by verify."""

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds whose changes can alter an answer."""

    def owners(self, change: Change, snapshot: Snapshot) -> Iterable[Key]:
        """Yield the owners whose answer `change` can alter; `snapshot` already contains it."""

    def all_owners(self, snapshot: Snapshot) -> Iterable[Key]:
        """Yield every owner there is."""

    def derive(self, owner: Key, view: View) -> Answer:
        """Return the answer for `owner`, which may no longer exist (then: what to clean up)."""


Teller: TypeAlias = Callable[[Change, Snapshot], Iterable[Event]]
"""What controllers would record about a change, whoever made it; the snapshot contains it."""
