"""The sentences of diagram 6.7: what the policy does, who is stopped and why, the Text form."""

from __future__ import annotations

from cluster.domains.policy.policy import Direction, NetworkPolicy
from cluster.domains.policy.ports import ALL
from cluster.machinery.drawing import Counter, Line, State, Verdict
from cluster.machinery.findings import Finding
from cluster.machinery.texts import Text, joined, say, say_n
from cluster.questions.views.policy_cards import ASSUMED
from cluster.questions.views.policy_reasons import DIRECTION_WORD, reasons_of
from cluster.questions.views.policy_scene import Scene, Side, isolating
from cluster.questions.views.policy_units import Pair, explain, ports_text
from cluster.questions.views.words import also, listed, stated
from cluster.questions.words import kind_word

MOST_TOLD = 100
"""Denied connections in the Text form; more are counted."""
GUIDE = (
    (
        say(
            "In the middle are the Pods that the policy selects, at the left who may open "
            "connections to them, at the right where they may go. A card stands for Pods that no "
            "policy tells apart."
        )
    ),
    (
        say(
            "A connection passes only if the egress of its source (shield E) AND the ingress of "
            "its destination (shield I) let it. A red shield is the side that stops it. Replies "
            "always pass."
        )
    ),
    (
        say(
            "Policies only add: a Pod that no policy selects is open, a selected one is closed "
            "but for what some policy allows. Whether the cluster's network plugin (CNI) "
            "enforces this is assumed."
        )
    ),
)


def verdict(scene: Scene, findings: list[Finding]) -> Verdict:
    """Return the sentence that opens the view."""
    if scene.policy is None:
        return _of_workload(scene)
    name = scene.policy.meta.name
    if not scene.focus:
        selector = scene.policy.pod_selector
        text = say("{name} selects no Pod: it stops nothing and lets nobody in", name=name)
        why = next((f.message for f in findings if f.rule == "NV401"), "")
        return Verdict(
            "warn", text, why or say("No Pod has the labels {selector}.", selector=str(selector))
        )
    who = _who(scene)
    parts = []
    for direction in scene.policy.directions:
        found = _allowed_by(scene, scene.policy, direction)
        if found:
            parts.append(_lets(scene, who, direction, found))
    state: State = "warn" if any(f.severity != "info" for f in findings) else "ok"
    because = next((f.message for f in findings if f.severity != "info"), "")
    if parts:
        return Verdict(
            state,
            say("{name} {parts}", name=name, parts=also(parts)),
            joined(" ", (because, _stopped(scene))),
        )
    ways = also([DIRECTION_WORD[direction] for direction in scene.policy.directions])
    text = say(
        "{name} isolates {who} for {ways} and itself lets nobody through",
        name=name,
        who=who,
        ways=ways,
    )
    return Verdict(state, text, joined(" ", (because, _stopped(scene))))


def _who(scene: Scene) -> str:
    names = [one.name for unit in scene.focus for one in unit.told]
    if len(names) > 3:  # noqa: PLR2004 - more are not worth a list
        return say(
            "{names} workloads of {namespace}",
            names=len(names) + scene.left_out,
            namespace=scene.focus[0].namespace,
        )
    return listed(names)


def _lets(scene: Scene, who: str, direction: Direction, found: list[Pair]) -> str:
    others = listed(list(dict.fromkeys(_other(pair, direction) for pair in found)))
    ports = _ports(scene, found)
    if direction == "Ingress":
        return say("lets {others} reach {who}{ports}", others=others, who=who, ports=ports)
    return say("lets {who} reach {others}{ports}", who=who, others=others, ports=ports)


def _other(pair: Pair, direction: Direction) -> str:
    return (pair.source if direction == "Ingress" else pair.destination).name


def _ports(scene: Scene, found: list[Pair]) -> str:
    texts = list(dict.fromkeys(scene.lens or ports_text(pair.ports, 3) for pair in found))
    if len(texts) > 1:
        return ""
    return say(" on every port") if texts[0] == "all" else say(" on {texts}", texts=texts[0])


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
    parts: list[str] = []
    for side in (scene.sources, scene.destinations):
        is_in = side is scene.sources
        if side.is_open:
            word = DIRECTION_WORD["Ingress" if is_in else "Egress"]
            parts.append(say("No policy isolates them for {word}: all is allowed.", word=word))
            continue
        passing, denied = _split(scene, side)
        if denied and passing:
            count = _stopped_in if is_in else _stopped_out
            parts.append(count(denied, passing + denied))
        elif denied:
            parts.append(
                say("No source gets through.") if is_in
                else say("No destination is reached.")
            )  # fmt: skip
    return joined(" ", parts)


def _stopped_in(number: int, total: int) -> Text:
    return say_n(
        "{n:,} source of {all} does not get through.",
        "{n:,} sources of {all} do not get through.",
        number,
        all=f"{total:,}",
    )


