"""What the cards of the paths diagram say and why: clients, ways in, proxies, stops, DNS aliases.

Where they stand and how they are joined is told in `paths.py`.
"""

from __future__ import annotations

from dataclasses import replace

from cluster.domains.service.destinations import source_ranges
from cluster.domains.service.forwarding import affinity_seconds
from cluster.domains.service.proxy_endpoints import ProxyEndpoint
from cluster.domains.service.service import Service
from cluster.machinery.drawing import Badge, GraphEdge, GraphNode, Reason
from cluster.machinery.texts import joined, say, say_n
from cluster.questions.views.cards import pod_card
from cluster.questions.views.endpoint_reasons import proxied_reasons
from cluster.questions.views.paths_flows import Flow, PathsReading, Way
from cluster.questions.views.paths_words import MODE_WORD, seen_word
from cluster.questions.views.request import ViewRequest
from cluster.questions.views.service_frame import object_of
from cluster.questions.views.words import listed

ANYBODY = "Client//anybody"
THE_OUTSIDE = "External//outside"
_ORDER = {"clusterIP": "1", "nodePort": "2", "loadBalancer": "3", "externalIP": "4"}


def client_face(reading: PathsReading, side: str, request: ViewRequest) -> GraphNode:
    """Return the card of who connects: from outside, a Pod, or any Pod of a Node."""
    asker = reading.asker
    if side == "outside":
        return GraphNode(
            id=THE_OUTSIDE, kind="External", namespace="", name=say("outside"), lane="client",
            order="1", paint="external", icon="external", overline=say("Client"),
            variant=say("outside"), meta=say("any address"), state="unknown",
            word=say("not known"), label=say("External outside, clients that are not in the "
            "cluster"),
            why=(Reason(say("It stands for whoever connects from outside: none is known here."),
                        object_of(reading.service), "spec.type", reading.service.type),),
        )  # fmt: skip
    if asker.pod is not None:
        card = pod_card(asker.pod, request, lane="client", group=None, order="0")
        id_ = f"Client/{asker.pod.meta.namespace}/{asker.pod.meta.name}"
        return replace(
            card,
            id=id_,
            overline=say("Client"),
            variant=say("on {node}", node=asker.node),
            label=say("Client {pod}, a Pod on {node}", pod=asker.pod.meta.name, node=asker.node),
        )
    name = say("a Pod on {node}", node=asker.node) if asker.node else say("any Pod")
    return GraphNode(
        id=ANYBODY, kind="Client", namespace="", name=name, lane="client", order="0",
        paint="pod", icon="pod", overline=say("Client"), variant=say("inside"),
        meta=say("asks DNS for the name"), state="ok", word=say("any"),
        label=say("Client {name}, in the cluster", name=name),
        why=(Reason(say("It stands for every Pod that may connect; choose one as the client."),
                    object_of(reading.service), "spec.type", reading.service.type),),
    )  # fmt: skip


def way_name(way: Way) -> str:
    """Return what a way in is called: its address, or where it is open."""
    return way.addresses[0] if way.mode != "nodePort" else say("every Node's address")


def way_face(reading: PathsReading, way: Way, id_: str, request: ViewRequest) -> GraphNode:
    """Return the card of a way in, a ghost where the Service does not have it."""
    service = reading.service
    meta = service.meta
    word = MODE_WORD[way.mode]
    port = reading.port
    protocol = port.protocol if port is not None else "TCP"
    if not way.is_live:
        asked = way.mode == "loadBalancer" and service.type == "LoadBalancer"
        text = say("no address") if asked else say("closed")
        return GraphNode(
            id=id_, kind="Way", namespace=meta.namespace, name=word, lane="way",
            order=f"~{_ORDER[way.mode]}", paint="service", icon="service",
            overline=say("Way in"),
            meta=text, state="warn" if asked else "skip", word=text, ghost=True, compact=True,
            label=say("Way {word}, {text}", word=word, text=text), why=(way.why,),
            extra={"wide": True},
        )  # fmt: skip
    name = way_name(way)
    more = f" +{len(way.addresses) - 1}" if len(way.addresses) > 1 else ""
    more = "" if way.mode == "nodePort" else more
    is_balancer = way.mode == "loadBalancer"
    return GraphNode(
        id=id_, kind="Way", namespace=meta.namespace,
        name=joined("", (name, more)),
        lane="way", order=_ORDER[way.mode], paint="external" if is_balancer else "service",
        icon="external" if is_balancer else "service", overline=word,
        meta=f"{way.number}/{protocol}",
        state="unknown" if is_balancer else "ok",
        word=say("its inside is assumed") if is_balancer else say("open"),
        badges=_way_badges(reading, way),
        label=say("Way {name}{more}, {word}, port {number}/{protocol}", name=name, more=more,
        word=word, number=way.number or "", protocol=protocol),
        href=request.object_href("Service", meta.namespace, meta.name),
        why=(way.why, *_way_reasons(service, way)),
        extra={"assumed": True} if is_balancer else {},
    )  # fmt: skip


