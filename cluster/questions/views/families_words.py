"""The sentence that opens the families diagram, its counters, and its Text form."""

from __future__ import annotations

from cluster.domains.service.families import PREFER
from cluster.domains.workload.pod import Pod
from cluster.machinery.drawing import Counter, Line, Verdict
from cluster.machinery.texts import joined, opened, say, say_n
from cluster.questions.views.families_reading import FamiliesReading, FamilyReading, node_address
from cluster.questions.views.service_frame import path_of
from cluster.questions.views.words import listed, stated

GUIDE = (
    say("IPv4 runs above, IPv6 below: name, address, slices, and the addresses of the same Pods."),
    say("A double line is IPv6. A dashed socket is an address that is missing, and says where."),
    say("A Service gets a slice per family; a Pod is in a slice only if it has such an address."),
)


def verdict(reading: FamiliesReading) -> Verdict:
    """Return the answer to "do both families work?"."""
    service = reading.service
    name = path_of(service)
    if service.is_external_name:
        text = say(
            "{name} has no address of its own: it is a DNS alias for {external_name}",
            name=name,
            external_name=service.external_name,
        )
        return Verdict("unknown", text, say("Which families that name has is not known here."))
    offered = reading.offered
    if len(offered) == 1:
        return _single(reading, offered[0])
    total = _total(reading)
    if not total:
        return Verdict("deny", say("{name} has both families and no endpoint in either",
        name=name),
                       say("Nothing is selected, or nothing has an address yet."))  # fmt: skip
    worst = min(offered, key=lambda found: (len(found.ready), len(found.works_from)))
    best = max(offered, key=lambda found: (len(found.ready), len(found.works_from)))
    ready = len(worst.ready)
    if not ready:
        state = "deny" if not best.ready else "warn"
        text = say(
            "{family} reaches {name} on none of {pods}",
            family=worst.family,
            name=name,
            pods=_pods(reading),
        )
        return Verdict("deny" if state == "deny" else "warn", text, _why(reading, worst, best))
    if ready < len(best.ready):
        text = say(
            "{family} reaches {name} on {ready} of {pods}",
            family=worst.family,
            name=name,
            ready=f"{ready:,}",
            pods=_pods(reading),
        )
        return Verdict("warn", text, _why(reading, worst, best))
    nodes = len(reading.nodes)
    fewest = min(offered, key=lambda found: len(found.works_from))
    if len(fewest.works_from) < nodes:
        text = say(
            "{family} works from {works_from} of {nodes}",
            family=fewest.family,
            works_from=f"{len(fewest.works_from):,}",
            nodes=say_n("{n:,} Node", "{n:,} Nodes", nodes),
        )
        return Verdict("warn", text, _node_gap(reading, fewest))
    if ready < total:
        text = say(
            "IPv4 and IPv6 both reach {name} on {ready} of {pods}",
            name=name,
            ready=f"{ready:,}",
            pods=_pods(reading),
        )
        return Verdict(
            "warn",
            text,
            say(
                "{pods_are} not ready.",
                pods_are=say_n("{n:,} Pod is", "{n:,} Pods are", total - ready),
            ),
        )
    text = say("IPv4 and IPv6 both reach {name} on all {pods}", name=name, pods=_pods(reading))
    return Verdict(
        "ok",
        text,
        say("Both work from all {nodes}.", nodes=say_n("{n:,} Node", "{n:,} Nodes", nodes)),
    )


def _total(reading: FamiliesReading) -> int:
    ids = {row.id for family in reading.offered for row in family.rows}
    return max(len(reading.pods), len(ids))


def _pods(reading: FamiliesReading) -> str:
    total = _total(reading)
    if reading.pods:
        return say_n("{n:,} Pod", "{n:,} Pods", total)
    return say_n("{n:,} endpoint", "{n:,} endpoints", total)


def _single(reading: FamiliesReading, only: FamilyReading) -> Verdict:
    service = reading.service
    other = "IPv6" if only.family == "IPv4" else "IPv4"
    name = path_of(service)
    text = say("{name} is {family} only", name=name, family=only.family)
    ready = say("{ready} of {pods} ready", ready=f"{len(only.ready):,}", pods=_pods(reading))
    if service.ip_family_policy == PREFER:
        reason = (
            say("the cluster has no {other} addresses for Services", other=other)
            if other not in reading.configured
            else say(
                "it was given one family when it was made, and has kept it since {other} came",
                other=other,
            )
        )
        return Verdict(
            "warn",
            say("{text}, though it prefers both", text=text),
            stated(opened(reason)),
        )
    if not _total(reading):
        return Verdict(
            "deny", say("{text}, and has no endpoint", text=text),
            say("Nothing is selected, or nothing has an address yet."),
        )  # fmt: skip
    if not only.ready:
        return Verdict("deny", say("{text}, and none of {pods} is ready", text=text,
        pods=_pods(reading)),
                       say("There is no {other} either: policy SingleStack.",
                       other=other))  # fmt: skip
    missing = say("an AAAA") if other == "IPv6" else say("an A")
    why = say(
        "{ready}. It asks for one family (SingleStack): nobody gets {missing} record.",
        ready=ready,
        missing=missing,
    )
    return Verdict("ok", text, why)


