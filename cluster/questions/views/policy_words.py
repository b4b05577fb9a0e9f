"""The sentences of diagram 6.7: what the policy does, who is stopped and why, the Text form."""

from __future__ import annotations

from cluster.domains.policy.policy import Direction, NetworkPolicy
from cluster.machinery.drawing import Counter, Line, State, Verdict
from cluster.machinery.findings import Finding
from cluster.questions.views.policy_cards import ASSUMED
from cluster.questions.views.policy_reasons import reasons_of
from cluster.questions.views.policy_scene import Scene, Side, isolating
from cluster.questions.views.policy_units import Pair, explain, ports_text
from cluster.questions.views.words import counted, listed

MOST_TOLD = 100
"""Denied connections in the Text form; more are counted."""
GUIDE = (
    (
        "In the middle are the Pods that the policy selects, at the left who may open connections "
        "to them, at the right where they may go. A card stands for Pods that no policy tells "
        "apart."
    ),
    (
        "A connection passes only if the egress of its source (shield E) AND the ingress of its "
        "destination (shield I) let it. A red shield is the side that stops it. Replies always "
        "pass."
    ),
    (
        "Policies only add: a Pod that no policy selects is open, a selected one is closed but "
        "for what some policy allows. Whether the cluster's network plugin (CNI) enforces this is "
        "assumed."
    ),
)


def verdict(scene: Scene, findings: list[Finding]) -> Verdict:
    """Return the sentence that opens the view."""
    if scene.policy is None:
        return _of_workload(scene)
    name = scene.policy.meta.name
    if not scene.focus:
        selector = scene.policy.pod_selector
        text = f"{name} selects no Pod: it stops nothing and lets nobody in"
        why = next((f.message for f in findings if f.rule == "NV401"), "")
        return Verdict("warn", text, why or f"No Pod has the labels {selector}.")
    who = _who(scene)
    parts = []
    for direction in scene.policy.directions:
        found = _allowed_by(scene, scene.policy, direction)
        if found:
            parts.append(_lets(scene, who, direction, found))
    state: State = "warn" if any(f.severity != "info" for f in findings) else "ok"
    because = next((f"{f.message} " for f in findings if f.severity != "info"), "")
    if parts:
        return Verdict(state, f"{name} {' and '.join(parts)}", because + _stopped(scene))
    ways = " and ".join(direction.lower() for direction in scene.policy.directions)
    text = f"{name} isolates {who} for {ways} and itself lets nobody through"
    return Verdict(state, text, because + _stopped(scene))


def _who(scene: Scene) -> str:
    names = [one.name for unit in scene.focus for one in unit.told]
    if len(names) > 3:  # noqa: PLR2004 - more are not worth a list
        return f"{len(names) + scene.left_out} workloads of {scene.focus[0].namespace}"
    return listed(names)


def _lets(scene: Scene, who: str, direction: Direction, found: list[Pair]) -> str:
    others = listed(list(dict.fromkeys(_other(pair, direction) for pair in found)))
    ports = _ports(scene, found)
    if direction == "Ingress":
        return f"lets {others} reach {who}{ports}"
    return f"lets {who} reach {others}{ports}"


def _other(pair: Pair, direction: Direction) -> str:
    return (pair.source if direction == "Ingress" else pair.destination).name


def _ports(scene: Scene, found: list[Pair]) -> str:
    texts = list(dict.fromkeys(scene.lens or ports_text(pair.ports, 3) for pair in found))
    if len(texts) > 1:
        return ""
    return " on every port" if texts[0] == "all" else f" on {texts[0]}"


def _allowed_by(scene: Scene, policy: NetworkPolicy, direction: Direction) -> list[Pair]:
    """Return the pairs that pass because of a policy: its rule is what admits them."""
    side = scene.sources if direction == "Ingress" else scene.destinations
    found = []
    for pair in side.told:
        if not pair.allows(scene.code):
            continue
        judged = explain(scene.snapshot, pair, scene.code)
        allowance = (judged.ingress if direction == "Ingress" else judged.egress).allowed_by
        if allowance is not None and allowance.policy.meta.name == policy.meta.name:
            found.append(pair)
    return found


def _stopped(scene: Scene) -> str:
    parts = []
    for side, way in ((scene.sources, "in"), (scene.destinations, "out")):
        if side.is_open:
            word = "ingress" if way == "in" else "egress"
            parts.append(f"No policy isolates them for {word}: all is allowed.")
            continue
        passing, denied = _split(scene, side)
        what = "source" if way == "in" else "destination"
        if denied and passing:
            parts.append(
                f"{counted(denied, what)} of {passing + denied} "
                f"{'is' if denied == 1 else 'are'} stopped on the way {way}."
            )
        elif denied:
            parts.append(f"Every {what} is stopped on the way {way}.")
    return " ".join(parts)


