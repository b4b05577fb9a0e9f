"""What a policy diagram shows: the Pods in the middle, who may come in, where they may go.

A side on which no policy isolates the Pods is one card, "anyone". Otherwise the namespaces that
the policies name are told workload by workload, and all others are folded by what is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from itertools import product
from typing import TypeAlias

from cluster.domains.policy.policy import DIRECTIONS, Direction, IPBlock, NetworkPolicy
from cluster.domains.policy.ports import PROTOCOLS, code_of, holds, numbered
from cluster.domains.policy.standing import standing_index
from cluster.domains.workload.namespace import Namespace
from cluster.domains.workload.pod import Pod
from cluster.machinery.errors import not_found
from cluster.machinery.meta import Key
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import say
from cluster.questions.views.policy_units import Pair, Unit, Units, between, decoded, merged
from cluster.questions.views.request import BadParameter, ViewRequest, not_named
from cluster.questions.views.words import listed
from cluster.questions.workloads import workload_of

GROUP = "networking.k8s.io"
TOLD = 100
"""Sorts of Pods in the whole cluster up to which every workload has its row in the table."""
ALIKE = 3
"""Workloads or namespaces with the same standing up to which each has its own card."""
A_FEW = 8
"""Workloads in the middle up to which each has its own card; more are folded by their policies."""
MOST_FOCUS = 40
ROWS = 600
"""Pairs of workloads up to which each is told; beyond, pairs of cards are."""
MOST_CHIPS = 8
MANY = 6
TANGLED = 24
"""Lines to more than one card beyond which a picture says less than a matrix."""
DENSE = 36
"""Lines beyond which a picture would need to leave out what is denied."""

_Opening: TypeAlias = tuple[tuple[object, object], ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the picture; `isolating` are the policies that isolate Pods of the middle.

    `units` is empty where none does: then anyone is meant. `pairs` are those of the cards, `told`
    those of the workloads that the cards stand for.
    """

    direction: Direction
    isolating: tuple[NetworkPolicy, ...]
    units: tuple[Unit, ...]
    pairs: tuple[Pair, ...]
    told: tuple[Pair, ...] = ()

    @property
    def is_told(self) -> bool:
        """Whether the workloads behind its cards are few enough to be told one by one."""
        return len(self.told) >= len(self.pairs) and self.told is not self.pairs

    @property
    def is_open(self) -> bool:
        """Whether no policy isolates any Pod of the middle in this direction."""
        return not self.isolating


@dataclass(frozen=True, slots=True)
class Scene:
    """One diagram. `policy` is None where a workload is in focus.

    `selecting` are the policies that select Pods of the middle, the one of the view first.
    `code` is the port of the lens, None for all; `lens` its text. `selected` are the workloads
    that the policy selects, whatever is in the middle.
    """

    snapshot: Snapshot
    policy: NetworkPolicy | None
    title: str
    focus: tuple[Unit, ...]
    selecting: tuple[NetworkPolicy, ...]
    sources: Side
    destinations: Side
    code: int | None
    lens: str
    chips: tuple[str, ...]
    left_out: int = 0
    selected: tuple[Unit, ...] = ()

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """Every pair of cards with the middle, sources first."""
        return (*self.sources.pairs, *self.destinations.pairs)

    @property
    def told(self) -> tuple[Pair, ...]:
        """Every pair of workloads with the middle, sources first."""
        return (*self.sources.told, *self.destinations.told)

    @property
    def is_dense(self) -> bool:
        """Whether a matrix says more than a picture: lines cross, or stand for many pairs."""
        if len(self.focus) > 1 and len(self.pairs) > TANGLED:
            return True
        middle = sum(len(unit.told) for unit in self.focus)
        return self.is_crowded or (middle >= MANY and len(self.told) > DENSE)

    @property
    def is_crowded(self) -> bool:
        """Whether there are too many lines for a picture."""
        return len(self.pairs) > DENSE


