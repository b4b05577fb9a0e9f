"""The cards and lines of diagram 6.7."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, product
from typing import Literal

from cluster.domains.policy.policy import DIRECTIONS, NetworkPolicy
from cluster.domains.policy.verdict import Verdict
from cluster.machinery.addresses import Network
from cluster.machinery.drawing import (
    ICON_OF,
    PAINT_OF,
    Badge,
    EdgeState,
    GraphEdge,
    GraphGroup,
    GraphNode,
    Reason,
    Shield,
    State,
    node_id,
)
from cluster.machinery.texts import joined, say, say_n
from cluster.questions.facts import Facts
from cluster.questions.views.cards import (
    TIMES,
    finding_badge,
    finding_reasons,
    finding_state,
)
from cluster.questions.views.policy_reasons import policy_name, reasons_of, shields
from cluster.questions.views.policy_scene import Scene, Side, isolating, policy_key
from cluster.questions.views.policy_units import Pair, Unit, explain, explain_each, pair_ports
from cluster.questions.views.request import ViewRequest
from cluster.questions.views.words import also, listed
from cluster.questions.words import kind_word

ASSUMED = say("enforcement depends on the CNI")
POLICIES = "Group/policies"
MOST_POLICIES = 6
MOST_PARTS = 8
"""Members of a fold that are asked about before its shields are drawn."""
_WORDS: dict[str, tuple[State, str]] = {
    "allow": ("ok", say("allowed")), "partial": ("warn", say("allowed in part")),
    "deny": ("deny", say("denied")),
}  # fmt: skip


def unit_card(
    unit: Unit, request: ViewRequest, lane: str, *, id_: str, state: State, word: str,
    why: Reason, notes: tuple[str, ...] = (),
) -> GraphNode:  # fmt: skip
    """Return the card of a unit in a lane; `id_` tells apart what stands in two lanes."""
    if unit.is_address:
        return _address_card(unit, lane, id_=id_, state=state, word=word, why=why)
    is_fold = unit.kind == "Group"
    kind = unit.kind
    badges: tuple[Badge, ...] = ()
    if unit.is_host:
        text = say("policies do not hold Pods on the host network: they are their Node")
        badges = (Badge(say("exempt"), "unknown", text),)
    meta: str = f"{TIMES}{unit.pods:,}"
    if unit.labels:
        meta += f" · {unit.labels}"
    elif is_fold or kind == "Namespace":
        meta = say_n("{n:,} Pod", "{n:,} Pods", unit.pods)
    href = None
    if kind == "Namespace":
        href = request.object_href("Namespace", "", unit.name)
    elif not is_fold:
        href = request.object_href(kind, unit.namespace, unit.name)
    paint = "namespace" if is_fold and not unit.is_host else PAINT_OF.get(kind, "workload")
    return GraphNode(
        id=id_, kind=kind, namespace=unit.namespace, name=unit.name, lane=lane,
        group=_group_id(unit, lane), order=_order(unit), paint="node" if unit.is_host else paint,
        icon="node" if unit.is_host else "group" if is_fold else ICON_OF.get(kind, "deployment"),
        overline=say("Host network") if unit.is_host else say("Folded") if is_fold else kind,
        meta=meta,
        state=state, word=word, badges=badges, count=max(unit.pods, 1),
        ready=None if kind in {"Group", "Namespace"} else (unit.ready, unit.pods),
        label=joined(", ", (
            say("{kind} {unit}", kind=kind_word(kind), unit=unit.name),
            say_n("{n:,} Pod", "{n:,} Pods", unit.pods), unit.labels, word,
        )),
        href=href, notes=notes, why=(why,),
    )  # fmt: skip


def _address_card(
    unit: Unit, lane: str, *, id_: str, state: State, word: str, why: Reason
) -> GraphNode:
    block = unit.block
    variant: str
    if unit.is_hole:
        variant, meta = (
            say("except"),
            say("left out of {cidr}", cidr=str(block.cidr) if block is not None else ""),
        )
    elif block is None:
        variant, meta = say("outside"), say("no policy names them")
    else:
        variant = _reach(block.cidr)
        meta = (
            say("except {blocks}", blocks=joined(", ", map(str, block.excepts)))
            if block.excepts
            else say("whole block")
        )
    return GraphNode(
        id=id_, kind="External", namespace="", name=unit.name, lane=lane,
        order=_order(unit), paint="external", icon="external", overline="CIDR" if block else
        say("Addresses"), variant=variant, meta=meta, state=state, word=word,
        label=say("External {unit}, {variant}, {meta}, {word}", unit=unit.name, variant=variant,
        meta=meta, word=word), why=(why,),
    )  # fmt: skip


_PRIVATE = tuple(
    ipaddress.ip_network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)  # RFC 1918, 6598, 4193


def _reach(block: Network) -> str:
    """Return whose addresses a block holds: `anyone`, `private`, `public`."""
    if block.prefixlen == 0:
        return say("anyone")
    is_private = any(
        block.version == known.version and block.network_address in known
        and block.prefixlen >= known.prefixlen
        for known in _PRIVATE
    )  # fmt: skip
    return say("private") if is_private else say("public")


def _group_id(unit: Unit, lane: str) -> str | None:
    if not unit.namespace or unit.is_address:
        return None
    return f"Namespace//{unit.namespace}|{lane}"


def _order(unit: Unit) -> str:
    """Sort boxes and cards: workloads, then folds, host network, blocks with their holes, rest."""
    if unit.is_address:
        if unit.block is None:
            return "~z"
        return f"~x|{unit.block.cidr}|{int(unit.is_hole)}{unit.name}"
    if unit.is_host:
        return "~h"
    is_after = not unit.namespace or unit.kind == "Group"
    return f"~a{unit.name}" if is_after else unit.name


def namespace_box(
    namespace: str,
    lane: str,
    request: ViewRequest,
    *,
    is_own: bool,
    badges: tuple[Badge, ...] = (),
) -> GraphGroup:
    """Return the box of a namespace in a lane; the policy's own comes first."""
    return GraphGroup(
        f"Namespace//{namespace}|{lane}", "namespace", namespace, icon="namespace",
        paint="namespace", lane=lane, order=f"{int(not is_own)}|{namespace}",
        href=request.object_href("Namespace", "", namespace), badges=badges,
    )  # fmt: skip


