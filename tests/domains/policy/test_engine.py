"""The engine agrees with the plain reading of the API on random clusters and histories."""

from __future__ import annotations

from copy import deepcopy
from itertools import product
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from cluster.domains.policy.conventions import Conventions
from cluster.domains.policy.index import PolicyIndex
from cluster.domains.policy.matrix import count_allowed, row
from cluster.domains.policy.remedies import Remedy, smallest_change
from tests.domains.policy import clusters
from tests.domains.policy.engine import PROBES, Triple, shape
from tests.domains.policy.plain import Who

Raws = list[clusters.Raw]


def named(item: clusters.Raw) -> tuple[str, str, str]:
    meta = item["metadata"]
    return item["kind"], meta.get("namespace", ""), meta["name"]


switches = st.builds(
    Conventions,
    assume_pods_have_ip=st.booleans(),
    host_network_is_normal=st.booleans(),
    node_traffic_is_normal=st.booleans(),
    include_finished_pods=st.booleans(),
    ipblock_matches_pods=st.booleans(),
)


@given(clusters.clusters())
def test_all_verdicts_are_those_of_the_plain_reading(objects: Raws) -> None:
    triple = Triple(objects)

    assert list(triple.disagreements(triple.everyone(clusters.OUTSIDE[:3]))) == []


@given(clusters.clusters(), switches)
def test_every_switch_means_the_same_to_all(objects: Raws, conventions: Conventions) -> None:
    triple = Triple(objects, conventions)

    assert list(triple.disagreements(triple.everyone(clusters.OUTSIDE[:2]))) == []


anything = st.one_of(
    clusters.pods(), clusters.pods(), clusters.policies(), clusters.namespaces(),
    st.builds(
        clusters.node_manifest, st.sampled_from(clusters.NODES), st.sampled_from((0, 1))
    ),
)  # fmt: skip


def run(triple: Triple, pool: Raws, draw: Random, count: int) -> None:
    """Put or remove `count` objects of the pool, in random order."""
    for _ in range(count):
        item = draw.choice(pool)
        meta = item["metadata"]
        if draw.random() < 0.3:
            triple.remove(item["kind"], meta.get("namespace", ""), meta["name"])
        else:
            triple.put(item)


def blended(pool: Raws, draw: Random) -> Raws:
    """Return more objects, each with parts of several of its kind: far more than can be drawn."""
    by_kind: dict[str, Raws] = {}
    for item in pool:
        by_kind.setdefault(item["kind"], []).append(item)
    made: Raws = []
    for number in range(200):
        kind = draw.choice(["Pod", "Pod", "NetworkPolicy", "NetworkPolicy", "Namespace", "Node"])
        alike = by_kind.get(kind)
        if not alike:
            continue
        item = {part: draw.choice(alike).get(part, {}) for part in ("spec", "status")}
        source = draw.choice(alike)
        labels = draw.choice(alike)["metadata"].get("labels", {})
        metadata = source["metadata"] | {"labels": labels}
        if kind == "NetworkPolicy":
            parts = draw.choice(alike)["spec"], draw.choice(alike)["spec"]
            item["spec"] = item["spec"] | {"podSelector": parts[0]["podSelector"]}
            item["spec"] |= {key: parts[1][key] for key in ("ingress",) if key in parts[1]}
        if kind in ("Pod", "NetworkPolicy"):
            metadata |= {"name": f"p{number % 8}"}
        if kind == "Node":
            item = dict(source)
        made.append(item | {"kind": kind, "metadata": metadata})
    return made


@given(st.lists(anything, min_size=4, max_size=30), st.randoms(use_true_random=False), switches)
def test_a_history_leaves_what_its_last_state_makes(
    pool: Raws, draw: Random, conventions: Conventions
) -> None:
    triple = Triple((), conventions)
    run(triple, pool, draw, 60)

    assert shape(triple.index) == shape(PolicyIndex.of(triple.snapshot, conventions))


@settings(
    max_examples=3,
    phases=[Phase.generate],  # a history this long is not worth shrinking
    suppress_health_check=[HealthCheck.large_base_example, HealthCheck.data_too_large],
)
@given(st.lists(anything, min_size=30, max_size=80), st.integers(0, 2**32))
def test_ten_thousand_events_equal_a_rebuild(pool: Raws, seed: int) -> None:
    draw = Random(seed)  # noqa: S311 - which events happen is no secret
    pool = blended(pool, draw)
    triple = Triple(clusters.node_manifest(name) for name in clusters.NODES)
    for _ in range(20):
        run(triple, pool, draw, 500)

        rebuilt = PolicyIndex.of(triple.snapshot)
        assert shape(triple.index) == shape(rebuilt)
        ends = triple.everyone(clusters.OUTSIDE[:2])
        assert list(triple.disagreements(ends, (("TCP", 80), ("UDP", 53)))) == []