def _way_badges(reading: PathsReading, way: Way) -> tuple[Badge, ...]:
    found: list[Badge] = []
    service = reading.service
    seconds = affinity_seconds(service)
    if seconds is not None:
        found.append(Badge(say("affinity"), "unknown",
                           say("A client keeps its endpoint for {seconds} s.",
                           seconds=seconds)))  # fmt: skip
    if way.mode == "loadBalancer":
        ranges = source_ranges(service, reading.family)
        if ranges:
            found.append(
                Badge(
                    say_n("{n:,} range", "{n:,} ranges", len(ranges)),
                    "warn",
                    ", ".join(str(network) for _path, network in ranges),
                )
            )
        if service.health_check_node_port:
            check = say("The load balancer asks every Node here whether it has an endpoint.")
            text = say("check {port}", port=service.health_check_node_port)
            found.append(Badge(text, "unknown", check))
    policy = (
        service.internal_traffic_policy if way.mode == "clusterIP"
        else service.external_traffic_policy
    )  # fmt: skip
    if policy == "Local":
        found.append(
            Badge(say("Local"), "unknown", say("Only endpoints of the same Node are used."))
        )
    return tuple(found)


def _way_reasons(service: Service, way: Way) -> list[Reason]:
    name = object_of(service)
    found: list[Reason] = []
    if way.mode == "clusterIP":
        found.append(
            Reason(
                say("Which endpoints clients in the cluster may get."),
                name,
                "spec.internalTrafficPolicy",
                service.internal_traffic_policy,
            )
        )
    else:
        found.append(Reason(say("Which endpoints clients from outside may get."), name,
                            "spec.externalTrafficPolicy",
                            service.external_traffic_policy or say("absent")))  # fmt: skip
    seconds = affinity_seconds(service)
    if seconds is not None:
        found.append(Reason(say("A client keeps its endpoint for {seconds} seconds.",
        seconds=seconds), name,
                            "spec.sessionAffinity", service.session_affinity))  # fmt: skip
    if way.mode == "loadBalancer":
        if service.load_balancer_source_ranges:
            found.append(Reason(say("Only these clients pass."), name,
                                "spec.loadBalancerSourceRanges",
                                ", ".join(service.load_balancer_source_ranges)))  # fmt: skip
        if service.health_check_node_port:
            found.append(Reason(say("Here it asks each Node for endpoints of its own."), name,
                                "spec.healthCheckNodePort",
                                str(service.health_check_node_port)))  # fmt: skip
        if all(port.node_port is None for port in service.ports):
            found.append(
                Reason(
                    say("No node ports: it must reach the Nodes or Pods by itself."),
                    name,
                    "spec.allocateLoadBalancerNodePorts",
                    "false",
                )
            )
    return found


def proxy_face(
    flow: Flow, names: tuple[str, ...], id_: str, box: str, *, ends: int, request: ViewRequest
) -> GraphNode:
    """Return the card of the proxy of some Nodes: what it does, of how many endpoints.

    Its id is `Proxy/<Node>/internal` or `.../external`, by where its clients are.
    """
    side = id_.rpartition("/")[2]
    answer = flow.answer
    ok = answer.action == "forward"
    count = len(answer.endpoints)
    if ok:
        meta = say("→ {count} of {rows}", count=f"{count:,}", rows=ends)
        if flow.nodes.is_sample:
            meta = say("→ its own Pods")
        word = say(
            "forwards to {endpoints}",
            endpoints=say_n("{n:,} endpoint", "{n:,} endpoints", count),
        )
    else:
        word = say("drops: no local endpoint") if answer.action == "drop" else say("refuses")
        meta = word
    badges: list[Badge] = []
    if ok:
        seen = say("the client") if answer.source_seen == "preserved" else say("the Node")
        badges.append(Badge(seen_word(answer), "unknown", say("The Pod sees {seen}.", seen=seen)))
    if answer.categories.topology and ok:
        zone = answer.categories.topology == "PreferSameZone"
        badges.append(Badge(say("zone") if zone else say("node"), "unknown",
                            say("Hints narrow the endpoints.")))  # fmt: skip
    if ok and not answer.endpoints[0].is_ready:
        badges.append(
            Badge(say("last resort"), "term", say("Only terminating endpoints are left."))
        )
    what = say("in-cluster") if side == "internal" else say("from outside")
    return GraphNode(
        id=id_, kind="Proxy", namespace="", name="kube-proxy", lane="proxy", group=box,
        order=f"{names[0]}|{0 if side == 'internal' else 1}", paint="node", icon="proxy",
        overline=what, variant=say("mode ?"), meta=meta, state="ok" if ok else "deny",
        word=word, badges=tuple(badges), count=len(names),
        href=request.object_href("Node", "", names[0]) if len(names) == 1 else None,
        label=say("Proxy kube-proxy of {names}, {what}, {word}", names=listed(names, 1),
        what=what, word=word),
        why=answer.why, extra={"assumed": True},
    )  # fmt: skip


