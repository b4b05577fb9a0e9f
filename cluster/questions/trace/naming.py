"""The stages `name`, `resolver` and `dns-policy`: from a name to addresses.

A Pod asks as its resolver does, and may be kept from asking; a Node asks its own resolver, which
does not know the cluster's names; outside, only what the setting `upstream_dns` says is known.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches

from cluster.domains.dns.resolver import ResolvConf, pod_resolv_conf
from cluster.domains.dns.search import walk
from cluster.domains.dns.upstream import ask_upstream
from cluster.domains.dns.zones import parse_query
from cluster.domains.policy.ends import address_end
from cluster.domains.service.destinations import find_destination
from cluster.domains.service.forwarding import forward
from cluster.domains.service.proxy_endpoints import host_port
from cluster.domains.service.service import Service
from cluster.domains.workload.namespace import Namespace
from cluster.domains.workload.pod import Pod
from cluster.machinery.addresses import Address, Family, family_of, parse_address
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import say, say_n
from cluster.questions.bootstrap import DNS_SERVER
from cluster.questions.dns_servers import imagined_server
from cluster.questions.trace.policies import Target, judge_targets
from cluster.questions.trace.proxying import pod_target
from cluster.questions.trace.sources import Source
from cluster.questions.trace.steps import Edit, Evidence, Flow, Missed, Step
from cluster.questions.words import listed

DNS_PORT = 53
_RECORDS: dict[Family, str] = {"IPv4": "A", "IPv6": "AAAA"}


@dataclass(frozen=True, slots=True)
class Named:
    """What a name stands for; no address and `is_known` false: somebody else's name."""

    addresses: tuple[Address, ...] = ()
    is_known: bool = True


def resolve_name(snapshot: Snapshot, flow: Flow, source: Source, name: str) -> Named | None:
    """Add the stages of a lookup and return what it found, None where it stops there."""
    if source.pod is None:
        return _without_pod(snapshot, flow, source, name)
    conf = pod_resolv_conf(source.pod, snapshot)
    found = _by_pod(snapshot, flow, source, name, conf)
    if found is None:
        return None
    server = conf.nameservers[0] if conf.nameservers else ""
    if not server:
        text = say("{source} has no name server.", source=source.label)
        flow.add(Step("resolver", say("Which name server answers?"), "fail", text, "E-50"))
        return None
    targets = _server(snapshot, flow, source, server)
    if targets is None or not _may_ask(snapshot, flow, source, targets):
        return None
    return found


def _by_pod(
    snapshot: Snapshot, flow: Flow, source: Source, name: str, conf: ResolvConf
) -> Named | None:
    """Add what the search list makes of a name."""
    pod = source.pod
    assert pod is not None  # noqa: S101 - only Pods come here
    question = say("What does {name} mean to {source}?", name=name, source=source.label)
    evidence = (
        Evidence(source.label, "spec.dnsPolicy", pod.dns_policy),
        Evidence(source.label, "/etc/resolv.conf", " ".join(("search", *conf.searches))),
    )
    addresses: list[Address] = []
    for family in source.families:
        walked = walk(snapshot, conf, name, _RECORDS[family])
        addresses = [a for text in walked.response.addresses if (a := parse_address(text))]
        if addresses:
            break
    else:
        walked = walk(snapshot, conf, name, "A")
    queries = say_n("{n:,} query", "{n:,} queries", len(walked.queries))
    if addresses:
        final = walked.queries[-1].name if walked.queries else name
        text = say(
            "{final} is {addresses} ({queries}).",
            final=final,
            addresses=listed([str(item) for item in addresses]),
            queries=queries,
        )
        flow.add(Step("name", question, "pass", text, "E-56", evidence))
        return Named(tuple(addresses))
    if _is_elsewhere(snapshot, name):
        text = say(
            "{name} is no name of this cluster, and what it stands for is not known here.",
            name=name,
        )
        flow.add(Step("name", question, "unknown", text, "E-5", evidence, "assumed"))
        return Named(is_known=False)
    rcode = say("no address") if walked.response.rcode == "NOERROR" else walked.response.rcode
    text = say(
        "{name} does not resolve: {rcode} after {queries}.",
        name=name,
        rcode=rcode,
        queries=queries,
    )
    miss = _near_name(snapshot, pod.meta.namespace, name)
    change = None
    if miss is not None:
        change = Edit(
            say("ask for {path}", path=miss.path), source.label, "the name in use", miss.path
        )
    flow.add(
        Step("name", question, "fail", text, "E-55", evidence,
             closest_miss=miss, smallest_change=change)
    )  # fmt: skip
    return None


def _is_elsewhere(snapshot: Snapshot, name: str) -> bool:
    """Whether a name may stand for something that netviz knows nothing of."""
    bare = name.rstrip(".")
    if snapshot.settings.upstream_dns or "." not in bare:
        return False
    if parse_query(snapshot.settings, name) is not None:
        return False
    last = bare.rsplit(".", 1)[1]
    is_short_name = last == "svc" or snapshot.get(Namespace, "", last) is not None
    return not is_short_name