def read_scene(snapshot: Snapshot, request: ViewRequest) -> Scene:
    """Return the scene of a policy or a workload; raises NotFound, ValueError by parameter."""
    units = Units(snapshot, standing_index(snapshot))
    policy, focus, title = _focus(snapshot, units, request)
    if len(focus) > A_FEW or units.are_many:
        focus = list(_by_policies(snapshot, focus))
    shown = focus[:MOST_FOCUS]
    selecting = _selecting(snapshot, policy, shown)
    lens = request.given.get("port", "")
    code = _code(lens)
    sides = {
        direction: _side(units, shown, selecting, direction, code) for direction in DIRECTIONS
    }
    return Scene(
        snapshot, policy, title, tuple(shown), tuple(selecting), sides["Ingress"],
        sides["Egress"], code, "" if code is None else lens_text(code),
        tuple(_chips(shown, selecting)), len(focus) - len(shown),
        tuple(_selected(units, policy)) if policy is not None else (),
    )  # fmt: skip


def _focus(
    snapshot: Snapshot, units: Units, request: ViewRequest
) -> tuple[NetworkPolicy | None, list[Unit], str]:
    parts = request.of.split("/")
    if len(parts) == 3 and parts[0] == "NetworkPolicy":  # noqa: PLR2004 - Kind/ns/name
        parts = parts[1:]
    if len(parts) == 2 and all(parts):  # noqa: PLR2004 - ns/name
        policy = snapshot.get(NetworkPolicy, parts[0], parts[1])
        if policy is None:
            raise not_found("networkpolicies", GROUP, parts[1])
        wanted = request.given.get("focus", "")
        if wanted:
            return policy, _workload(snapshot, units, wanted, "focus"), wanted
        return policy, list(_selected(units, policy)), f"{parts[0]}/{parts[1]}"
    if len(parts) != 3 or not all(parts):  # noqa: PLR2004 - Kind/ns/name
        raise BadParameter("of", not_named(request.of, "NetworkPolicy"))
    return None, _workload(snapshot, units, request.of, "of"), f"{parts[1]}/{parts[2]}"


def _selected(units: Units, policy: NetworkPolicy) -> Iterator[Unit]:
    """Yield the units whose Pods a policy selects; a unit is never selected in part."""
    for unit in units.of_namespace(policy.meta.namespace):
        pod = unit.end.pod
        if pod is not None and policy.pod_selector.matches(pod.meta.labels):
            yield unit


def _workload(snapshot: Snapshot, units: Units, text: str, name: str) -> list[Unit]:
    kind_word, _slash, rest = text.partition("/")
    namespace, _slash, wanted = rest.partition("/")
    kind = snapshot.kinds.word(kind_word)
    if kind is None or not namespace or not wanted:
        fault = say("{value} must be Kind/namespace/name of a workload or Pod", value=repr(text))
        raise BadParameter(name, fault)
    found = snapshot.find(kind.key(namespace, wanted))
    if found is None:
        raise not_found(kind.plural, kind.group, wanted)
    key = workload_of(snapshot, found) if isinstance(found, Pod) else snapshot.key_of(found)
    same = [
        unit for unit in units.of_namespace(namespace)
        if (unit.kind, unit.name) == (key.kind, key.name)
    ]  # fmt: skip
    if isinstance(found, Pod) and len(same) > 1:
        alike = [u for u in same if u.end.pod and u.end.pod.meta.labels == found.meta.labels]
        same = alike or same
    return same


def _by_policies(snapshot: Snapshot, focus: list[Unit]) -> Iterator[Unit]:
    """Yield the units of the middle, those that the same policies select as one."""
    alike: dict[tuple[str, ...], list[Unit]] = {}
    for unit in focus:
        pod = unit.end.pod
        labels = pod.meta.labels if pod is not None else {}
        held = snapshot.selecting(NetworkPolicy, unit.namespace, labels)
        alike.setdefault(tuple(policy.meta.name for policy in held), []).append(unit)
    for names, members in alike.items():
        if len(members) == 1:
            yield members[0]
        else:
            digest = blake2b(repr(names).encode(), digest_size=6).hexdigest()
            name = say("{members} workloads", members=f"{len(members):,}")
            namespace = members[0].namespace
            yield merged(f"Group/{namespace}/{digest}", name, namespace, members)


def _selecting(
    snapshot: Snapshot, policy: NetworkPolicy | None, focus: Iterable[Unit]
) -> list[NetworkPolicy]:
    found: dict[str, NetworkPolicy] = {} if policy is None else {policy.meta.name: policy}
    for unit in focus:
        pod = unit.end.pod
        if pod is not None:
            for one in snapshot.selecting(NetworkPolicy, pod.meta.namespace, pod.meta.labels):
                found.setdefault(one.meta.name, one)
    return list(found.values())