@given(st.lists(anything, min_size=2, max_size=20, unique_by=named), st.data())
def test_the_order_of_objects_does_not_matter(pool: Raws, data: st.DataObject) -> None:
    other = Triple(data.draw(st.permutations(pool)))

    assert shape(Triple(pool).index) == shape(other.index)


@given(clusters.clusters(), clusters.policies(name="added"), st.data())
def test_an_allow_rule_added_to_an_isolated_direction_removes_no_flow(
    objects: Raws, added: clusters.Raw, data: st.DataObject
) -> None:
    triple = Triple(objects)
    listed = [("Ingress", "ingress", "from"), ("Egress", "egress", "to")]
    direction, field, peers = data.draw(st.sampled_from(listed))
    # A policy that isolates its Pods already, then the same with one more rule.
    added["spec"]["policyTypes"] = [direction]
    triple.put(added)
    before = flows(triple)
    more = deepcopy(added)
    more["spec"].setdefault(field, []).append(data.draw(clusters.rules(peers)))
    triple.put(more)

    assert before <= flows(triple)


@given(clusters.clusters(), clusters.pods(name="bystander"))
def test_a_pod_more_changes_no_verdict_between_others(
    objects: Raws, bystander: clusters.Raw
) -> None:
    triple = Triple(objects)
    before = flows(triple)
    triple.put(bystander)

    assert before == {
        flow for flow in flows(triple) if "bystander" not in {flow[0].name, flow[1].name}
    }


def flows(triple: Triple) -> set[tuple[Who, Who, str, int | None]]:
    found = set()
    members = {who: triple.member(who) for who in triple.everyone(clusters.OUTSIDE[:1])}
    for (source, one), (target, other) in product(members.items(), members.items()):
        for protocol, port in PROBES:
            if one and other and triple.index.allows(one, other, protocol, port):
                found.add((source, target, protocol, port))
    return found


@given(clusters.clusters(), switches)
def test_counts_and_rows_are_those_of_every_pair(objects: Raws, conventions: Conventions) -> None:
    triple = Triple(objects, conventions)
    pods = [who for who in triple.everyone() if who.kind == "Pod" and triple.member(who)]
    for protocol, port in PROBES[:4]:
        allowed = {
            (source, target)
            for source, target in product(pods, pods)
            if source != target and triple.plain.in_any_family(source, target, protocol, port or 0)
        }

        assert count_allowed(triple.index, protocol, port) == len(allowed)
        for source in triple.everyone(clusters.OUTSIDE[:2]):
            member = triple.member(source)
            if member is None:
                continue
            reached = row(triple.index, member, "Egress", protocol, port)
            reaching = row(triple.index, member, "Ingress", protocol, port)
            assert names(triple, reached) == {
                target
                for target in pods
                if source != target
                and triple.plain.in_any_family(source, target, protocol, port or 0)
            }
            assert names(triple, reaching) == {
                other
                for other in pods
                if source != other
                and triple.plain.in_any_family(other, source, protocol, port or 0)
            }


def names(triple: Triple, numbers: BitMap) -> set[Who]:
    found = [member.pod for member in triple.index.numbered(numbers)]
    return {Who("Pod", pod.meta.namespace, pod.meta.name) for pod in found if pod is not None}


@given(clusters.clusters(), st.data())
def test_the_smallest_change_lets_the_denied_side_pass(objects: Raws, data: st.DataObject) -> None:
    triple = Triple(objects)
    ends = triple.everyone(clusters.OUTSIDE)
    source, target = data.draw(st.sampled_from(ends)), data.draw(st.sampled_from(ends))
    protocol, port = data.draw(st.sampled_from(PROBES))
    verdict = triple.verdict(source, target, protocol, port)
    if not verdict.denied_by:
        return
    side = data.draw(st.sampled_from(verdict.denied_by))
    remedy = smallest_change(verdict, side, triple.index.selecting)
    assert remedy is not None

    triple.put(edited(triple, remedy))

    again = triple.verdict(source, target, protocol, port)
    assert {"Egress": again.egress, "Ingress": again.ingress}[side.direction].passes
    assert len(again.denied_by) < len(verdict.denied_by)


def edited(triple: Triple, remedy: Remedy) -> clusters.Raw:
    """Return the object of a remedy with the edit made."""
    key = remedy.object
    stored = triple.stored(key.kind, key.namespace, key.name)
    made = deepcopy(stored)
    here: Any = made
    for step in remedy.path[:-1]:
        here = here[step]
    last = remedy.path[-1]
    if remedy.is_appended:
        here[last] = [*(here.get(last) or ()), remedy.value]
    else:
        here[last] = remedy.value
    return made
