"""The sentence that opens the families diagram, its counters, and its Text form."""

from __future__ import annotations

from cluster.domains.service.families import PREFER
from cluster.machinery.drawing import Counter, Line, Verdict
from cluster.questions.views.families_reading import FamiliesReading, FamilyReading, node_address
from cluster.questions.views.service_frame import path_of
from cluster.questions.views.words import counted, listed

GUIDE = (
    "IPv4 runs above, IPv6 below: name, address, slices, and the addresses of the same Pods.",
    "A double line is IPv6. A dashed socket is an address that is missing, and says where.",
    "A Service gets a slice per family; a Pod is in a slice only if it has such an address.",
)


def verdict(reading: FamiliesReading) -> Verdict:
    """Return the answer to "do both families work?"."""
    service = reading.service
    name = path_of(service)
    if service.is_external_name:
        text = f"{name} has no address of its own: it is a DNS alias for {service.external_name}"
        return Verdict("unknown", text, "Which families that name has is not known here.")
    offered = reading.offered
    if len(offered) == 1:
        return _single(reading, offered[0])
    total = _total(reading)
    if not total:
        return Verdict("deny", f"{name} has both families and no endpoint in either",
                       "Nothing is selected, or nothing has an address yet.")  # fmt: skip
    worst = min(offered, key=lambda found: (len(found.ready), len(found.works_from)))
    best = max(offered, key=lambda found: (len(found.ready), len(found.works_from)))
    ready = len(worst.ready)
    if not ready:
        state = "deny" if not best.ready else "warn"
        text = f"{worst.family} reaches {name} on none of {_pods(reading)}"
        return Verdict("deny" if state == "deny" else "warn", text, _why(reading, worst, best))
    if ready < len(best.ready):
        text = f"{worst.family} reaches {name} on {ready} of {_pods(reading)}"
        return Verdict("warn", text, _why(reading, worst, best))
    nodes = len(reading.nodes)
    fewest = min(offered, key=lambda found: len(found.works_from))
    if len(fewest.works_from) < nodes:
        text = f"{fewest.family} works from {len(fewest.works_from)} of {counted(nodes, 'Node')}"
        return Verdict("warn", text, _node_gap(reading, fewest))
    if ready < total:
        text = f"IPv4 and IPv6 both reach {name} on {ready} of {_pods(reading)}"
        return Verdict("warn", text, f"{counted(total - ready, 'Pod is', 'Pods are')} not ready.")
    text = f"IPv4 and IPv6 both reach {name} on all {_pods(reading)}"
    return Verdict("ok", text, f"Both work from all {counted(nodes, 'Node')}.")


def _total(reading: FamiliesReading) -> int:
    ids = {row.id for family in reading.offered for row in family.rows}
    return max(len(reading.pods), len(ids))


def _pods(reading: FamiliesReading) -> str:
    total = _total(reading)
    return counted(total, "Pod" if reading.pods else "endpoint")


def _single(reading: FamiliesReading, only: FamilyReading) -> Verdict:
    service = reading.service
    other = "IPv6" if only.family == "IPv4" else "IPv4"
    name = path_of(service)
    text = f"{name} is {only.family} only"
    ready = f"{len(only.ready)} of {_pods(reading)} ready"
    if service.ip_family_policy == PREFER:
        reason = (
            f"the cluster has no {other} addresses for Services"
            if other not in reading.configured
            else f"it was given one family when it was made, and has kept it since {other} came"
        )
        return Verdict(
            "warn", f"{text}, though it prefers both", f"{reason[0].upper()}{reason[1:]}."
        )
    if not only.ready:
        return Verdict("deny", f"{text}, and none of {_pods(reading)} is ready",
                       f"There is no {other} either: policy SingleStack.")  # fmt: skip
    missing = "an AAAA" if other == "IPv6" else "an A"
    why = f"{ready}. It asks for one family (SingleStack): nobody gets {missing} record."
    return Verdict("ok", text, why)