def _near_name(snapshot: Snapshot, namespace: str, name: str) -> Missed | None:
    """Return the Service whose name is most like the one asked for."""
    parts = name.rstrip(".").split(".")
    within = parts[1] if len(parts) > 1 else namespace
    known = {
        service.meta.name
        if service.meta.namespace == namespace
        else f"{service.meta.name}.{service.meta.namespace}": service
        for service in snapshot.sorted(Service)
    }
    asked = parts[0] if within == namespace else f"{parts[0]}.{within}"
    same = [word for word in known if word.split(".")[0] == parts[0]]
    near = same or get_close_matches(asked, list(known), n=1)
    if not near:
        return None
    meta = known[near[0]].meta
    text = say(
        "there is Service {namespace}/{name}, whose name from here is {near}",
        namespace=meta.namespace,
        name=meta.name,
        near=near[0],
    )
    return Missed(text, f"Service {meta.namespace}/{meta.name}", near[0])


def _without_pod(snapshot: Snapshot, flow: Flow, source: Source, name: str) -> Named | None:
    """Add what a Node or a client outside makes of a name."""
    question = say("What does {name} mean to {source}?", name=name, source=source.label)
    if parse_query(snapshot.settings, name) is not None:
        text = say("{name} is a name of the cluster's DNS, which only Pods ask.", name=name)
        flow.add(Step("name", question, "fail", text, "E-48"))
        return None
    for family in source.families:
        found = ask_upstream(snapshot.settings, name, _RECORDS[family])
        texts = found.addresses if found is not None else ()
        addresses = tuple(a for text in texts if (a := parse_address(text)))
        if addresses:
            text = say("{name} is {texts}.", name=name, texts=listed(texts))
            evidence = (Evidence("cluster settings", f"upstream_dns[{name}]", texts[0]),)
            flow.add(Step("name", question, "pass", text, "E-5", evidence))
            return Named(addresses)
    text = say("What {name} stands for outside the cluster is not known here.", name=name)
    flow.add(Step("name", question, "unknown", text, "E-5", (), "assumed"))
    return Named(is_known=False)


def _server(snapshot: Snapshot, flow: Flow, source: Source, server: str) -> list[Target] | None:
    """Add who answers at a name server's address, and return its endpoints."""
    question = say("Who answers at the name server {server}?", server=server)
    address = parse_address(server)
    if address is None:
        flow.add(
            Step(
                "resolver", question, "fail", say("{server} is no address.", server=server), "E-51"
            )
        )
        return None
    family = family_of(address)
    line = Evidence(source.label, "/etc/resolv.conf", f"nameserver {server}")
    evidence: tuple[Evidence, ...] = (line,)
    hit = find_destination(snapshot, server, DNS_PORT, "UDP")
    if hit is not None:
        name = f"Service {hit.service.meta.namespace}/{hit.service.meta.name}"
        evidence = (*evidence, Evidence(name, hit.destination.path, server))
        client = source.client(family)
        found = forward(snapshot, hit.service, hit.port, client, hit.destination)
        targets = [
            pod_target(snapshot, pod, str(end), end.port, family)
            for end in found.endpoints
            for pod in snapshot.lookup(Pod, "ip", end.ip)
        ]
        if targets:
            text = say(
                "{name} leads to {targets}.",
                name=name,
                targets=listed([target.end.label for target in targets]),
            )
            flow.add(Step("resolver", question, "pass", text, "E-46", evidence))
            return targets
    if hit is not None or server in snapshot.settings.dns_addresses:
        text = say(
            "{server} is the cluster's DNS; netviz assumes that its Pods run.", server=server
        )
        flow.add(Step("resolver", question, "pass", text, "E-46", evidence, "assumed"))
        return [_imagined_server(snapshot, family)]
    text = say("{server} is a name server outside of the cluster's DNS.", server=server)
    flow.add(Step("resolver", question, "pass", text, "E-48", evidence, "assumed"))
    return [Target(host_port(server, DNS_PORT), address_end(address), DNS_PORT, family)]


def _imagined_server(snapshot: Snapshot, family: Family) -> Target:
    """Return a Pod of the cluster's DNS, where none is known."""
    return pod_target(
        snapshot, imagined_server(snapshot, family), f"{DNS_SERVER}", DNS_PORT, family
    )


def _may_ask(snapshot: Snapshot, flow: Flow, source: Source, targets: list[Target]) -> bool:
    """Add whether policies let the lookup through to any server (H-31)."""
    asking = Flow(flow.source, say("the cluster's DNS"))
    judge_targets(snapshot, asking, source.end, targets, "UDP")
    passing = [found for found in asking.endpoints if found.verdict == "reaches"]
    failing = next((step for step in asking.steps if step.result == "fail"), None)
    question = say(
        "Do policies let {source} ask for names on UDP {port}?", source=source.label, port=DNS_PORT
    )
    shown = failing if failing is not None and not passing else asking.steps[0]
    step = replace(
        shown,
        stage="dns-policy",
        question=question,
        result="pass" if passing else "fail",
        rule=shown.rule if passing else "H-31",
    )
    return flow.add(step)
