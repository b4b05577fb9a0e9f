"""Why a connection passes or not: the entry, the side, the closest miss, the smallest change."""

from __future__ import annotations

import pytest

from cluster.domains.policy.misses import closest_miss, rules_looked_at
from cluster.domains.policy.remedies import smallest_change
from tests.domains.policy.small import (
    DB,
    DENY,
    WEB,
    Raw,
    admit,
    app,
    block,
    cluster,
    spaces,
    verdict,
)


def test_an_allowed_connection_names_the_entry_that_lets_it_pass() -> None:
    triple = cluster(
        DB,
        DB
        | {
            "ingress": [
                {"from": [DB]},
                {"from": [block("1.0.0.0/8"), WEB], "ports": [{"port": 1}, {"port": "sql"}]},
            ]
        },
    )
    found = verdict(triple, "shop/web", "shop/db TCP 5432")

    allowed_by = found.ingress.allowed_by
    assert [policy.meta.name for policy in found.ingress.isolated_by] == ["p0", "p1"]
    assert allowed_by is not None
    assert allowed_by.policy.meta.name == "p1"
    assert allowed_by.path == "spec.ingress[1].from[1]"
    assert allowed_by.port_path == "spec.ingress[1].ports[1]"
    assert found.egress.standing == "open"


def test_a_denied_connection_names_the_side_that_stops_it() -> None:  # H-46
    egress_of_web: Raw = WEB | {"policyTypes": ["Egress"], "egress": [{"to": [DB]}]}
    triple = cluster(egress_of_web, admit(DB, app("api")))
    found = verdict(triple, "shop/web", "shop/db TCP 5432")

    assert not found.allowed
    assert [side.direction for side in found.denied_by] == ["Ingress"]
    assert found.egress.standing == "allowed"
    assert rules_looked_at(found.ingress) == 1


def test_exceptions_and_obstacles_are_told_in_words() -> None:
    triple = cluster(DENY)

    assert "its own Node n1" in verdict(triple, "node/n1", "shop/web TCP 1").exception
    assert "itself" in verdict(triple, "shop/web", "shop/web TCP 1").exception
    assert "Succeeded" in verdict(triple, "shop/done", "shop/web TCP 1").obstacle


@pytest.mark.parametrize(
    ("spec", "connection", "miss", "change"),
    [
        pytest.param(
            admit(DB, app("webs")),
            ("shop/web", "shop/db TCP 5432"),
            "spec.ingress[0].from[0].podSelector wants app=webs, found app=web",
            "label Pod shop/web app=webs (now: app=web)",
            id="one-label",
        ),
        pytest.param(
            admit(DB, spaces(env="prod")),
            ("other/ops", "shop/db TCP 5432"),
            "spec.ingress[0].from[0].namespaceSelector wants env=prod, found env=dev",
            "label Namespace other env=prod (now: env=dev)",
            id="one-namespace-label",
        ),
        pytest.param(
            admit(DB, WEB, ports=[{"port": 5433}]),
            ("shop/web", "shop/db TCP 5432"),
            "spec.ingress[0].ports wants TCP 5433, found TCP 5432",
            "add TCP 5432 to spec.ingress[0].ports of NetworkPolicy shop/p0",
            id="one-port",
        ),
        pytest.param(
            admit(DB, app("api")),
            ("other/api", "shop/db TCP 5432"),
            "spec.ingress[0].from[0] wants namespace shop, found namespace other",
            "add a peer for Pod other/api to spec.ingress[0].from of NetworkPolicy shop/p0",
            id="a-missing-namespaceSelector",
        ),
        pytest.param(
            admit(DB, block("203.0.113.0/24", "203.0.113.8/29")),
            ("203.0.113.10", "shop/db TCP 5432"),
            "spec.ingress[0].from[0].ipBlock.except[0] wants no address in 203.0.113.8/29, "
            "found 203.0.113.10",
            "add a peer for 203.0.113.10 to spec.ingress[0].from of NetworkPolicy shop/p0",
            id="an-exception",
        ),
        pytest.param(
            DB,
            ("shop/web", "shop/db TCP 5432"),
            None,
            "add a rule for TCP 5432 from Pod shop/web to spec.ingress of NetworkPolicy shop/p0",
            id="no-rule-at-all",
        ),
    ],
)
def test_a_denial_names_its_closest_miss_and_the_smallest_change(
    spec: Raw, connection: tuple[str, str], miss: str | None, change: str
) -> None:
    triple = cluster(spec)
    found = verdict(triple, *connection)
    nearest = closest_miss(found, found.ingress)

    assert (None if nearest is None else "; ".join(map(str, nearest.unmet))) == miss
    assert str(smallest_change(found, found.ingress, triple.index.selecting)) == change


def test_a_label_that_would_break_the_other_side_is_no_remedy() -> None:
    triple = cluster(admit(DB, app("api")), app("api") | {"policyTypes": ["Egress"]})
    found = verdict(triple, "shop/web", "shop/db TCP 5432")
    change = smallest_change(found, found.ingress, triple.index.selecting)

    assert change is not None
    assert change.object.kind == "NetworkPolicy"
