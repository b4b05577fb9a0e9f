"""The engine: changes in, what controllers make of them out.

`feed` puts changes into the snapshot, asks the rules whose owners they concern, in catalog order,
and applies the answers to the snapshot at once, so that later rules see them, until no owner is
left to ask. What remains per object is the net result: one write for the store, however many rules
touched it. `ask_all` makes every owner dirty: that is the definition of the result; the rest is an
optimisation held equal to it by property tests.

One owner's failure is that owner's failure: it is kept in `errors` and asked again when it changes
or when the caller says `retry`. An owner that never comes to rest counts as failed too.
"""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from cluster.engine.collect import Released, cascade
from cluster.machinery.changes import Change
from cluster.machinery.kind import Kind, Kinds
from cluster.machinery.manifest import Manifest, child_mapping, copy, integer_at, mapping_at, merge
from cluster.machinery.meta import Key
from cluster.machinery.rule import Answer, Event, Patch, Put, Rule, Teller, Write
from cluster.machinery.settings import ClusterSettings
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.times import later

SUFFIX_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
MAXIMUM_ASKS = 5000  # of one owner in one step; a StatefulSet of 1,000 Pods in order needs 4,000


@dataclass(slots=True)
class Step:
    """What one `feed` came to.

    `writes`: the net result per object, None for a removed one. `facts`: the new facts of every
    owner whose facts changed, `replaced`: those it had before. `events`: what controllers would
    record. `is_settled` is False when the budget ended first; feed again (with nothing) to go on.
    `wake`: when to feed next.
    """

    writes: dict[Key, Manifest | None] = field(default_factory=dict)
    facts: dict[tuple[str, Key], tuple[Hashable, ...]] = field(default_factory=dict)
    replaced: dict[tuple[str, Key], tuple[Hashable, ...]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    errors: dict[tuple[str, Key], str] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    is_settled: bool = True
    wake: str | None = None


class Engine:
    """One cluster's control plane. It is also the `View` that rules look through."""

    def __init__(
        self,
        kinds: Kinds,
        rules: Iterable[Rule],
        settings: ClusterSettings,
        *,
        stored: Callable[[Key], Manifest],
        seed: str = "",
        tellers: Mapping[str, Teller] = MappingProxyType({}),
    ) -> None:
        """Start empty.

        `stored` returns the whole manifest of an existing object (asked only when a rule changes
        it); `seed` keeps uids of different clusters apart; `tellers` say, by kind, what a change
        is told as.
        """
        self.kinds = kinds
        self.rules = tuple(rules)
        self.snapshot = Snapshot(kinds, settings)
        self.settings = settings
        self.now = ""
        self.facts: dict[tuple[str, Key], tuple[Hashable, ...]] = {}
        self.errors: dict[tuple[str, Key], str] = {}
        self._stored = stored
        self._seed = seed
        self._tellers = tellers
        self._sequence = 0
        self._pending: dict[Key, Manifest | None] = {}
        self._dirty: list[set[Key]] = [set() for _rule in self.rules]
        self._asks: Counter[tuple[int, Key]] = Counter()
        self._timers: list[tuple[str, int, Key]] = []
        self._timer_of: dict[tuple[int, Key], str] = {}
        self._interested: dict[str, tuple[int, ...]] = {
            kind.kind: tuple(i for i, rule in enumerate(self.rules) if kind.kind in rule.kinds)
            for kind in kinds
        }
        self._step = Step()

    # feeding

    def load(self, manifests: Iterable[Manifest], revision: int = 0) -> None:
        """Take over the objects of a stored cluster without asking any rule."""
        for manifest in manifests:
            self.snapshot.put(self._kind_of(manifest).parse(manifest))
        self.snapshot.revision = revision

    def ask_all(self) -> None:
        """Make every owner of every rule dirty; the next `feed` asks them."""
        for index, rule in enumerate(self.rules):
            self._dirty[index].update(rule.all_owners(self.snapshot))

    def remember(self, facts: Mapping[tuple[str, Key], tuple[Hashable, ...]]) -> None:
        """Take over the facts that an earlier engine knew, by rule and owner, and ask them again.

        What comes out the same is no change, and what has no owner any more goes.
        """
        names = {rule.name: index for index, rule in enumerate(self.rules)}
        for slot, known in facts.items():
            self.facts[slot] = known
            self._dirty[names[slot[0]]].add(slot[1])

    def retry(self) -> None:
        """Make the owners that failed dirty again."""
        names = {rule.name: index for index, rule in enumerate(self.rules)}
        for name, owner in self.errors:
            self._dirty[names[name]].add(owner)

    def feed(
        self,
        changes: Iterable[tuple[Key, Manifest | None]],
        now: str,
        budget: int | None = None,
    ) -> Step:
        """Put `changes` (None: removed) into the snapshot and settle; returns what came of it.

        `budget` bounds the objects written and the owners with new facts in one step, so that the
        caller's transaction stays short; None means to settle whole.
        """
        self.now = now
        self._step = Step()
        self._asks.clear()
        for key, manifest in changes:
            change = (
                self.snapshot.remove(key)
                if manifest is None
                else self.snapshot.put(self.kinds[key.kind].parse(manifest))
            )
            if change is not None:
                self._mark(change)
        self._due()
        self._settle(budget)
        step = self._step
        step.writes = self._pending
        step.errors = dict(self.errors)
        step.is_settled = not any(self._dirty)
        step.wake = self._timers[0][0] if self._timers else None
        self._pending = {}
        return step

    def _mark(self, change: Change) -> None:
        for index in self._interested[change.key.kind]:
            self._dirty[index].update(self.rules[index].owners(change, self.snapshot))
        teller = self._tellers.get(change.key.kind)
        if teller is not None:
            self._step.events += teller(change, self.snapshot)

    def _due(self) -> None:
        while self._timers and self._timers[0][0] <= self.now:
            when, index, owner = heapq.heappop(self._timers)
            if self._timer_of.get((index, owner)) == when:
                del self._timer_of[index, owner]
                self._dirty[index].add(owner)

    def _settle(self, budget: int | None) -> None:
        while True:
            index = next((i for i, dirty in enumerate(self._dirty) if dirty), None)
            if index is None:
                return
            batch = sorted(self._dirty[index])
            self._dirty[index] = set()
            for position, owner in enumerate(batch):
                if budget is not None and self._size() >= budget:
                    self._dirty[index].update(batch[position:])
                    return
                self._ask(index, owner)

    def _size(self) -> int:
        """Return how much there is to save of this step."""
        return len(self._pending) + len(self._step.facts)

    def _ask(self, index: int, owner: Key) -> None:
        rule = self.rules[index]
        slot = (rule.name, owner)
        self._asks[index, owner] += 1
        self._step.asked[rule.name] += 1
        if self._asks[index, owner] > MAXIMUM_ASKS:
            self.errors[slot] = f"does not settle: asked {MAXIMUM_ASKS} times in one step"
            return
        try:
            answer = rule.derive(owner, self)
            for write in answer.writes:
                self._write(write)
        except Exception as error:  # one owner's failure must not stop the others
            self.errors[slot] = f"{type(error).__name__}: {error}"
            return
        self._note(index, slot, answer)

    def _note(self, index: int, slot: tuple[str, Key], answer: Answer) -> None:
        if answer.error is None:
            self.errors.pop(slot, None)
        else:
            self.errors[slot] = answer.error
        before = self.facts.get(slot, ())
        if before != answer.facts:
            self._step.replaced.setdefault(slot, before)
            self._step.facts[slot] = answer.facts
            if answer.facts:
                self.facts[slot] = answer.facts
            else:
                del self.facts[slot]
        self._step.events += answer.events
        if answer.wake is not None and self._timer_of.get((index, slot[1])) != answer.wake:
            self._timer_of[index, slot[1]] = answer.wake
            heapq.heappush(self._timers, (answer.wake, index, slot[1]))

    # writing

    def _write(self, write: Write) -> None:
        if isinstance(write, Put):
            self._put(write.manifest)
        elif isinstance(write, Patch):
            old = self.manifest(write.key)
            self._replace(write.key, old, merge(old, write.merge))
        elif write.graceful:
            self._delete(write.key)
        else:
            self._remove(write.key)

    def _put(self, manifest: Manifest) -> None:
        kind = self._kind_of(manifest)
        meta = mapping_at(manifest, "metadata")
        key = kind.key(str(meta.get("namespace") or ""), str(meta["name"]))
        if self.snapshot.find(key) is not None:
            old = self.manifest(key)
            new = copy(manifest)
            kept = mapping_at(old, "metadata")
            for name in ("uid", "creationTimestamp", "generation"):
                if name in kept:
                    child_mapping(new, "metadata")[name] = kept[name]
            self._replace(key, old, new)
            return
        new = copy(manifest)
        fresh = child_mapping(new, "metadata")
        fresh["uid"] = fresh.get("uid") or self._uid(key)
        fresh["creationTimestamp"] = fresh.get("creationTimestamp") or self.now
        if kind.generation != "none":
            fresh.setdefault("generation", 1)
        self._keep(key, new)

    def _replace(self, key: Key, old: Manifest, new: Manifest) -> None:
        if new == old:
            return
        kind = self.kinds[key.kind]
        if kind.generation != "none" and _body(new) != _body(old):
            meta = dict(mapping_at(new, "metadata"))
            meta["generation"] = (integer_at(mapping_at(old, "metadata"), "generation") or 0) + 1
            new["metadata"] = meta
        self._keep(key, new)

    def _keep(self, key: Key, manifest: Manifest) -> None:
        self._pending[key] = manifest
        self._mark(self.snapshot.put(self.kinds[key.kind].parse(manifest)))

    def _remove(self, key: Key) -> None:
        gone = self.snapshot.find(key)
        if gone is None:
            return
        change = self.snapshot.remove(key)
        self._pending[key] = None
        if change is not None:
            self._mark(change)
        for found in cascade(gone.meta.uid, self._dependents):
            if isinstance(found, Released):
                self._write(Patch(found.key, {"metadata": {"ownerReferences": found.owners}}))
            else:
                self._delete(found)

    def _delete(self, key: Key) -> None:
        """Delete as a client does: gracefully where the kind knows how, at once elsewhere."""
        item = self.snapshot.find(key)
        if item is None:
            return
        kind = self.kinds[key.kind]
        old = self.manifest(key)
        seconds = 0 if kind.graceful_seconds is None else kind.graceful_seconds(old)
        if seconds <= 0 and not item.meta.finalizers:
            self._remove(key)
        elif not item.meta.terminating:
            stamp: Manifest = {"deletionTimestamp": later(self.now, seconds)}
            if kind.graceful_seconds is not None:
                stamp["deletionGracePeriodSeconds"] = seconds
            self._replace(key, old, merge(old, {"metadata": stamp}))

    def _dependents(self, uid: str) -> list[tuple[Key, Manifest]]:
        return [(key, self.manifest(key)) for key in self.snapshot.dependents(uid)]

    def _kind_of(self, manifest: Manifest) -> Kind:
        return self.kinds[str(manifest["kind"])]

    def _uid(self, key: Key) -> str:
        self._sequence += 1
        text = f"{self._seed}|{key}|{self.snapshot.revision}|{self._sequence}"
        digest = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
        return "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:]))

    # what rules look through

    def manifest(self, key: Key) -> Manifest:
        """Return the whole manifest of an existing object, with this step's writes in it."""
        pending = self._pending.get(key)
        return self._stored(key) if pending is None else pending

    @staticmethod
    def suffix(*parts: str) -> str:
        """Return five characters of the generateName alphabet, made from `parts` alone."""
        digest = hashlib.blake2b("\0".join(parts).encode(), digest_size=5).digest()
        return "".join(SUFFIX_ALPHABET[byte % len(SUFFIX_ALPHABET)] for byte in digest)


def _body(manifest: Manifest) -> Manifest:
    return {
        key: value
        for key, value in manifest.items()
        if key not in {"metadata", "status", "apiVersion", "kind"}
    }