def isolating(snapshot: Snapshot, unit: Unit, direction: Direction) -> list[NetworkPolicy]:
    """Return the policies that isolate a unit in a direction, by name."""
    pod = unit.end.pod
    if pod is None:
        return []
    found = snapshot.selecting(NetworkPolicy, pod.meta.namespace, pod.meta.labels)
    return sorted((p for p in found if p.isolates(direction)), key=lambda p: p.meta.name)


# sides


def _side(
    units: Units, focus: list[Unit], selecting: list[NetworkPolicy], direction: Direction,
    code: int | None,
) -> Side:  # fmt: skip
    snapshot = units.snapshot
    names = {p.meta.name for unit in focus for p in isolating(snapshot, unit, direction)}
    closing = tuple(policy for policy in selecting if policy.meta.name in names)
    if not closing or not focus:
        return Side(direction, closing, (), ())
    middle = _Middle(tuple(focus), direction, code)
    found = list(_units(units, middle, closing))
    pairs = tuple(
        middle.pair(unit, one)
        for unit in found
        for one in focus
        if unit.id != one.id or one.pods > 1  # a lone Pod always reaches itself (H-34)
    )
    told = pairs
    if sum(len(pair.source.told) * len(pair.destination.told) for pair in pairs) <= ROWS:
        told = tuple(part for pair in pairs for part in parts_of(pair))
    return Side(direction, closing, tuple(found), pairs, told)


def parts_of(pair: Pair) -> Iterator[Pair]:
    """Yield the pairs of workloads that a pair of cards stands for."""
    if not pair.source.members and not pair.destination.members:
        yield pair
        return
    for source, destination in product(pair.source.told, pair.destination.told):
        if source.id != destination.id or source.pods > 1:
            yield between(source, destination)


@dataclass(frozen=True, slots=True)
class _Middle:
    """The Pods in the middle as one side sees them, under the lens."""

    focus: tuple[Unit, ...]
    direction: Direction
    code: int | None
    pairs: dict[tuple[str, str], Pair] = field(default_factory=dict)

    def pair(self, unit: Unit, one: Unit) -> Pair:
        """Return the pair of a unit with one of the middle, worked out once."""
        key = (unit.id, one.id)
        if key not in self.pairs:
            is_in = self.direction == "Ingress"
            self.pairs[key] = between(unit, one) if is_in else between(one, unit)
        return self.pairs[key]

    def opening(self, unit: Unit) -> _Opening:
        """Return what is open between a unit and each of the middle: equal ones can be folded."""
        found: list[tuple[object, object]] = []
        for one in self.focus:
            pair = self.pair(unit, one)
            if self.code is None:
                found.append((pair.ports, pair.certain))
            else:
                found.append((pair.allows(self.code), holds(pair.certain, self.code)))
        return tuple(found)


def _units(units: Units, middle: _Middle, closing: tuple[NetworkPolicy, ...]) -> Iterator[Unit]:
    own = middle.focus[0].namespace
    names = units.namespaces()
    total = sum(len(units.index.atoms.spaces[name].groups) for name in names)
    named = {own, *_named(units.snapshot, closing, own, middle.direction)} & set(names)
    for name in sorted(named, key=lambda name: (name != own, name)):
        yield from _folded(name, units.of_namespace(name), middle)
    rest = [name for name in names if name not in named]
    yield from _others(units, rest, middle, is_told=total <= TOLD)
    hosts = units.hosts()
    if hosts is not None:
        yield hosts
    blocks = list(dict.fromkeys(_blocks(closing, middle.direction)))
    for block in blocks:
        found = units.block(block)
        if found is not None:
            yield found
        for hole in block.excepts:
            yield units.hole(block, hole)
    outside = units.elsewhere(blocks)
    if outside is not None:
        yield outside


def _named(
    snapshot: Snapshot, closing: Iterable[NetworkPolicy], own: str, direction: Direction
) -> Iterator[str]:
    """Yield the namespaces that peers name, but for those that mean every namespace."""
    for policy in closing:
        for rule in policy.rules(direction):
            for peer in rule.peers:
                selector = peer.namespace_selector
                if selector is None:
                    yield own
                elif not selector.is_everything:
                    for space in snapshot.selected(Namespace, selector, None):
                        yield space.meta.name


