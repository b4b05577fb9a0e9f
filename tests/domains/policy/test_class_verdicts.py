"""Verdicts about classes of Pods: what they say, and that they follow every change."""

from __future__ import annotations

from collections.abc import Hashable
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.domains.policy.class_verdicts import (
    ANYONE,
    MOST_ALLOWANCES,
    ClassVerdict,
    class_verdicts,
    peer_text,
)
from cluster.domains.policy.policy import DIRECTIONS, NetworkPolicy, parse_policy
from cluster.domains.policy.ports import code_of, names_of
from cluster.domains.policy.selected import SelectedClasses, verdicts_about
from cluster.domains.policy.verdict import Connection, judge_side, means
from cluster.domains.policy.verdict_rule import PolicyVerdicts, class_key
from cluster.domains.workload.pod import Pod, parse_pod
from cluster.machinery.meta import Key
from tests.domains.policy import clusters
from tests.domains.policy.engine import Triple
from tests.domains.policy.objects import pod, policy_of
from tests.domains.policy.plain import Who

WEB = {"podSelector": {"matchLabels": {"app": "web"}}}
PORTS = (("TCP", 53), ("TCP", 80), ("TCP", 8080), ("UDP", 53), ("ICMP", None))


def policy(name: str = "p", **spec: Any) -> NetworkPolicy:
    return parse_policy(policy_of({"podSelector": {}, **spec}, name))


def ingress(*policies: NetworkPolicy, ports: tuple[Any, ...] = ()) -> ClassVerdict:
    names = names_of(parse_pod(pod("db", {}, ports=ports)))
    return class_verdicts(policies, names, pod="db", pods=1)[0]


def egress(*policies: NetworkPolicy) -> ClassVerdict:
    return class_verdicts(policies, (), pod="db", pods=1)[1]


def lines(verdict: ClassVerdict) -> list[str]:
    return [f"{each.peer}: {each.ports_text}" for each in verdict.allows]


def test_what_no_policy_selects_is_open_in_both_directions() -> None:
    """H-2."""
    verdicts = class_verdicts((), (), pod="web", pods=3)

    assert [(each.direction, each.standing) for each in verdicts] == [
        ("Ingress", "open"), ("Egress", "open"),
    ]  # fmt: skip


def test_a_policy_closes_only_the_directions_it_lists() -> None:
    """H-3."""
    verdicts = class_verdicts([policy(policyTypes=["Ingress"])], (), pod="web", pods=1)

    assert [each.standing for each in verdicts] == ["closed", "open"]
    assert [each.isolated_by for each in verdicts] == [("p",), ()]


def test_a_policy_that_allows_everything_leaves_open_and_is_named() -> None:
    """H-8."""
    verdict = ingress(policy(ingress=[{}]))

    assert verdict.standing == "open"
    assert verdict.isolated_by == ("p",)


def test_what_several_policies_allow_a_peer_is_merged() -> None:
    """H-3: the union of what each allows."""
    one = policy("a", ingress=[{"from": [WEB], "ports": [{"port": 80}, {"port": 81}]}])
    other = policy("b", ingress=[{"from": [WEB], "ports": [{"port": 82, "endPort": 90}]}])

    verdict = ingress(other, one)

    assert lines(verdict) == ["Pods app=web of Namespace shop: TCP 80-90"]
    assert verdict.allows[0].policies == ("a", "b")
    assert verdict.isolated_by == ("a", "b")


def test_a_port_name_is_resolved_on_the_class_itself() -> None:
    """H-26."""
    named = policy(ingress=[{"ports": [{"port": "sql"}, {"port": "nothing"}]}])

    verdict = ingress(named, ports=({"name": "sql", "containerPort": 5432},))

    assert lines(verdict) == ["anyone: TCP 5432"]


def test_a_rule_whose_port_name_means_nothing_allows_nothing() -> None:
    """H-26."""
    assert ingress(policy(ingress=[{"ports": [{"port": "sql"}]}])).standing == "closed"


def test_a_port_name_of_the_other_end_stays_a_name() -> None:
    """H-26."""
    named = policy(
        policyTypes=["Egress"], egress=[{"to": [WEB], "ports": [{"port": "http"}, {"port": 53}]}]
    )

    assert lines(egress(named)) == ["Pods app=web of Namespace shop: TCP 53, TCP named http"]


