"""One connection at a time: the rules of semantics.md H, each in a small cluster.

`passes` asks the plain reading, the judge and the index, and insists that they agree.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from cluster.domains.policy.conventions import Conventions
from cluster.domains.policy.ends import address_end, pod_end
from cluster.domains.policy.outsiders import stranger
from cluster.domains.policy.verdict import Connection, judge
from cluster.domains.workload.pod import Pod
from cluster.machinery.addresses import parse_address
from tests.domains.policy.small import (
    DB,
    DENY,
    WEB,
    Raw,
    admit,
    app,
    block,
    cluster,
    namespace,
    passes,
    pod,
    policy,
    port,
    spaces,
    verdict,
    who,
)

CASES = yaml.safe_load((Path(__file__).parent / "rules.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", [pytest.param(case, id=case["claim"]) for case in CASES])
def test_rule(case: Raw) -> None:
    triple = cluster(case["policy"])
    for name, expected in (("passes", True), ("stopped", False)):
        for connection in case.get(name, ()):
            source, _, target = connection.partition(" > ")

            assert passes(triple, source, target) == expected, connection


def test_policies_add_up() -> None:  # H-3, H-41
    from_api = admit(DB, app("api"), ports=[{"port": 5432}])
    from_ops = admit(DB, spaces(team="ops"))
    triple = cluster(from_api, from_ops, {"podSelector": {}, "policyTypes": ["Ingress"]})

    assert passes(triple, "shop/api", "shop/db TCP 5432")
    assert not passes(triple, "shop/api", "shop/db TCP 5433")
    assert passes(triple, "other/api", "shop/db TCP 5433")
    assert not passes(triple, "shop/web", "shop/db TCP 5432")


def test_replies_need_no_rule() -> None:  # H-5
    both: Raw = {"policyTypes": ["Ingress", "Egress"]}
    triple = cluster(WEB | both | {"egress": [{"to": [DB]}]}, admit(DB, WEB) | both)

    assert passes(triple, "shop/web", "shop/db TCP 5432")
    assert not passes(triple, "shop/db", "shop/web TCP 5432")


def test_labels_count_as_they_are_now() -> None:  # H-22
    triple = cluster(admit(DB, spaces(env="prod") | WEB))
    assert passes(triple, "shop/web", "shop/db TCP 1")

    triple.put(namespace("shop", env="test"))
    assert not passes(triple, "shop/web", "shop/db TCP 1")

    triple.put(namespace("other", env="prod"))
    triple.put(pod("other/ops", "10.244.3.12", "n3", "{app: web}"))
    assert passes(triple, "other/ops", "shop/db TCP 1")


def test_a_changed_policy_counts_at_once() -> None:  # H-39
    triple = cluster(DB)
    assert not passes(triple, "shop/web", "shop/db TCP 1")

    triple.put(policy("shop/p0", DB | {"ingress": [{}]}))
    assert passes(triple, "shop/web", "shop/db TCP 1")

    triple.remove("NetworkPolicy", "shop", "p0")
    triple.put(policy("shop/p1", DENY))
    assert not passes(triple, "shop/web", "shop/db TCP 1")


@pytest.mark.parametrize(
    ("restart", "number"),
    [
        pytest.param("Always", 9000, id="a-sidecar-counts"),
        pytest.param("Never", None, id="a-plain-init-container-does-not"),
    ],
)
def test_names_of_init_containers(restart: str, number: int | None) -> None:  # H-26
    triple = cluster(admit(WEB, ports=[{"port": "extra"}]))
    init = [{"name": "side", "restartPolicy": restart, "ports": [port(9000, "extra")]}]
    triple.put(pod("shop/web", "10.244.1.7", "n1", "{app: web}", init=init))

    assert passes(triple, "shop/db", "shop/web TCP 9000") == (number is not None)


def test_families_never_mix() -> None:  # H-19
    triple = cluster(admit(DB, block("fd00::/16")))
    web, db = triple.end(who("shop/web")), triple.end(who("shop/db"))

    over = {
        family: judge(
            Connection(web, db, "TCP", 1, family),
            triple.index.selecting,
        ).allowed
        for family in ("IPv4", "IPv6")
    }

    assert over == {"IPv4": False, "IPv6": True}
    assert not passes(triple, "shop/api", "shop/db TCP 1")


def test_ends_without_a_common_family_do_not_connect() -> None:
    triple = cluster()
    found = verdict(triple, "2001:db8::1", "shop/api TCP 1")

    assert not found.allowed
    assert "common family" in found.obstacle
    assert not passes(triple, "2001:db8::1", "shop/api TCP 1")


@pytest.mark.parametrize(
    ("conventions", "source", "target"),
    [
        pytest.param(Conventions(), "shop/db", "shop/web TCP 1", id="none"),
        pytest.param(
            Conventions(include_finished_pods=True), "shop/done", "other/ops TCP 1",
            id="include-finished-pods",
        ),
        pytest.param(
            Conventions(host_network_is_normal=True), "shop/host", "shop/web TCP 1",
            id="host-network-is-normal",
        ),
    ],
)  # fmt: skip
def test_switches_let_more_pods_take_part(
    conventions: Conventions, source: str, target: str
) -> None:
    triple = cluster(admit(WEB, {"podSelector": {}}), conventions=conventions)

    assert passes(triple, source, target)


def test_switches_take_exceptions_away() -> None:
    normal = Conventions(node_traffic_is_normal=True, ipblock_matches_pods=False)
    triple = cluster(admit(WEB, block("10.244.0.0/16")), conventions=normal)

    assert not passes(triple, "node/n1", "shop/web TCP 1")  # against H-11
    assert not passes(triple, "shop/db", "shop/web TCP 1")  # against H-18
    assert passes(triple, "10.244.9.9", "shop/web TCP 1")


def test_a_pod_without_an_address_takes_part_only_where_it_is_assumed_to_have_one() -> None:
    bare = pod("shop/bare", "", "n1", "{app: web}")
    for conventions in (Conventions(), Conventions(assume_pods_have_ip=True)):
        triple = cluster(conventions=conventions)
        triple.put(bare)

        assert passes(triple, "shop/bare", "shop/db TCP 1") == conventions.assume_pods_have_ip


def test_an_imagined_pod_is_judged_as_if_it_were_there() -> None:
    triple = cluster(admit(DB, WEB))
    db = triple.index.member("shop", "db")
    there = triple.snapshot.get(Pod, "shop", "web")
    plain = triple.snapshot.get(Pod, "other", "ops")
    assert db is not None
    assert there is not None
    assert plain is not None

    assert triple.index.allows(stranger(triple.index, there), db, "TCP", 1)
    assert not triple.index.allows(stranger(triple.index, plain), db, "TCP", 1)
    foreign = stranger(triple.index, plain, {"kubernetes.io/metadata.name": "elsewhere"})
    assert not triple.index.allows(foreign, db, "TCP", 1)
    assert triple.index.allows(db, stranger(triple.index, there), "TCP", 1)


def test_a_port_is_asked_for_where_the_protocol_has_any() -> None:
    address = parse_address("203.0.113.10")
    there = cluster().snapshot.get(Pod, "shop", "web")
    assert address is not None
    assert there is not None
    for number in (None, 0, 65536):
        connection = Connection(address_end(address), pod_end(there, None), "TCP", number)
        with pytest.raises(ValueError, match="needs a port"):
            judge(connection, lambda _pod: ())