def _split(scene: Scene, side: Side) -> tuple[int, int]:
    """Return how many units of a side pass with somebody in the middle, and how many do not."""
    ids: dict[str, bool] = {}
    for pair in side.told:
        unit = pair.source if side.direction == "Ingress" else pair.destination
        ids[unit.id] = ids.get(unit.id, False) or pair.allows(scene.code)
    passing = sum(ids.values())
    return passing, len(ids) - passing


def _of_workload(scene: Scene) -> Verdict:
    if not scene.focus:
        text = f"{scene.title} has no Pod that takes part in connections"
        return Verdict("unknown", text, "Its Pods have no address, or have finished.")
    name = scene.focus[0].name
    if not scene.selecting:
        text = f"No policy selects {name}: all is allowed"
        return Verdict("ok", text, "Policies of the other ends still decide about what they get.")
    parts = []
    texts = ("sources reach", "destinations are open to")
    for side, text in zip((scene.sources, scene.destinations), texts, strict=True):
        if not side.is_open:
            passing, denied = _split(scene, side)
            parts.append(f"{passing} of {passing + denied} {text} {name}")
    names = listed([policy.meta.name for policy in scene.selecting])
    if not parts:
        return Verdict("ok", f"{name} is isolated by no policy", f"Selected by {names}.")
    return Verdict("ok", " and ".join(parts), f"Isolated by {names}. {_stopped(scene)}".strip())


def counters(scene: Scene, findings: list[Finding]) -> tuple[Counter, ...]:
    """Return Pods selected, pairs allowed and denied, peers that match nothing, policies."""
    allowed = sum(pair.allows(scene.code) for pair in scene.told)
    denied = len(scene.told) - allowed
    pods = sum(unit.pods for unit in scene.focus)
    empty = sum(finding.rule in {"NV402", "NV403"} for finding in findings)
    what = "Pods selected" if scene.policy is not None else "Pods"
    found = [Counter(pods, what, None if pods else "warn")]
    if scene.told:
        found += [Counter(allowed, "allowed", "ok"), Counter(denied, "denied", "deny")]
    if scene.policy is not None:
        found.append(Counter(empty, "peers match nothing", "warn" if empty else "ok"))
    found.append(
        Counter(len(scene.selecting), "policy" if len(scene.selecting) == 1 else "policies")
    )
    return tuple(found)


def describe(scene: Scene, findings: list[Finding]) -> tuple[Line, ...]:
    """Return the Text form: what the policy does, who passes, who is stopped and by whom."""
    opening = verdict(scene, findings)
    lines = [Line(f"{opening.text}. {opening.why}".strip())]
    if scene.focus:
        lines.append(Line("In the middle:", tuple(
            Line(f"{unit.kind} {unit.namespace}/{unit.name}, {counted(unit.pods, 'Pod')}, "
                 f"{_isolation(scene, unit_index)}")
            for unit_index, unit in enumerate(scene.focus)
        )))  # fmt: skip
    for side, title in ((scene.sources, "May come in"), (scene.destinations, "May be reached")):
        if side.is_open:
            continue
        passing = [pair for pair in side.told if pair.allows(scene.code)]
        denied = [pair for pair in side.told if not pair.allows(scene.code)]
        lens = f" on {scene.lens}" if scene.lens else ""
        lines.append(Line(f"{title}{lens}:", tuple(_passing(pair) for pair in passing)))
        stopped = [_denied(scene, pair) for pair in denied[:MOST_TOLD]]
        if len(denied) > MOST_TOLD:
            stopped.append(Line(f"and {len(denied) - MOST_TOLD:,} more; the table has them"))
        lines.append(Line("Stopped:", tuple(stopped)))
    lines += [Line(f"{finding.rule}: {finding.message}") for finding in findings]
    return (*lines, Line(f"Assumed: {ASSUMED}."))


def _isolation(scene: Scene, index: int) -> str:
    unit = scene.focus[index]
    parts = []
    for side in (scene.sources, scene.destinations):
        names = [p.meta.name for p in isolating(scene.snapshot, unit, side.direction)]
        word = side.direction.lower()
        parts.append(f"isolated for {word} by {listed(names)}" if names else f"open for {word}")
    return ", ".join(parts)


def _passing(pair: Pair) -> Line:
    ends = f"{pair.source.name} to {pair.destination.name}"
    if pair.is_excepted and not pair.certain:
        return Line(f"{ends}, on their own Node: policies do not hold there")
    return Line(f"{ends} on {ports_text(pair.ports, 6)}")


def _denied(scene: Scene, pair: Pair) -> Line:
    found = explain(scene.snapshot, pair, scene.code)
    reasons = reasons_of(found, pair.source.name, pair.destination.name)
    causes = tuple(Line(reason.text) for reason in reasons if reason.cause)
    return Line(f"{pair.source.name} to {pair.destination.name}", causes)