def _why(reading: FamiliesReading, worst: FamilyReading, best: FamilyReading) -> str:
    missing = [pod for pod in reading.pods if pod.address(worst.family) is None and pod.ips]
    if not missing:
        return say(
            "{family} reaches {ready}; the other endpoints are not ready.",
            family=best.family,
            ready=f"{len(best.ready):,}",
        )
    nodes = sorted({pod.node_name for pod in missing if pod.node_name})
    bare = [node.meta.name for node in reading.nodes
            if node.meta.name in nodes and node_address(node, worst.family) is None]  # fmt: skip
    if bare:
        has = say("has") if len(bare) == 1 else say("have")
        whose = say("its Pod has") if len(missing) == 1 else say("their Pods have")
        return say(
            "{bare} {has} no {family} address, so {whose} none.",
            bare=listed(bare),
            has=has,
            family=worst.family,
            whose=whose,
        )
    names = listed([pod.meta.name for pod in missing])
    return say(
        "{names} {word} no {family} address.",
        names=names,
        word=say("has") if len(missing) == 1 else say("have"),
        family=worst.family,
    )


def _node_gap(reading: FamiliesReading, family: FamilyReading) -> str:
    lacking = [node.meta.name for node in reading.lacking(family.family)]
    if lacking:
        return say(
            "{names} {word} no {family} address.",
            names=listed(lacking),
            word=say("has") if len(lacking) == 1 else say("have"),
            family=family.family,
        )
    return say("The other Nodes' proxies find no endpoint of this family that they may use.")


def counters(reading: FamiliesReading) -> tuple[Counter, ...]:
    """Return the endpoints of each family, and the Nodes that have both."""
    if reading.service.is_external_name:
        return ()
    total = _total(reading)
    found = [
        Counter(len(family.ready), say("{family} endpoints", family=family.family),
                "ok" if family.ready and len(family.ready) == total else "warn",
                say("of {total}", total=f"{total:,}"))
        for family in reading.offered
    ]  # fmt: skip
    dual = sum(1 for node in reading.nodes
               if node_address(node, "IPv4") and node_address(node, "IPv6"))  # fmt: skip
    found += [
        Counter(len(family.works_from), say("Nodes, {family} works", family=family.family),
                None if len(family.works_from) == len(reading.nodes) else "warn",
                say("of {nodes}", nodes=f"{len(reading.nodes):,}"))
        for family in reading.offered
    ]  # fmt: skip
    return (
        *found,
        Counter(
            dual, say("Nodes dual stack"), None, say("of {nodes}", nodes=f"{len(reading.nodes):,}")
        ),
    )


def describe(reading: FamiliesReading) -> tuple[Line, ...]:
    """Return the Text form: the verdict, each family, each Pod, the gaps."""
    opening = verdict(reading)
    service = reading.service
    lines = [Line(stated(opening.text, opening.why))]
    if service.is_external_name:
        return tuple(lines)
    policy = service.ip_family_policy or say("none given")
    lines.append(
        Line(say("Service {service}: policy {policy}, families {slice_families}",
        service=service.meta.name, policy=policy,
        slice_families=joined(", ", service.slice_families)),
             tuple(_family_line(family) for family in reading.families))
    )  # fmt: skip
    if reading.pods:
        lines.append(
            Line(say("Addresses of its Pods:"), tuple(
                Line(say("{pod}: {addresses}", pod=_placed(pod), addresses=joined(", ", (
                    pod.address(family.family) or say("no {family}", family=family.family)
                    for family in reading.families
                ))))
                for pod in reading.pods
            ))
        )  # fmt: skip
    gaps = [
        Line(say("Node {node} has no {family} address", node=node.meta.name, family=family.family))
        for family in reading.offered
        for node in reading.lacking(family.family)
    ]
    return (*lines, Line(say("Gaps:"), tuple(gaps))) if gaps else tuple(lines)


def _placed(pod: Pod) -> str:
    if not pod.node_name:
        return f"Pod {pod.meta.name}"
    return say("Pod {pod} on {node}", pod=pod.meta.name, node=pod.node_name)


def _family_line(family: FamilyReading) -> Line:
    if not family.is_offered:
        return Line(
            say(
                "{family}: the Service does not have it, no {record} record",
                family=family.family,
                record=family.record,
            )
        )
    count = len({row.id for row in family.rows})
    if family.address is None and not family.ready:
        return Line(
            say(
                "{family}: no {record} record, none of {endpoints} is ready",
                family=family.family,
                record=family.record,
                endpoints=say_n("{n:,} endpoint", "{n:,} endpoints", count),
            )
        )
    address = family.address or say("the endpoints themselves")
    slices = listed([item.meta.name for item in family.slices]) or say("no slice")
    return Line(
        say(
            "{family}: {record} answers with {address}; {slices}; {ready} of {endpoints} ready",
            family=family.family,
            record=family.record,
            address=address,
            slices=slices,
            ready=f"{len(family.ready):,}",
            endpoints=say_n("{n:,} endpoint", "{n:,} endpoints", count),
        )
    )
