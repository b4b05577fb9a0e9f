"""Where a connection arrives: the Nodes whose proxies get it, and how it comes in from outside.

Inside the cluster it is the client's own Node, but for node ports of another one; from outside the
load balancer or the client chooses. Source: semantics.md F-27 to F-30, F-41, F-42.
"""

from __future__ import annotations

from cluster.domains.service.destinations import Destination
from cluster.domains.service.service import Service
from cluster.domains.workload.node import Node
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import say
from cluster.questions.slices import endpoint_rows
from cluster.questions.trace.sources import Source
from cluster.questions.trace.steps import Evidence, Missed, Step
from cluster.questions.words import listed

EXCLUDED = "node.kubernetes.io/exclude-from-external-load-balancers"
MOST_ENTRIES = 200
"""Nodes on which a connection from outside is followed; more of them say nothing new."""


def entry_nodes(
    snapshot: Snapshot,
    source: Source,
    service: Service,
    destination: Destination,
    *,
    is_any_node: bool,
) -> list[str]:
    """Return the Nodes whose proxies may get the connection, by name.

    `is_any_node`: the node port is not that of one Node, but of whichever is asked.
    """
    if destination.kind == "nodePort" and not is_any_node:
        found = sorted(node.meta.name for node in snapshot.lookup(Node, "ip", destination.ip))
        return found[:1] or [source.node]
    if source.kind != "outside":
        return [source.node]
    nodes = sorted(snapshot.of(Node), key=lambda node: node.meta.name)
    if destination.kind == "loadBalancer":
        nodes = [node for node in nodes if EXCLUDED not in node.meta.labels]
    if service.external_traffic_policy == "Local":
        if destination.kind == "loadBalancer":  # F-42: balancers ask where endpoints are
            with_endpoints = {row.node for row in endpoint_rows(snapshot, service) if row.ready}
            nodes = [node for node in nodes if node.meta.name in with_endpoints]
        return [node.meta.name for node in nodes[:MOST_ENTRIES]]
    # Proxies differ by zone at most (F-14): one Node of each stands for the others.
    by_zone = {node.zone: node.meta.name for node in reversed(nodes)}
    return sorted(by_zone.values())


def entrance(
    service: Service, destination: Destination, nodes: list[str], miss: Missed | None
) -> Step:
    """Return how a connection from outside comes in to `nodes`; `miss`: why there is none."""
    name = f"Service {service.meta.namespace}/{service.meta.name}"
    value = str(destination.number) if destination.kind == "nodePort" else destination.ip
    evidence = (Evidence(name, destination.path, value),)
    if destination.kind == "nodePort":
        question = say("Does node port {number} answer?", number=destination.number)
        if not nodes:
            return Step("node-port", question, "fail", say("There is no Node."), "F-28", evidence)
        text = say(
            "Every Node answers on {number} for {name}.", number=destination.number, name=name
        )
        return Step("node-port", question, "pass", text, "F-28", evidence)
    question = say("Which Nodes does {ip} lead to?", ip=destination.ip)
    if not nodes:
        policy = Evidence(
            name, "spec.externalTrafficPolicy", service.external_traffic_policy or "Cluster"
        )
        return Step(
            "load-balancer", question, "fail",
            say(
                "No Node has a ready endpoint of {name}, so {ip} leads nowhere.",
                name=name, ip=destination.ip
            ),
            "F-42", (*evidence, policy), closest_miss=miss,
        )  # fmt: skip
    if service.external_traffic_policy == "Local":
        text = say(
            "{ip} leads to {nodes}, where endpoints are.", ip=destination.ip, nodes=listed(nodes)
        )
    else:
        text = say(
            "{ip} leads to {name}; any Node may get the connection.", ip=destination.ip, name=name
        )
    return Step("load-balancer", question, "pass", text, "F-42", evidence, "assumed")