def _why(reading: FamiliesReading, worst: FamilyReading, best: FamilyReading) -> str:
    missing = [pod for pod in reading.pods if pod.address(worst.family) is None and pod.ips]
    if not missing:
        return f"{best.family} reaches {len(best.ready)}; the other endpoints are not ready."
    nodes = sorted({pod.node_name for pod in missing if pod.node_name})
    bare = [node.meta.name for node in reading.nodes
            if node.meta.name in nodes and node_address(node, worst.family) is None]  # fmt: skip
    if bare:
        has = "has" if len(bare) == 1 else "have"
        whose = "its Pod has" if len(missing) == 1 else "their Pods have"
        return f"{listed(bare)} {has} no {worst.family} address, so {whose} none."
    names = listed([pod.meta.name for pod in missing])
    return f"{names} {'has' if len(missing) == 1 else 'have'} no {worst.family} address."


def _node_gap(reading: FamiliesReading, family: FamilyReading) -> str:
    lacking = [node.meta.name for node in reading.lacking(family.family)]
    if lacking:
        return f"{listed(lacking)} {'has' if len(lacking) == 1 else 'have'} no such address."
    return "The other Nodes' proxies find no endpoint of this family that they may use."


def counters(reading: FamiliesReading) -> tuple[Counter, ...]:
    """Return the endpoints of each family, and the Nodes that have both."""
    if reading.service.is_external_name:
        return ()
    total = _total(reading)
    found = [
        Counter(len(family.ready), f"{family.family} endpoints",
                "ok" if family.ready and len(family.ready) == total else "warn", f"of {total}")
        for family in reading.offered
    ]  # fmt: skip
    dual = sum(1 for node in reading.nodes
               if node_address(node, "IPv4") and node_address(node, "IPv6"))  # fmt: skip
    found += [
        Counter(len(family.works_from), f"Nodes, {family.family} works",
                None if len(family.works_from) == len(reading.nodes) else "warn",
                f"of {len(reading.nodes)}")
        for family in reading.offered
    ]  # fmt: skip
    return (*found, Counter(dual, "Nodes dual stack", None, f"of {len(reading.nodes)}"))


def describe(reading: FamiliesReading) -> tuple[Line, ...]:
    """Return the Text form: the verdict, each family, each Pod, the gaps."""
    opening = verdict(reading)
    service = reading.service
    lines = [Line(f"{opening.text}. {opening.why}".strip())]
    if service.is_external_name:
        return tuple(lines)
    policy = service.ip_family_policy or "none given"
    lines.append(
        Line(f"Service {service.meta.name}: policy {policy}, "
             f"families {', '.join(service.slice_families)}",
             tuple(_family_line(family) for family in reading.families))
    )  # fmt: skip
    if reading.pods:
        lines.append(
            Line("Addresses of its Pods:", tuple(
                Line(f"Pod {pod.meta.name}{f' on {pod.node_name}' if pod.node_name else ''}: "
                     + ", ".join(pod.address(family.family) or f"no {family.family}"
                                 for family in reading.families))
                for pod in reading.pods
            ))
        )  # fmt: skip
    gaps = [
        Line(f"Node {node.meta.name} has no {family.family} address")
        for family in reading.offered
        for node in reading.lacking(family.family)
    ]
    return (*lines, Line("Gaps:", tuple(gaps))) if gaps else tuple(lines)


def _family_line(family: FamilyReading) -> Line:
    if not family.is_offered:
        return Line(f"{family.family}: the Service does not have it, no {family.record} record")
    address = family.address or "the endpoints themselves"
    slices = listed([item.meta.name for item in family.slices]) or "no slice"
    return Line(
        f"{family.family}: {family.record} answers with {address}; {slices}; "
        f"{len(family.ready)} of {counted(len({row.id for row in family.rows}), 'endpoint')} ready"
    )
