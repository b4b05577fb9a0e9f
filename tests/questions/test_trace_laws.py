"""Trace and reach say the same of every pair of Pods and every port, in random clusters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cluster.catalog import KINDS
from cluster.domains.policy.ports import code_of, holds
from cluster.domains.policy.reach import Reach
from cluster.domains.workload.pod import Pod
from cluster.machinery.addresses import parse_address
from cluster.machinery.manifest import copy
from cluster.machinery.settings import dual_stack, parse_settings
from cluster.machinery.snapshot import Snapshot
from cluster.questions.facts import Facts
from cluster.questions.plan.connections import compare
from cluster.questions.reach.peers import parse_range, workload_name
from cluster.questions.reach.reachability import reachability
from cluster.questions.trace.answer import Request
from cluster.questions.trace.peers import AddressPeer, Destination, Pods, TracePeer
from cluster.questions.trace.tracing import trace
from cluster.questions.workloads import workload_of
from tests.domains.policy.clusters import OUTSIDE, PORTS, PROTOCOLS, Raw, clusters

ports = st.tuples(st.sampled_from(PROTOCOLS), st.sampled_from((*PORTS, 8443)))


def snapshot_of(objects: list[Raw]) -> Snapshot:
    snapshot = Snapshot(KINDS, parse_settings(dual_stack({})))
    for item in objects:
        made = copy(item)
        kind = KINDS[str(made["kind"])]
        kind.default(made)
        snapshot.put(kind.parse(made))
    return snapshot


def verdict(snapshot: Snapshot, source: TracePeer, to: TracePeer, protocol: str, port: int) -> str:
    request = Request(source, Destination(to, port, protocol), "from", "to")
    return trace(snapshot, Facts(), request).verdict


@given(objects=clusters(), port=ports)
def test_trace_and_reach_agree_on_every_pair_of_pods(
    objects: list[Raw], port: tuple[str, int]
) -> None:
    snapshot = snapshot_of(objects)
    code = code_of(*port)
    passing = {
        (row.source, row.destination) for row in reachability(snapshot) if holds(row.ports, code)
    }
    pods = snapshot.sorted(Pod)

    for one in pods:
        for other in pods:
            if one is other:
                continue
            pair = (
                workload_name(workload_of(snapshot, one)),
                workload_name(workload_of(snapshot, other)),
            )
            found = verdict(snapshot, Pods("one", (one,)), Pods("other", (other,)), *port)

            assert (found == "reaches") == (pair in passing), pair


@given(objects=clusters(), port=ports, text=st.sampled_from(OUTSIDE))
def test_trace_and_reach_agree_on_addresses_outside(
    objects: list[Raw], port: tuple[str, int], text: str
) -> None:
    snapshot = snapshot_of(objects)
    address = parse_address(text)
    assert address is not None
    if any(text in pod.ips for pod in snapshot.of(Pod)):
        return
    outside = AddressPeer(address)
    rows = compare([], reachability(snapshot)).gained

    for pod in snapshot.sorted(Pod):
        name = workload_name(workload_of(snapshot, pod))
        into = verdict(snapshot, outside, Pods("pod", (pod,)), *port)
        out = verdict(snapshot, Pods("pod", (pod,)), outside, *port)

        assert (into == "reaches") == allows(rows, text, name, port, is_into=True)
        assert (out == "reaches") == allows(rows, text, name, port, is_into=False)


def allows(
    rows: list[Reach], text: str, name: str, port: tuple[str, int], *, is_into: bool
) -> bool:
    wanted = parse_range(text)
    assert wanted is not None
    ends = [
        (row.source, row.destination, row.ports)
        if is_into
        else (row.destination, row.source, row.ports)
        for row in rows
    ]
    return any(
        other == name and holds(ports, code_of(*port)) and held.overlaps(wanted)
        for peer, other, ports in ends
        if (held := parse_range(peer)) is not None
    )


@given(objects=clusters(), more=clusters())
def test_what_one_change_gains_the_opposite_change_loses(
    objects: list[Raw], more: list[Raw]
) -> None:
    before = reachability(snapshot_of(objects))
    after = reachability(snapshot_of([*objects, *more]))
    there, back = compare(before, after), compare(after, before)

    assert (there.gained, there.lost) == (back.lost, back.gained)
    assert compare(after, after) == ([], [])