def _stopped_out(number: int, total: int) -> Text:
    return say_n(
        "{n:,} destination of {all} is not reached.",
        "{n:,} destinations of {all} are not reached.",
        number,
        all=f"{total:,}",
    )


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
        text = say("{title} has no Pod that takes part in connections", title=scene.title)
        return Verdict("unknown", text, say("Its Pods have no address, or have finished."))
    name = scene.focus[0].name
    if not scene.selecting:
        text = say("No policy selects {name}: all is allowed", name=name)
        return Verdict(
            "ok", text, say("Policies of the other ends still decide about what they get.")
        )
    parts = []
    if not scene.sources.is_open:
        passing, denied = _split(scene, scene.sources)
        gaps: dict[str, str | int | float] = {
            "passing": passing, "all": passing + denied, "name": name
        }  # fmt: skip
        parts.append(say("{passing} of {all} sources reach {name}", **gaps))
    if not scene.destinations.is_open:
        passing, denied = _split(scene, scene.destinations)
        gaps = {"passing": passing, "all": passing + denied, "name": name}
        parts.append(say("{passing} of {all} destinations are open to {name}", **gaps))
    names = listed([policy.meta.name for policy in scene.selecting])
    if not parts:
        return Verdict(
            "ok",
            say("{name} is isolated by no policy", name=name),
            say("Selected by {names}.", names=names),
        )
    return Verdict(
        "ok",
        also(parts),
        joined(" ", (say("Isolated by {names}.", names=names), _stopped(scene))),
    )


def counters(scene: Scene, findings: list[Finding]) -> tuple[Counter, ...]:
    """Return Pods selected, pairs allowed and denied, peers that match nothing, policies."""
    allowed = sum(pair.allows(scene.code) for pair in scene.told)
    denied = len(scene.told) - allowed
    pods = sum(unit.pods for unit in scene.focus)
    empty = sum(finding.rule in {"NV402", "NV403"} for finding in findings)
    what = say("Pods selected") if scene.policy is not None else say("Pods")
    found = [Counter(pods, what, None if pods else "warn")]
    if scene.told:
        found += [Counter(allowed, say("allowed"), "ok"), Counter(denied, say("denied"), "deny")]
    if scene.policy is not None:
        found.append(Counter(empty, say("peers match nothing"), "warn" if empty else "ok"))
    found.append(
        Counter(
            len(scene.selecting), say("policy") if len(scene.selecting) == 1 else say("policies")
        )
    )
    return tuple(found)


def describe(scene: Scene, findings: list[Finding]) -> tuple[Line, ...]:
    """Return the Text form: what the policy does, who passes, who is stopped and by whom."""
    opening = verdict(scene, findings)
    lines = [Line(stated(opening.text, opening.why))]
    if scene.focus:
        lines.append(Line(say("In the middle:"), tuple(
            Line(say("{kind} {namespace}/{unit}, {pods}, {isolation}", kind=kind_word(unit.kind),
            namespace=unit.namespace, unit=unit.name,
            pods=say_n("{n:,} Pod", "{n:,} Pods", unit.pods),
            isolation=_isolation(scene, unit_index)))
            for unit_index, unit in enumerate(scene.focus)
        )))  # fmt: skip
    for side, title in (
        (scene.sources, say("May come in")),
        (scene.destinations, say("May be reached")),
    ):
        if side.is_open:
            continue
        passing = [pair for pair in side.told if pair.allows(scene.code)]
        denied = [pair for pair in side.told if not pair.allows(scene.code)]
        lens = say(" on {lens}", lens=scene.lens) if scene.lens else ""
        lines.append(
            Line(
                say("{title}{lens}:", title=title, lens=lens),
                tuple(_passing(pair) for pair in passing),
            )
        )
        stopped = [_denied(scene, pair) for pair in denied[:MOST_TOLD]]
        if len(denied) > MOST_TOLD:
            stopped.append(
                Line(
                    say("and {denied:,} more; the table has them", denied=len(denied) - MOST_TOLD)
                )
            )
        lines.append(Line(say("Stopped:"), tuple(stopped)))
    lines += [
        Line(say("{rule}: {message}", rule=finding.rule, message=finding.message))
        for finding in findings
    ]
    return (*lines, Line(say("Assumed: {assumed}.", assumed=ASSUMED)))


def _isolation(scene: Scene, index: int) -> str:
    unit = scene.focus[index]
    parts = []
    for side in (scene.sources, scene.destinations):
        names = [p.meta.name for p in isolating(scene.snapshot, unit, side.direction)]
        word = DIRECTION_WORD[side.direction]
        parts.append(
            say("isolated for {word} by {names}", word=word, names=listed(names))
            if names
            else say("open for {word}", word=word)
        )
    return joined(", ", parts)


def _passing(pair: Pair) -> Line:
    ends = say(
        "{source} to {destination}", source=pair.source.name, destination=pair.destination.name
    )
    if pair.is_excepted and pair.certain != ALL:
        own = say("on their own Node policies do not hold")
        if not pair.certain:
            return Line(say("{ends}, on their own Node: policies do not hold there", ends=ends))
        ports = ports_text(pair.certain, 6)
        return Line(say("{ends} on {ports}; {own}", ends=ends, ports=ports, own=own))
    ports = say("all ports") if pair.ports == ALL else ports_text(pair.ports, 6)
    return Line(say("{ends} on {ports}", ends=ends, ports=ports))


def _denied(scene: Scene, pair: Pair) -> Line:
    found = explain(scene.snapshot, pair, scene.code)
    reasons = reasons_of(found, pair.source.name, pair.destination.name)
    causes = tuple(Line(reason.text) for reason in reasons if reason.cause)
    return Line(
        say(
            "{source} to {destination}", source=pair.source.name, destination=pair.destination.name
        ),
        causes,
    )
