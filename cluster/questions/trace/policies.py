"""The stages `egress`, `ingress` and `port`: what policies say of each endpoint."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from cluster.domains.policy.ends import End
from cluster.domains.policy.misses import closest_miss, rules_looked_at
from cluster.domains.policy.policy import DIRECTIONS, Direction, NetworkPolicy
from cluster.domains.policy.ports import PROTOCOLS
from cluster.domains.policy.remedies import Remedy, smallest_change
from cluster.domains.policy.verdict import Connection, Side, Verdict, judge
from cluster.domains.workload.pod import Pod
from cluster.machinery.addresses import Family
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import Gap, joined, opened, say, say_n
from cluster.questions.trace.steps import (
    Edit,
    EndpointVerdict,
    Evidence,
    Flow,
    Missed,
    Result,
    Stage,
    Step,
    TraceVerdict,
)
from cluster.questions.words import listed
from cluster.questions.workloads import workload_of

_WITH_TEMPLATE = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController")
WAYS: dict[Direction, str] = {"Egress": say("egress"), "Ingress": say("ingress")}
_STAGES: dict[Direction, Stage] = {"Egress": "egress", "Ingress": "ingress"}


@dataclass(frozen=True, slots=True)
class Target:
    """An endpoint that a connection may go to. `seen` is who the endpoint sees, if not the source.

    `port` None is for protocols without ports.
    """

    label: str
    end: End
    port: int | None
    family: Family
    node: str = ""
    pod: Pod | None = None
    seen: End | None = None

    @property
    def name(self) -> str:
        """What the endpoint is called in sentences."""
        return self.end.label


@dataclass(frozen=True, slots=True)
class _Judged:
    target: Target
    verdict: Verdict
    side: Side


def selecting(snapshot: Snapshot, pod: Pod) -> list[NetworkPolicy]:
    """Return the policies that select a Pod, by name."""
    return snapshot.selecting(NetworkPolicy, pod.meta.namespace, pod.meta.labels)


def judge_targets(
    snapshot: Snapshot, flow: Flow, source: End, targets: list[Target], protocol: str
) -> None:
    """Add the stages `egress`, `ingress` and `port`, and a verdict for every target."""
    judging = _Judging(snapshot, source, protocol)
    stopped: dict[int, EndpointVerdict] = {}
    admitted: dict[int, str] = {}
    going = list(enumerate(targets))
    for direction in reversed(DIRECTIONS):
        side = _STAGES[direction]
        if not going:
            flow.add(_not_reached(side))
            continue
        judged = [(at, judging.of(target, direction)) for at, target in going]
        flow.add(_step(snapshot, [found for _at, found in judged], direction))
        for at, found in judged:
            if not _passes(found):
                text = _text(found)
                stopped[at] = _verdict(flow, found.target, side, text)
            elif direction == "Ingress":
                admitted[at] = _text(found)
        going = [(at, target) for at, target in going if at not in stopped]
    flow.add(_port_step([target for _at, target in going], protocol))
    flow.endpoints += [
        stopped.get(at) or replace(_verdict(flow, target, "", ""), by=admitted.get(at, ""))
        for at, target in enumerate(targets)
    ]


def _verdict(flow: Flow, target: Target, stage: Stage | Literal[""], text: str) -> EndpointVerdict:
    pod = f"Pod {target.pod.meta.namespace}/{target.pod.meta.name}" if target.pod else ""
    verdict: TraceVerdict = "blocked" if stage else "reaches"
    return EndpointVerdict(target.label, pod, target.node, flow.source, verdict, stage, text)


class _Judging:
    """Judges the connections of one source; each once, however many directions are told."""

    def __init__(self, snapshot: Snapshot, source: End, protocol: str) -> None:
        self.snapshot, self.source, self.protocol = snapshot, source, protocol
        self._verdicts: dict[int, Verdict] = {}
        self._selecting: dict[tuple[str, frozenset[tuple[str, str]]], list[NetworkPolicy]] = {}

    def of(self, target: Target, direction: Direction) -> _Judged:
        """Return what one direction says; what is forwarded is judged as seen (H-32, H-48)."""
        connection = Connection(self.source, target.end, self.protocol, target.port, target.family)
        verdict = self._verdicts.get(id(target))
        if verdict is None:  # targets live as long as this does
            verdict = self._verdicts[id(target)] = judge(connection, self._asked)
        is_seen_otherwise = target.seen is not None and not verdict.exception
        if direction == "Ingress" and is_seen_otherwise and target.seen is not None:
            verdict = judge(replace(connection, source=target.seen), self._asked)
        side = verdict.egress if direction == "Egress" else verdict.ingress
        return _Judged(target, verdict, side)

    def _asked(self, pod: Pod) -> list[NetworkPolicy]:
        """Return the policies that select a Pod; Pods with equal labels are asked for once."""
        key = pod.meta.namespace, frozenset(pod.meta.labels.items())
        found = self._selecting.get(key)
        if found is None:
            found = self._selecting[key] = selecting(self.snapshot, pod)
        return found


def _passes(found: _Judged) -> bool:
    return not found.verdict.obstacle and (bool(found.verdict.exception) or found.side.passes)


def _step(snapshot: Snapshot, judged: list[_Judged], direction: Direction) -> Step:
    """Return one direction for all endpoints: told by the first that is stopped, if any is."""
    failing = [found for found in judged if not _passes(found)]
    shown = (failing or judged)[0]
    connection = shown.verdict.connection
    judged_end, peer = connection.judged(direction), connection.peer(direction)
    judged_, peer_, port = judged_end.label, peer.label, _port(shown)
    question = (
        say("Do the policies of {judged} let it out to {peer} on {port}?",
            judged=judged_, peer=peer_, port=port)
        if direction == "Egress"
        else say("Do the policies of {judged} let in {peer} on {port}?",
                 judged=judged_, peer=peer_, port=port)
    )  # fmt: skip
    step = Step(
        _STAGES[direction],
        question,
        "fail" if failing else _passing(shown),
        joined(" ", (_text(shown), _others(failing, judged))),
        _rule(shown),
        tuple(_evidence(shown)),
    )
    if not failing or shown.verdict.obstacle:
        return step
    miss = closest_miss(shown.verdict, shown.side)
    remedy = smallest_change(shown.verdict, shown.side, lambda pod: selecting(snapshot, pod))
    return replace(
        step,
        closest_miss=None if miss is None else _missed(miss.policy, str(miss), miss.unmet[0].path),
        smallest_change=None if remedy is None else edit_of(snapshot, remedy),
    )


def _passing(found: _Judged) -> Result:
    """Return how a direction passes: where no policy can isolate, it is not asked."""
    is_asked = found.verdict.connection.judged(found.side.direction).pod is not None
    return "pass" if is_asked or found.verdict.exception else "skip"


def _missed(policy: NetworkPolicy, text: str, path: str) -> Missed:
    return Missed(text, _name(policy), path)


def edit_of(snapshot: Snapshot, remedy: Remedy) -> Edit:
    """Return a remedy as the edit of an answer; a key with dots stands in brackets.

    A label of a workload's Pod is an edit of its template: the Pod itself comes and goes.
    """
    about, steps, text = remedy.object, remedy.path, remedy.text
    pod = snapshot.get(Pod, about.namespace, about.name) if about.kind == "Pod" else None
    workload = workload_of(snapshot, pod) if pod is not None else about
    if workload.kind in _WITH_TEMPLATE and snapshot.find(workload) is not None:
        about, steps = workload, ("spec", "template", *steps)
        text = say(
            "label the Pods of {about} {label}={value}",
            about=str(about),
            label=steps[-1],
            value=str(remedy.value),
        )
    path = ""
    for part in steps:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            path += f"[{part}]" if "." in part or "/" in part else f".{part}"
    where = path.removeprefix(".")
    return Edit(text, str(about), where, remedy.value, appended=remedy.is_appended)


def _others(failing: list[_Judged], judged: list[_Judged]) -> str:
    if not failing or len(judged) == 1:
        return ""
    if len(failing) == len(judged):
        return say("All {n} endpoints stop here.", n=f"{len(judged):,}")
    return say_n(
        "{n:,} of {all} endpoints stops here.",
        "{n:,} of {all} endpoints stop here.",
        len(failing),
        all=f"{len(judged):,}",
    )


def _port(found: _Judged) -> str:
    connection = found.verdict.connection
    if connection.protocol not in PROTOCOLS or connection.port is None:
        return connection.protocol
    return f"{connection.protocol} {connection.port}"


def _text(found: _Judged) -> str:
    """Return what one direction says, in one line."""
    verdict, side = found.verdict, found.side
    if verdict.obstacle or verdict.exception:
        return _sentence(verdict)
    word = WAYS[side.direction]
    judged = verdict.connection.judged(side.direction)
    if side.standing == "open":
        if judged.pod is None:
            return say("{judged} is no Pod that a policy could isolate.", judged=judged.label)
        return say("No policy isolates {judged} for {word}.", judged=judged.label, word=word)
    if side.allowed_by is not None:
        policy = side.allowed_by.policy
        return say("{policy} admits it: {path}.", policy=_name(policy), path=side.allowed_by.path)
    names = listed([_name(policy) for policy in side.isolated_by])
    rules = rules_looked_at(side)
    peer = verdict.connection.peer(side.direction)
    gaps: dict[str, Gap] = {
        "names": names, "judged": judged.label, "word": word, "rules": rules,
        "peer": peer.label, "port": _port(found),
    }  # fmt: skip
    if rules > 1:
        return say_n(
            "{names} isolates {judged} for {word}; none of {rules} rules admits {peer} on {port}.",
            "{names} isolate {judged} for {word}; none of {rules} rules admits {peer} on {port}.",
            len(side.isolated_by),
            **gaps,
        )
    return say_n(
        "{names} isolates {judged} for {word}; no rule admits {peer} on {port}.",
        "{names} isolate {judged} for {word}; no rule admits {peer} on {port}.",
        len(side.isolated_by),
        **gaps,
    )


def _sentence(verdict: Verdict) -> str:
    """Return as a sentence what keeps a connection from being judged."""
    connection = verdict.connection
    if verdict.exception and not verdict.obstacle:
        if connection.source.label == connection.destination.label:
            return say("A Pod always reaches itself.")
        node = connection.source.node
        return say("Traffic between a Pod and its own Node {node} always passes.", node=node)
    text = verdict.obstacle
    if text[:1] == text[:1].upper():
        return say("{text}.", text=text)
    return say("{text}.", text=opened(text))


def _name(policy: NetworkPolicy) -> str:
    return f"NetworkPolicy {policy.meta.namespace}/{policy.meta.name}"


def _rule(found: _Judged) -> str:
    verdict, side = found.verdict, found.side
    if verdict.obstacle:
        return "H-12"
    if verdict.exception:
        same = verdict.connection.source.label == verdict.connection.destination.label
        return "H-34" if same else "H-11"
    if side.standing == "open":
        return "H-2" if verdict.connection.judged(side.direction).pod is not None else "H-10"
    return "H-3"


def _evidence(found: _Judged) -> list[Evidence]:
    """Return the policies that isolate, and the rule and port that admit."""
    side = found.side
    if found.verdict.obstacle or found.verdict.exception:
        return []
    listed_ = [
        Evidence(_name(policy), "spec.podSelector", str(policy.pod_selector))
        for policy in side.isolated_by
    ]
    allowed = side.allowed_by
    if allowed is not None:
        name = _name(allowed.policy)
        peer = found.verdict.connection.peer(side.direction)
        listed_.append(Evidence(name, allowed.path, peer.label))
        if allowed.port_path is not None:
            listed_.append(Evidence(name, allowed.port_path, _port(found)))
    return listed_


def _not_reached(stage: Stage) -> Step:
    return Step(stage, "", "skip", say("Not reached."), "")


def _port_step(targets: list[Target], protocol: str) -> Step:
    """Return whether the containers declare the port; Kubernetes does not need them to."""
    if not targets:
        return _not_reached("port")
    target = next((target for target in targets if not _declares(target, protocol)), targets[0])
    port = protocol if target.port is None else f"{protocol} {target.port}"
    question = say("Does anything listen on {port} at {target}?", port=port, target=target.name)
    name = target.name
    if target.pod is None:
        text = say("What listens at {name} is not known to Kubernetes.", name=name)
        return Step("port", question, "unknown", text, "H-25", confidence="assumed")
    for index, container in enumerate(target.pod.containers):
        for position, item in enumerate(container.ports):
            if (item.container_port, item.protocol) == (target.port, protocol):
                path = f"spec.containers[{index}].ports[{position}].containerPort"
                evidence = Evidence(name, path, str(target.port))
                text = say(
                    "Container {container} declares it; netviz assumes that it listens.",
                    container=container.name,
                )
                return Step("port", question, "pass", text, "H-25", (evidence,), "assumed")
    text = say(
        "No container of {name} declares {port}; it may listen there all the same.",
        name=name,
        port=port,
    )
    return Step("port", question, "unknown", text, "H-25", confidence="assumed")


def _declares(target: Target, protocol: str) -> bool:
    return target.pod is not None and any(
        (item.container_port, item.protocol) == (target.port, protocol)
        for item in target.pod.ports()
    )
