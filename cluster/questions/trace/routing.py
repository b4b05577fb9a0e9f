"""Requests that the Ingress controller answers: to it, by its routes, and on to the endpoints.

The connection has two legs. The first ends at the controller and is told in one step; the second
is opened by the controller's own Pods, and policies see those (H-33). Source: semantics.md G.
"""

from __future__ import annotations

from dataclasses import replace

from cluster.domains.ingress.ingress import Ingress
from cluster.domains.ingress.matching import host_patterns, request_host
from cluster.domains.ingress.routing import Routed, route
from cluster.domains.ingress.serving import controller_service, serving
from cluster.domains.policy.ends import End, address_end, pod_end
from cluster.domains.service.proxy_endpoints import host_port
from cluster.domains.service.service import Service
from cluster.domains.workload.pod import Pod
from cluster.machinery.addresses import family_of, parse_address
from cluster.machinery.meta import ObjectMeta
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import joined, say
from cluster.questions.trace.connecting import Connecting
from cluster.questions.trace.peers import URLPeer
from cluster.questions.trace.policies import Target, judge_targets
from cluster.questions.trace.proxying import pod_target
from cluster.questions.trace.sources import end_of
from cluster.questions.trace.steps import Flow, Missed, Step, evidence_of

_CONTROLLER = say("the Ingress controller")


def has_route(snapshot: Snapshot, host: str) -> bool:
    """Whether a served Ingress has a rule for a host, or answers for every host."""
    name = request_host(host)
    return any(
        serving(ingress, snapshot).is_served
        for pattern in host_patterns(name)
        for ingress in snapshot.lookup(Ingress, "host", pattern)
        if pattern
    )


def is_controller(snapshot: Snapshot, service: Service) -> bool:
    """Whether a Service is the one that the Ingress controller is reached through."""
    found = controller_service(snapshot)
    if found is None:
        return False
    return (found.meta.namespace, found.meta.name) == (service.meta.namespace, service.meta.name)


def through_controller(connecting: Connecting, url: URLPeer, port: int) -> None:
    """Add the way of a request through the controller to the endpoints that may answer it."""
    snapshot, flow = connecting.snapshot, connecting.flow
    if not _to_controller(connecting, port):
        return
    routed = route(snapshot, url.host, url.target, scheme=url.scheme)
    if not flow.add(_route_step(url, routed)):
        return
    targets = [found for text in routed.endpoints if (found := _target(snapshot, text))]
    if not targets:
        flow.is_uncertain = True
        return
    judge_targets(snapshot, flow, _controller_end(snapshot), targets, "TCP")


def _to_controller(coming: Connecting, port: int) -> bool:
    """Add the first leg; returns whether it arrives."""
    snapshot, flow, source = coming.snapshot, coming.flow, coming.source
    question = say("Does the request get to {controller}?", controller=_CONTROLLER)
    service = controller_service(snapshot)
    if service is None:
        text = say(
            "No Service of an Ingress controller is known; netviz assumes that there is one."
        )
        return flow.add(Step("load-balancer", question, "pass", text, "G-17", (), "assumed"))
    name = f"Service {service.meta.namespace}/{service.meta.name}"
    leg = Flow(flow.source, name)
    connecting = Connecting(snapshot, coming.facts, leg, source, "TCP")
    targets = connecting.to_service(service, port)
    if targets:
        judge_targets(snapshot, leg, source.end, targets, "TCP")
    failing = next((step for step in leg.steps if step.result == "fail"), None)
    evidence = tuple(item for step in leg.steps[:2] for item in step.evidence)
    if leg.verdict == "blocked" and failing is not None:
        return flow.add(
            Step(
                "load-balancer", question, "fail", joined(": ", (name, failing.text)),
                failing.rule, failing.evidence, failing.confidence, failing.closest_miss,
                failing.smallest_change,
            )
        )  # fmt: skip
    pods = joined(", ", dict.fromkeys(found.pod or found.endpoint for found in leg.endpoints))
    text = say("{name} leads to {pods}.", name=name, pods=pods or _CONTROLLER)
    return flow.add(Step("load-balancer", question, "pass", text, "G-18", evidence))


def _route_step(url: URLPeer, routed: Routed) -> Step:
    question = say(
        "Which Ingress answers {scheme}://{host}{target}?",
        scheme=url.scheme,
        host=url.host,
        target=url.target,
    )
    cause = next((reason for reason in routed.why if reason.cause), None)
    evidence = evidence_of(routed.why)
    loser = routed.losers[0] if routed.losers else None
    miss = (
        None
        if loser is None
        else Missed(
            joined(": ", (f"{loser.object} {loser.value}", loser.text)), loser.object, loser.path
        )
    )
    if routed.status == 200:  # noqa: PLR2004 - the status that means success
        text = joined(" ", [reason.text for reason in routed.why[-2:]])
        return Step("route", question, "pass", text, "G-27", evidence)
    why = routed.why[-1].text if routed.status == 503 else (cause.text if cause else "")  # noqa: PLR2004
    rule = "G-35" if routed.status == 503 else "G-31"  # noqa: PLR2004
    return Step(
        "route",
        question,
        "fail",
        say("{status}: {text}", status=routed.status, text=why),
        rule,
        evidence,
        closest_miss=miss,
    )


def _target(snapshot: Snapshot, endpoint: str) -> Target | None:
    """Return an endpoint `ip:port`; None for a host, which an ExternalName leads to."""
    ip, _colon, number = endpoint.rpartition(":")
    address = parse_address(ip.strip("[]"))
    if address is None:
        return None
    family, port = family_of(address), int(number)
    pods = [pod for pod in snapshot.lookup(Pod, "ip", str(address)) if not pod.is_finished]
    if pods:
        return pod_target(snapshot, pods[0], endpoint, port, family)
    return Target(host_port(str(address), port), address_end(address), port, family)


def _controller_end(snapshot: Snapshot) -> End:
    """Return the controller as policies see it: one of its Pods, or one that nothing selects."""
    service = controller_service(snapshot)
    if service is not None and service.pod_selector is not None:
        for pod in snapshot.selected(Pod, service.pod_selector, service.meta.namespace):
            found = end_of(snapshot, pod)
            if not found.obstacle:
                return found
    ips = tuple(str(cidr[-2]) for cidr in snapshot.settings.pod_cidrs)
    meta = ObjectMeta("{ingress-controller}", "controller")
    return replace(pod_end(Pod(meta, phase="Running", ips=ips), None), label=_CONTROLLER)