def hop(
    flow: Flow,
    names: tuple[str, ...],
    source: str,
    card: str,
    ends: list[ProxyEndpoint],
) -> GraphEdge:
    """Return the line from the proxy of some Nodes to endpoints on one card."""
    answer = flow.answer
    is_snat = answer.source_seen == "node"
    hops = _hops(flow, names, {end.endpoint.node_name or "" for end in ends})
    return GraphEdge(
        f"{source}->{card}", source, card, "allow" if ends[0].is_ready else "notready",
        count=len(ends),
        title=say("1 of {endpoints}, each as likely; {hops}; the Pod sees {word}",
        endpoints=f"{len(answer.endpoints):,}", hops=hops,
        word=say("the Node") if is_snat else say("the client")),
        why=(*answer.why, *proxied_reasons(ends[0])),
    )  # fmt: skip


def _hops(flow: Flow, names: tuple[str, ...], places: set[str]) -> str:
    """Return whether a connection leaves the Node at whose proxy it arrived."""
    if places == {""}:
        return say("it leaves for an address that is on no Node")
    if flow.nodes.is_sample or (len(names) == 1 and places == set(names)):
        return say("stays on the Node")
    if places.isdisjoint(names):
        return say("a second hop, to another Node")
    return say("on the same Node or by a second hop")


def drop_word(flow: Flow) -> str:
    """Return what a proxy does to a connection that it does not forward."""
    return say("drops") if flow.answer.action == "drop" else say("refuses")


def stop_face(flow: Flow, source: str, box: str) -> GraphNode:
    """Return the card at which a connection ends: that it is dropped or refused, and why."""
    answer = flow.answer
    cause = next((reason for reason in answer.why if reason.cause), None)
    text = say("no local endpoint") if answer.action == "drop" else say("connection refused")
    if cause is not None and "source range" in cause.text:
        text = say("in no source range")
    id_ = f"Stop/{source.removeprefix('Proxy/')}"
    verb = drop_word(flow)
    return GraphNode(
        id=id_, kind="Stop", namespace="", name=text, lane="endpoint", group=box,
        order=f"~{source}", paint="external", icon="external", overline=say("Stop"),
        state="deny",
        word=say("{verb}: {text}", verb=verb, text=text), ghost=True, compact=True,
        label=say("Stop {text}, {verb}", text=text, verb=verb),
        why=answer.why, extra={"wide": True},
    )  # fmt: skip


def answers_face(
    service: Service, id_: str, ready: int, why: Reason, request: ViewRequest
) -> GraphNode:
    """Return the card of a headless Service: DNS answers with so many Pods."""
    meta = service.meta
    return GraphNode(
        id=id_, kind="Way", namespace=meta.namespace, name=say("DNS answers with Pods"),
        lane="way",
        order="0", paint="dns", icon="dns", overline=say("Headless"),
        meta=say_n("{n:,} address", "{n:,} addresses", ready),
        state="ok" if ready else "deny",
        word=say("answers") if ready else say("no address"), why=(why,),
        label=say("Way DNS answers with Pods, {addresses}",
        addresses=say_n("{n:,} address", "{n:,} addresses", ready)),
        href=request.object_href("Service", meta.namespace, meta.name),
    )  # fmt: skip


def no_alias_face(service: Service) -> GraphNode:
    """Return the ghost of the last way in, which this Service is not: a DNS alias."""
    meta = service.meta
    id_ = f"Way/{meta.namespace}/{meta.name}:alias"
    why = Reason(say("It has addresses or Pods of its own, not another name."),
                 object_of(service), "spec.type", service.type)  # fmt: skip
    return GraphNode(
        id=id_, kind="Way", namespace=meta.namespace, name="ExternalName", lane="way",
        order="~9", paint="service", icon="service", overline=say("Way in"),
        meta=say("closed"),
        state="skip", word=say("not exposed"), ghost=True, compact=True,
        label=say("Way ExternalName, not exposed"), why=(why,), extra={"wide": True},
    )  # fmt: skip


def alias_faces(
    service: Service, way: str, target: str, why: Reason, request: ViewRequest
) -> tuple[GraphNode, GraphNode]:
    """Return the cards of an ExternalName and of the name that it leads to."""
    meta = service.meta
    answer = GraphNode(
        id=way, kind="Way", namespace=meta.namespace, name=meta.name, lane="way", order="0",
        paint="dns", icon="dns", overline="ExternalName",
        meta=say("a CNAME, no proxying"), state="ok", word=say("answers with a name"),
        label=say("Way {name}, ExternalName, a DNS alias", name=meta.name), why=(why,),
        href=request.object_href("Service", meta.namespace, meta.name),
    )  # fmt: skip
    name = GraphNode(
        id=target, kind="External", namespace=meta.namespace, name=service.external_name,
        lane="endpoint", order="0", paint="external", icon="external", overline=say("External"),
        variant=say("assumed"), meta=say("not checked here"), state="unknown",
        word=say("not checked"), label=say("External {external_name}, not checked",
        external_name=service.external_name),
        why=(why,), extra={"assumed": True},
    )  # fmt: skip
    return answer, name
