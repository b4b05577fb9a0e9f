"""Why policies let a connection pass or stop it: one side of a verdict as reasons and a shield."""

from __future__ import annotations

from collections.abc import Iterator

from cluster.domains.policy.class_verdicts import peer_text
from cluster.domains.policy.misses import closest_miss, rules_looked_at
from cluster.domains.policy.policy import DIRECTIONS, NetworkPolicy, PolicyPort
from cluster.domains.policy.ports import PROTOCOLS
from cluster.domains.policy.verdict import Allowance, Side, Verdict
from cluster.machinery.drawing import Reason, Shield
from cluster.machinery.texts import joined, opened, say, say_n
from cluster.questions.views.words import listed, stated

_LETTER = {"Egress": "E", "Ingress": "I"}


DIRECTION_WORD = {"Ingress": say("ingress"), "Egress": say("egress")}


def policy_name(policy: NetworkPolicy) -> str:
    """Return `NetworkPolicy shop/deny-all`."""
    return f"NetworkPolicy {policy.meta.namespace}/{policy.meta.name}"


def port_text(verdict: Verdict) -> str:
    """Return the port a verdict is about: `TCP 5432`, `ICMP`."""
    connection = verdict.connection
    if connection.protocol not in PROTOCOLS or connection.port is None:
        return connection.protocol
    return f"{connection.protocol} {connection.port}"


def shields(verdict: Verdict) -> tuple[Shield, ...]:
    """Return what each side says: egress of the source, ingress of the destination (H-4).

    A side that is not asked, because its end is no Pod or an exception holds, has no shield.
    """
    if verdict.obstacle or verdict.exception:
        return ()
    return tuple(
        Shield(_LETTER[side.direction], "allow" if side.passes else "deny")
        for side in (verdict.egress, verdict.ingress)
        if verdict.connection.judged(side.direction).pod is not None
    )


def side_text(verdict: Verdict, side: Side, who: str = "", peer: str = "") -> str:
    """Return what one side says in a sentence; `who` and `peer` stand for the two ends."""
    judged = verdict.connection.judged(side.direction)
    who = who or judged.label
    peer = peer or verdict.connection.peer(side.direction).label
    word = DIRECTION_WORD[side.direction]
    if side.standing == "open":
        if judged.pod is None:
            return say("{who} is no Pod that a policy could isolate.", who=who)
        return say("No policy isolates {who} for {word}: all is allowed.", who=who, word=word)
    if side.allowed_by is not None:
        policy, port = side.allowed_by.policy.meta.name, _admitted(side.allowed_by, verdict)
        if side.direction == "Ingress":
            return say("{policy} lets {peer} in on {port}.", policy=policy, peer=peer, port=port)
        return say(
            "{policy} lets {who} reach {peer} on {port}.",
            policy=policy, who=who, peer=peer, port=port,
        )  # fmt: skip
    names = listed([policy.meta.name for policy in side.isolated_by])
    rules = rules_looked_at(side)
    looked = (
        say("{rules} looked at, none admits", rules=say_n("{n:,} rule", "{n:,} rules", rules))
        if rules
        else say("no rule admits")
    )
    return say(
        "{who} is isolated for {word} by {names}: {looked} {peer} on {port}.",
        who=who,
        word=word,
        names=names,
        looked=looked,
        peer=peer,
        port=port_text(verdict),
    )


def _admitted(allowed: Allowance, verdict: Verdict) -> str:
    """Return the ports that an entry admits: `every port`, `TCP 8000-8010`, `TCP http (8080)`."""
    entry = _port_entry(allowed)
    if entry is None:
        return say("every port")
    if entry.port is None:
        return say("every {protocol} port", protocol=entry.protocol)
    if isinstance(entry.port, str):
        return f"{entry} ({verdict.connection.port})"
    return str(entry)


def _port_entry(allowed: Allowance) -> PolicyPort | None:
    rule = allowed.policy.rules(allowed.direction)[allowed.rule]
    return None if allowed.port is None else rule.ports[allowed.port]


def _peer_entry(allowed: Allowance) -> str:
    """Return what the rule says of the other end: `Pods app=web of Namespace shop`."""
    if allowed.peer is None:
        return say("anyone")
    rule = allowed.policy.rules(allowed.direction)[allowed.rule]
    return peer_text(rule.peers[allowed.peer], allowed.policy.meta.namespace)


def reasons_of(verdict: Verdict, source: str = "", destination: str = "") -> tuple[Reason, ...]:
    """Return why a connection passes or not; `source` and `destination` name the ends in words."""
    connection = verdict.connection
    if verdict.obstacle or verdict.exception:
        text = verdict.obstacle or verdict.exception
        sentence = stated(opened(text))
        return (Reason(sentence, connection.source.label, cause=True),)
    found: list[Reason] = []
    for direction in reversed(DIRECTIONS):
        side = verdict.egress if direction == "Egress" else verdict.ingress
        ends = (source, destination) if direction == "Egress" else (destination, source)
        found += _of_side(verdict, side, *ends)
    return tuple(found)


def because_of(verdict: Verdict, source: str, destination: str) -> str:
    """Return in one sentence what decides: who stops it, else what lets it in."""
    for reason in reasons_of(verdict, source, destination):
        if reason.cause:
            return reason.text
    return side_text(verdict, verdict.ingress, destination, source)


def _of_side(verdict: Verdict, side: Side, who: str, peer: str) -> Iterator[Reason]:
    text = side_text(verdict, side, who, peer)
    label = verdict.connection.judged(side.direction).label
    if side.standing == "open":
        pod = verdict.connection.judged(side.direction).pod
        labels = pod.meta.labels if pod is not None else {}
        written = joined(", ", (f"{key}={value}" for key, value in sorted(labels.items())))
        path = "metadata.labels" if pod is not None else ""
        yield Reason(text, label, path, written or (say("none") if pod is not None else ""))
    elif side.allowed_by is not None:
        allowed = side.allowed_by
        yield Reason(text, policy_name(allowed.policy), allowed.path, _peer_entry(allowed))
        entry = _port_entry(allowed)
        if entry is not None and allowed.port_path is not None:
            port = _admitted(allowed, verdict)
            admits = say("Of ports this entry admits {port}.", port=port)
            yield Reason(admits, policy_name(allowed.policy), allowed.port_path, str(entry))
    else:
        first = side.isolated_by[0]
        selector = str(first.pod_selector) or say("every Pod")
        yield Reason(text, policy_name(first), "spec.podSelector", selector, cause=True)
        miss = closest_miss(verdict, side)
        if miss is not None:
            for unmet in miss.unmet:
                yield Reason(
                    say("Closest miss: it wants {wanted}, found {found}.", wanted=unmet.wanted,
                    found=unmet.found),
                    policy_name(miss.policy), unmet.path, unmet.wanted, cause=True,
                )  # fmt: skip
