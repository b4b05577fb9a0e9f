"""The rule that keeps the verdicts about every class of Pods: facts, one owner per class.

The rule keeps the classes of the snapshot it is asked about, so every engine needs one of its
own. They are made from the snapshot when the rule is first asked, and again by `all_owners`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cluster.domains.policy.selected import SelectedClass, SelectedClasses
from cluster.machinery.changes import Change
from cluster.machinery.meta import Key
from cluster.machinery.rule import NOTHING, Answer, View
from cluster.machinery.snapshot import Snapshot

CLASS_GROUP, CLASS_KIND = "networking.k8s.io", "PodClass"


def class_key(namespace: str, digest: str) -> Key:
    """Return the key that the facts of a class are kept under; no object has it."""
    return Key(CLASS_GROUP, CLASS_KIND, namespace, digest)


class PolicyVerdicts:
    """Facts of classes of Pods: their `ClassVerdict`s, Ingress first."""

    name = "policy_verdicts"
    kinds = frozenset({"Pod", "NetworkPolicy"})

    def __init__(self) -> None:
        """Know no snapshot yet."""
        self._snapshot: Snapshot | None = None
        self._classes: SelectedClasses | None = None

    def owners(self, change: Change, snapshot: Snapshot) -> Iterable[Key]:
        """Yield the classes that the change alters, makes or ends."""
        if self._classes is None or self._snapshot is not snapshot:
            return self.all_owners(snapshot)
        return _keys(self._classes.apply(change))

    def all_owners(self, snapshot: Snapshot) -> Iterable[Key]:
        """Yield every class."""
        self._snapshot, self._classes = snapshot, SelectedClasses(snapshot)
        return _keys(self._classes)

    def derive(self, owner: Key, view: View) -> Answer:
        """Return the verdicts about one class, nothing where it has no Pod any more."""
        if self._classes is None or self._snapshot is not view.snapshot:
            self.all_owners(view.snapshot)
        assert self._classes is not None  # noqa: S101
        found = self._classes.find(owner.namespace, owner.name)
        return NOTHING if found is None else Answer(facts=self._classes.verdicts(found))


def _keys(classes: Iterable[SelectedClass]) -> Iterator[Key]:
    return (class_key(found.namespace, found.digest) for found in classes)