@pytest.mark.parametrize(
    ("peer", "text"),
    [
        pytest.param(WEB, "Pods app=web of Namespace shop", id="own namespace"),
        pytest.param({"podSelector": {}}, "every Pod of Namespace shop", id="all of its own"),
        pytest.param({"namespaceSelector": {}}, "every Pod of every Namespace", id="all Pods"),
        pytest.param(
            {"namespaceSelector": {"matchLabels": {"team": "a"}}, **WEB},
            "Pods app=web of Namespaces team=a",
            id="both selectors",
        ),
        pytest.param(
            {"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}},
            "10.0.0.0/8 except 10.1.0.0/16",
            id="addresses",
        ),
    ],
)
def test_a_peer_is_said_in_the_words_of_the_policy(peer: Any, text: str) -> None:
    """H-14 to H-18."""
    assert lines(ingress(policy(ingress=[{"from": [peer]}]))) == [f"{text}: every port"]


def test_pods_on_their_nodes_network_are_held_by_no_policy() -> None:
    """H-10."""
    verdicts = class_verdicts([policy()], (), pod="db", pods=1, is_node=True)

    assert [(each.standing, each.is_node) for each in verdicts] == [("open", True)] * 2


def test_what_is_too_long_to_list_is_counted() -> None:
    peers = [{"ipBlock": {"cidr": f"10.0.{n // 256}.{n % 256}/32"}} for n in range(205)]

    verdict = ingress(policy(ingress=[{"from": peers}]))

    assert (len(verdict.allows), verdict.left_out) == (MOST_ALLOWANCES, 5)


def allows(triple: Triple, verdict: ClassVerdict, who: Who, other: Who, port: Any) -> bool:
    """Whether a row's words allow a connection, read against the cluster by `means` alone."""
    if not verdict.isolated_by:
        return True
    peers = {
        peer_text(peer, who.namespace): peer
        for found in triple.snapshot.within(NetworkPolicy, who.namespace).values()
        for _path, peer in found.peers()
    }
    served = triple.end(who if verdict.direction == "Ingress" else other).pod
    end = triple.end(other)
    family = next(each for each in triple.end(who).families if each in end.families)
    for each in verdict.allows:
        peer = None if each.peer == ANYONE else peers[each.peer]
        if peer is not None and not means(peer, who.namespace, end, family):
            continue
        if each.ports is None or any(
            protocol == port[0] and first <= port[1] <= last
            for protocol, first, last in each.ports
        ):
            return True
        if served is not None and any(
            protocol == port[0] and served.named_port(name, protocol) == port[1]
            for protocol, name in each.names
        ):
            return True
    return False


@given(clusters.clusters())
def test_a_verdict_allows_what_judging_one_connection_allows(
    objects: list[clusters.Raw],
) -> None:
    triple = Triple(objects)
    pods = [who for who in triple.everyone() if who.kind == "Pod"]
    selecting = triple.index.selecting
    for who in pods:
        mine = triple.end(who)
        assert mine.pod is not None or mine.is_node
        held = triple.snapshot.get(Pod, who.namespace, who.name)
        assert held is not None
        verdicts = dict(zip(DIRECTIONS, verdicts_about(held, triple.snapshot), strict=False))
        for other in pods:
            theirs = triple.end(other)
            shared = [each for each in mine.families if each in theirs.families]
            if who == other or mine.obstacle or theirs.obstacle or not shared:
                continue
            for direction in DIRECTIONS:
                ends = (theirs, mine) if direction == "Ingress" else (mine, theirs)
                for port in PORTS:
                    connection = Connection(*ends, protocol=port[0], port=port[1])
                    code = code_of(*port)
                    side = judge_side(connection, direction, shared[0], code, selecting)
                    said = allows(triple, verdicts[direction], who, other, port)
                    assert said == side.passes, (str(connection), direction)


class Looking:
    """What the rule may look at."""

    def __init__(self, triple: Triple) -> None:
        self.snapshot = triple.snapshot
        self.settings = triple.snapshot.settings
        self.now = ""

    def manifest(self, key: Key) -> Any:
        raise KeyError(key)

    def suffix(self, *parts: str) -> str:
        return "".join(parts)


def every(rule: PolicyVerdicts, triple: Triple) -> dict[Key, tuple[Hashable, ...]]:
    view = Looking(triple)
    return {key: rule.derive(key, view).facts for key in rule.all_owners(triple.snapshot)}


anything = clusters.pods() | clusters.policies()


@given(st.lists(anything, min_size=4, max_size=12), st.randoms(use_true_random=False))
def test_asking_the_owners_of_each_change_keeps_all_verdicts(
    pool: list[clusters.Raw], draw: Random
) -> None:
    triple, rule = Triple(), PolicyVerdicts()
    view = Looking(triple)
    kept: dict[Key, tuple[Hashable, ...]] = dict.fromkeys(rule.all_owners(triple.snapshot), ())
    for _ in range(30):
        item = draw.choice(pool)
        meta = item["metadata"]
        if draw.random() < 0.3:
            change = triple.remove(item["kind"], meta["namespace"], meta["name"])
        else:
            change = triple.put(item)
        for owner in () if change is None else tuple(rule.owners(change, triple.snapshot)):
            kept[owner] = rule.derive(owner, view).facts
        kept = {owner: facts for owner, facts in kept.items() if facts}

        assert kept == every(PolicyVerdicts(), triple)


@given(clusters.clusters())
def test_pods_of_one_class_are_said_the_same(objects: list[clusters.Raw]) -> None:
    triple = Triple(objects)
    classes = SelectedClasses(triple.snapshot)
    counted = 0
    for found in classes:
        verdicts = classes.verdicts(found)
        counted += verdicts[0].pods
        one = triple.snapshot.get(Pod, found.namespace, verdicts[0].pod)
        assert one is not None
        alone = verdicts_about(one, triple.snapshot)
        assert [(each.isolated_by, each.allows) for each in verdicts] == [
            (each.isolated_by, each.allows) for each in alone
        ]
    assert counted == sum(1 for _member in triple.index.members())


def test_a_class_has_the_same_key_in_every_process() -> None:
    triple = Triple([pod("db", {"app": "db"}) | {"status": {"podIPs": [{"ip": "10.0.0.1"}]}}])

    assert [
        class_key(found.namespace, found.digest) for found in SelectedClasses(triple.snapshot)
    ] == [class_key("shop", "a180fef72c8b244e")]