def _blocks(closing: Iterable[NetworkPolicy], direction: Direction) -> Iterator[IPBlock]:
    for policy in closing:
        for rule in policy.rules(direction):
            for peer in rule.peers:
                if peer.ip_block is not None:
                    yield peer.ip_block


def _folded(namespace: str, found: list[Unit], middle: _Middle) -> Iterator[Unit]:
    """Yield the units of a namespace; many that stand alike as one, the middle always alone."""
    known = {unit.id for unit in middle.focus}
    alike: dict[_Opening, list[Unit]] = {}
    for unit in found:
        if unit.id in known:
            yield unit
        else:
            alike.setdefault(middle.opening(unit), []).append(unit)
    for opening, members in alike.items():
        most = ALIKE if not any(some for some, _all in opening) else 2 * ALIKE
        if len(members) <= most:
            yield from members
        else:
            name = say("{members} workloads", members=f"{len(members):,}")
            yield merged(f"Group/{namespace}/{_digest(opening)}", name, namespace, members)


def _others(units: Units, names: list[str], middle: _Middle, *, is_told: bool) -> Iterator[Unit]:
    """Yield whole namespaces; where many stand alike, those as one.

    While the cluster is small a namespace in which workloads stand differently is told by them;
    of a very large one all that the policies do not name are one card, however they stand.
    """
    alike: dict[_Opening, list[Unit]] = {}
    if units.are_many:
        spaces = [unit for name in names if (unit := units.whole_namespace(name, is_told=False))]
        if spaces:
            yield _namespaces(spaces, "rest")
        return
    for name in names:
        if is_told:
            parts = units.of_namespace(name)
            if len({middle.opening(unit) for unit in parts}) > 1:
                yield from _folded(name, parts, middle)
                continue
        unit = units.whole_namespace(name, is_told=is_told)
        if unit is not None:
            alike.setdefault(middle.opening(unit), []).append(unit)
    for opening, members in alike.items():
        if len(members) <= ALIKE:
            yield from members
        else:
            yield _namespaces(members, _digest(opening))


def _namespaces(members: list[Unit], digest: str) -> Unit:
    name = say("{members} namespaces", members=f"{len(members):,}")
    fold = merged(f"Group//{digest}", name, "", members)
    return replace(fold, parts=len(members), labels=listed([m.name for m in members]))


def _digest(opening: _Opening) -> str:
    """Return a name for a fold that stays while what is open stays."""
    return blake2b(repr(opening).encode(), digest_size=6).hexdigest()


# the lens


def _code(text: str) -> int | None:
    """Return the code of `5432`, `53/UDP`; None for none; raises ValueError naming `port`."""
    if not text:
        return None
    number, _slash, protocol = text.partition("/")
    protocol = protocol.upper() or "TCP"
    if protocol not in PROTOCOLS or not (number.isascii() and number.isdigit()):
        raise BadParameter(
            "port", say("{value} is no port such as 5432 or 53/UDP", value=repr(text))
        )
    try:
        return code_of(protocol, int(number))
    except ValueError as error:
        raise BadParameter("port", str(error)) from error


def lens_text(code: int) -> str:
    """Return a port as the chips write it: `5432/TCP`."""
    protocol, number = decoded(code)
    return f"{number}/{protocol}"


def _chips(focus: Iterable[Unit], selecting: Iterable[NetworkPolicy]) -> list[str]:
    """Return the ports worth a chip: those that policies list, then those that Pods declare."""
    found: dict[str, None] = {}
    declared = {code for unit in focus for code in unit.declared}
    for policy in selecting:
        for direction in DIRECTIONS:
            for rule in policy.rules(direction):
                for port in rule.ports:
                    if isinstance(port.port, int):
                        found[lens_text(numbered(port)[0])] = None
    for code in sorted(declared):
        found[lens_text(code)] = None
    return list(found)[:MOST_CHIPS]


def policy_key(policy: NetworkPolicy) -> Key:
    """Return the key of a policy."""
    return Key(GROUP, "NetworkPolicy", policy.meta.namespace, policy.meta.name)
