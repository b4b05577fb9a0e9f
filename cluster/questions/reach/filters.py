"""Whom `reach` is asked about: `from` and `to`, each a list of words for peers.

A word is a namespace (`shop`), a workload (`shop/web`, `shop/deploy/web`, `shop/web[Deployment]`),
a Pod (`shop/web-0`: its workload), a Service (`shop/svc/web`: the workloads it selects), labels
(`app=web`), an address, a CIDR, a range of addresses, `internet` (every address outside), or
`{ingress-controller}`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from cluster.domains.service.service import Service
from cluster.domains.workload.namespace import Namespace
from cluster.domains.workload.pod import Pod
from cluster.machinery.addresses import FAMILIES
from cluster.machinery.kind import Kind
from cluster.machinery.meta import Key
from cluster.machinery.selectors import parse_equalities
from cluster.machinery.snapshot import Snapshot
from cluster.questions.named import peer_parts
from cluster.questions.question import QuestionError, bad
from cluster.questions.reach.peers import (
    CONTROLLER,
    AddressRange,
    every_address,
    named_workload,
    parse_range,
    workload_name,
)
from cluster.questions.workloads import WORKLOAD_KINDS, workload_of

INTERNET = "internet"


@dataclass(frozen=True, slots=True)
class Filter:
    """The peers that are wanted; `is_everyone` where no word was given."""

    is_everyone: bool = True
    namespaces: frozenset[str] = frozenset()
    workloads: frozenset[str] = frozenset()
    ranges: tuple[AddressRange, ...] = ()
    has_controller: bool = False

    def wants(self, peer: str) -> bool:
        """Whether rows with this peer are wanted."""
        if self.is_everyone:
            return True
        if peer == CONTROLLER:
            return self.has_controller
        workload = named_workload(peer)
        if workload is not None:
            return workload[0] in self.namespaces or peer in self.workloads
        found = parse_range(peer) if self.ranges else None
        return found is not None and any(found.overlaps(wanted) for wanted in self.ranges)


@dataclass(slots=True)
class _Draft:
    namespaces: set[str] = field(default_factory=set)
    workloads: set[Key] = field(default_factory=set)
    ranges: list[AddressRange] = field(default_factory=list)
    has_controller: bool = False


def parse_filter(snapshot: Snapshot, words: Iterable[str] | None, name: str) -> Filter:
    """Return the filter that `words` mean, `name` being the field of the question.

    Raises QuestionError for a word that means nothing in this cluster.
    """
    given = [word.strip() for word in words or () if word.strip()]
    if not given:
        return Filter()
    draft = _Draft()
    for word in given:
        _add(draft, snapshot, word, name)
    return Filter(
        is_everyone=False,
        namespaces=frozenset(draft.namespaces),
        workloads=frozenset(map(workload_name, draft.workloads)),
        ranges=tuple(draft.ranges),
        has_controller=draft.has_controller,
    )


def _add(draft: _Draft, snapshot: Snapshot, word: str, name: str) -> None:
    ranges = _ranges(word)
    if word == CONTROLLER:
        draft.has_controller = True
    elif ranges:
        draft.ranges += ranges
    elif "=" in word:
        draft.workloads |= _labelled(snapshot, word, name)
    elif "/" not in word:
        if snapshot.get(Namespace, "", word) is None:
            raise QuestionError("NotFound", f"no namespace {word!r}", name)
        draft.namespaces.add(word)
    else:
        found = set(_named(snapshot, word, name))
        if not found:
            raise QuestionError("NotFound", f"no workload, Pod or Service {word!r}", name)
        draft.workloads |= found


def _ranges(word: str) -> list[AddressRange]:
    """Return the addresses that a word means, none where it means something else."""
    if word == INTERNET:
        return [every_address(family) for family in FAMILIES]
    found = parse_range(word)
    return [] if found is None else [found]


def _labelled(snapshot: Snapshot, word: str, name: str) -> set[Key]:
    key, _equals, value = word.partition("=")
    selector = parse_equalities({key.strip(): value.lstrip("=").strip()})
    pods = snapshot.each_selected(Pod, selector, None)
    found = {workload_of(snapshot, pod) for pod in pods}
    if not found:
        raise QuestionError("NotFound", f"no Pod has the label {word!r}", name)
    return found


def _named(snapshot: Snapshot, word: str, name: str) -> Iterator[Key]:
    namespace, middle, last = peer_parts(word)
    if middle is None:
        yield from _any_kind(snapshot, namespace, last)
        return
    kind = snapshot.kinds.word(middle)
    if kind is None:
        raise bad(f"no kind {middle!r}", name)
    if kind.type is Service:
        yield from _behind(snapshot, snapshot.get(Service, namespace, last))
    else:
        yield from _of_kind(snapshot, kind, namespace, last)


def _any_kind(snapshot: Snapshot, namespace: str, name: str) -> Iterator[Key]:
    for word in ("Pod", *WORKLOAD_KINDS):
        yield from _of_kind(snapshot, snapshot.kinds[word], namespace, name)


def _of_kind(snapshot: Snapshot, kind: Kind, namespace: str, name: str) -> Iterator[Key]:
    key = kind.key(namespace, name)
    found = snapshot.find(key)
    if isinstance(found, Pod):
        yield workload_of(snapshot, found)
    elif found is not None:
        yield key


def _behind(snapshot: Snapshot, service: Service | None) -> Iterator[Key]:
    if service is not None and service.pod_selector is not None:
        pods = snapshot.each_selected(Pod, service.pod_selector, service.meta.namespace)
        yield from (workload_of(snapshot, pod) for pod in pods)
