"""All pairs of workloads and the outside world, against every pair of Pods asked one by one."""

from __future__ import annotations

from ipaddress import ip_address
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from cluster.domains.policy.ports import code_of, holds
from cluster.domains.policy.reach import Reach, reach
from cluster.domains.workload.pod import Pod
from tests.domains.policy import clusters
from tests.domains.policy.engine import PROBES, Triple
from tests.domains.policy.plain import Who

Raws = list[clusters.Raw]


def workload(pod: Pod) -> str:
    """Two workloads a namespace: Pods of one name and the others."""
    return f"{pod.meta.namespace}/{'one' if pod.meta.name == 'p0' else 'other'}"


def rows_of(triple: Triple) -> list[Reach]:
    return list(reach(triple.index, workload))


def inside(text: str, ip: str) -> bool:
    if "/" in text:
        return False  # a workload
    first, _, last = text.partition("-")
    address = ip_address(ip)
    return address.version == ip_address(first).version and (
        int(ip_address(first)) <= int(address) <= int(ip_address(last))
    )


@given(clusters.clusters())
def test_rows_between_workloads_are_the_union_over_their_pods(objects: Raws) -> None:
    triple = Triple(objects)
    by_workload: dict[str, list[Who]] = {}
    for who in triple.everyone():
        pod = triple.snapshot.get(Pod, who.namespace, who.name)
        if pod is not None and triple.member(who) is not None:
            by_workload.setdefault(workload(pod), []).append(who)
    found = {(row.source, row.destination): row.ports for row in rows_of(triple)}
    for one, other in product(by_workload, by_workload):
        if one == other:
            assert (one, other) not in found
            continue
        for protocol, port in PROBES[:-1]:
            expected = any(
                triple.plain.in_any_family(source, target, protocol, port or 0)
                for source, target in product(by_workload[one], by_workload[other])
            )
            assert holds(found.get((one, other), ()), code_of(protocol, port)) == expected


@given(clusters.clusters(), st.sampled_from((*clusters.OUTSIDE, *clusters.V4[:3])))
def test_every_address_is_in_one_range_with_its_own_verdicts(objects: Raws, ip: str) -> None:
    triple = Triple(objects)
    rows = rows_of(triple)
    outside = Who("IP", ip=ip)
    for who in triple.everyone():
        pod = triple.snapshot.get(Pod, who.namespace, who.name)
        if pod is None:
            continue
        name = workload(pod)
        alike = [
            other
            for other in triple.everyone()
            if other.kind == "Pod"
            and workload(Pod(meta=triple.snapshot.get(Pod, other.namespace, other.name).meta))  # type: ignore[union-attr]
            == name
            and triple.member(other) is not None
        ]
        for protocol, port in PROBES[:3]:
            code = code_of(protocol, port)
            into = [row for row in rows if row.destination == name and inside(row.source, ip)]
            out = [row for row in rows if row.source == name and inside(row.destination, ip)]
            assert len(into) <= 1
            assert len(out) <= 1
            assert any(holds(row.ports, code) for row in into) == any(
                triple.plain.in_any_family(outside, other, protocol, port or 0) for other in alike
            )
            assert any(holds(row.ports, code) for row in out) == any(
                triple.plain.in_any_family(other, outside, protocol, port or 0) for other in alike
            )