def isolation_badges(scene: Scene) -> tuple[Badge, ...]:
    """Return what is said beside the namespace of the middle: who is isolated how."""
    found = []
    for direction, word in (("Ingress", say("in")), ("Egress", say("out"))):
        side = scene.sources if direction == "Ingress" else scene.destinations
        held = [unit for unit in scene.focus if isolating(scene.snapshot, unit, side.direction)]
        if held:
            found.append(
                word if len(held) == len(scene.focus) else say("{word} in part", word=word)
            )
    if not scene.focus:
        return ()
    if not found:
        return (
            Badge(say("no policy, all allowed"), "unknown", say("No policy isolates these Pods.")),
        )
    text = say("isolated {found}", found=joined("/", found))
    return (Badge(text, "deny", say("Policies isolate these Pods: {text}.", text=text)),)


def policy_card(
    policy: NetworkPolicy, facts: Facts, request: ViewRequest, *, is_subject: bool
) -> GraphNode:
    """Return the card of a policy; the one of the view carries the assumption in every form."""
    namespace, name = policy.meta.namespace, policy.meta.name
    findings = facts.of(policy_key(policy))
    counts = [
        say(
            "{rules} {word}",
            rules=say_n("{n:,} rule", "{n:,} rules", rules) if rules else say("closed"),
            word=say("in") if way == "Ingress" else say("out"),
        )
        for way in DIRECTIONS
        if policy.isolates(way)
        for rules in [len(policy.rules(way))]
    ]
    state = finding_state(findings)
    word = findings[0].message if findings and state != "ok" else say("in force")
    selector = str(policy.pod_selector)
    chosen = say("every Pod") if selector == "{}" else selector
    ways = joined(
        " + ", (say("in") if way == "Ingress" else say("out") for way in policy.directions)
    )
    return GraphNode(
        id=node_id("NetworkPolicy", namespace, name), kind="NetworkPolicy", namespace=namespace,
        name=name, lane="focus", group=POLICIES, order=f"{int(not is_subject)}|{name}",
        paint="policy", icon="policy", overline=say("Policy"), variant=ways,
        meta=joined(" · ", counts), state=state, word=word, badges=finding_badge(findings),
        notes=(say("assumed: the CNI enforces it"),) if is_subject else (),
        label=say("NetworkPolicy {name}, {directions}, selects {selector}, {word}", name=name,
        directions=also(policy.directions), selector=chosen, word=word),
        href=request.object_href("NetworkPolicy", namespace, name),
        open=request.diagram_href("policy", namespace, name),
        why=(
            Reason(say("It selects these Pods."), policy_name(policy), "spec.podSelector",
            selector),
            *finding_reasons(findings),
            Reason(say("Assumed: {assumed}.", assumed=ASSUMED), policy_name(policy),
            "spec.policyTypes",
                   ", ".join(policy.directions)),
        ),
    )  # fmt: skip


def isolation_notes(scene: Scene, unit: Unit) -> tuple[str, ...]:
    """Return by which policies a unit is isolated, a line per direction."""
    found = []
    for side, word in ((scene.sources, say("in")), (scene.destinations, say("out"))):
        names = [policy.meta.name for policy in isolating(scene.snapshot, unit, side.direction)]
        if names:
            found.append(say("{word}: {names}", word=word, names=listed(names, 2)))
    return tuple(found)


def anyone(side: Side) -> tuple[GraphNode, str]:
    """Return the card for a side on which nobody is isolated, and the sentence about it."""
    is_in = side.direction == "Ingress"
    word = say("ingress") if is_in else say("egress")
    rest = "" if is_in else say(" Policies of the other end still decide there.")
    text = say(
        "No policy isolates these Pods for {word}: all is allowed.{rest}", word=word, rest=rest
    )
    return GraphNode(
        id=f"External//{'anyone' if is_in else 'anywhere'}", kind="External", namespace="",
        name=say("anyone") if is_in else say("anywhere"),
        lane="sources" if is_in else "destinations",
        order="~", paint="external", icon="external",
        overline=say("Everyone") if is_in else say("Everything"),
        meta=say("no policy for {word}", word=word),
        state="unknown", notes=(say("no policy, all allowed"),),
        word=say("no policy, all allowed"),
        label=say("External {word}, no policy, all allowed",
        word=say("anyone") if is_in else say("anywhere")),
        why=(Reason(text, value=say("none"), path="spec.policyTypes", cause=True),),
    ), text  # fmt: skip


def open_edges(scene: Scene, side: Side, card: GraphNode, text: str) -> Iterator[GraphEdge]:
    """Yield the lines of a side on which nobody is isolated."""
    is_in = side.direction == "Ingress"
    for unit in scene.focus:
        ends = (card.id, unit.id) if is_in else (unit.id, card.id)
        yield GraphEdge(
            f"{ends[0]}->{ends[1]}", *ends, "allow", say("all"), title=text,
            shields=(Shield("I" if is_in else "E", "allow"),),
            why=(Reason(text, unit.end.label, "spec.policyTypes", say("no such policy"),
            cause=True),),
        )  # fmt: skip


def pair_edge(scene: Scene, pair: Pair, source: str, target: str) -> GraphEdge:
    """Return the line of a pair: the AND of the source's egress and the destination's ingress.

    Of a fold it shows the sides about which all its members agree.
    """
    standing = pair.standing(scene.code)
    parts = list(_parts(pair))
    verdicts = [explain(scene.snapshot, part, scene.code) for part in parts]
    verdict = verdicts[0]
    state: EdgeState = "deny" if standing == "deny" else "allow"
    text = scene.lens if scene.code is not None else pair_ports(pair)
    if pair.is_excepted and not pair.certain:
        text = say("own Node")
    if state == "deny":
        text = denied_ports(scene, pair, verdict)
    sides = tuple(s for s in shields(verdict) if all(s in shields(one) for one in verdicts))
    if pair.is_excepted:  # of what passes there no policy is asked
        sides = ()
    is_out = any(side.text == "E" and side.state == "deny" for side in sides)
    stop: Literal["from", "to"] = "from" if is_out else "to"
    ends = (parts[0].source.name, parts[0].destination.name)
    reasons = reasons_of(verdict, *ends)
    if state == "allow" and scene.code is None:
        also_open = explain_each(scene.snapshot, parts[0])
        more = [reason for one in also_open for reason in reasons_of(one, *ends)]
        reasons = tuple(dict.fromkeys((*reasons, *more)))
    count = max(len(pair.source.members), len(pair.destination.members), 1)
    if count > 1:
        names = [unit.name for unit in (*pair.source.members, *pair.destination.members)]
        told = Reason(
            say("It stands for {names}; the table tells each.", names=listed(names, 8)),
            value=str(count),
        )
        reasons = (told, *reasons)
    if pair.is_excepted:
        reasons = (
            Reason(say("Pods on the host network are their Node: a Node always reaches its own "
            "Pods, and they it."), (pair.source if pair.source.is_host else
            pair.destination).end.label, "spec.hostNetwork", "true", cause=True),
            *(replace(reason, cause=False) for reason in reasons),
        )  # fmt: skip
    if standing == "partial" and scene.code is not None:
        reasons = (Reason(say("Only some of these Pods may connect."), cause=True), *reasons)
    word = _WORDS[standing][1]
    return GraphEdge(
        f"{source}->{target}", source, target, state, text, count=count,
        title=say("{source} to {destination}: {word} on {text}", source=pair.source.name,
        destination=pair.destination.name, word=word,
        text=say("every port") if text == "all" else text),
        why=reasons, stop=stop if state == "deny" else None, shields=sides,
    )  # fmt: skip


def _parts(pair: Pair) -> Iterator[Pair]:
    """Yield the pairs that a folded pair stands for, at most a few that tell it apart."""
    for source, destination in islice(
        product(pair.source.told, pair.destination.told), MOST_PARTS
    ):
        yield Pair(source, destination, pair.ports, pair.certain, pair.is_excepted)


def denied_ports(scene: Scene, pair: Pair, verdict: Verdict) -> str:
    """Return the port that is said of a denied pair: the lens, what the destination declares."""
    if scene.lens or not pair.destination.declared:
        return scene.lens or say("all")
    connection = verdict.connection
    if connection.port is None:
        return connection.protocol
    suffix = "" if connection.protocol == "TCP" else f"/{connection.protocol}"
    return f"{connection.port}{suffix}"


def unit_state(scene: Scene, pairs: list[Pair]) -> tuple[State, str]:
    """Return the state of a card at a side: the best of what it has with the middle."""
    standings = {pair.standing(scene.code) for pair in pairs}
    if standings == {"deny"} or not standings:
        return "deny", say("denied")
    if standings == {"allow"}:
        return "ok", say("allowed")
    if all(pair.certain == pair.ports and pair.ports for pair in pairs) and scene.code is None:
        return "ok", say("allowed on some ports")
    return "ok", say("allowed in part")
