"""Why a line and a card of diagram 6.7 are as they are: the fields that are named for it."""

from __future__ import annotations

from typing import Any

import pytest

from cluster.machinery.manifest import JSON, Manifest
from cluster.questions.views.policy_units import ports_text
from tests.questions.asking import cluster, deployment
from tests.questions.views.drawing import draw

NAMESPACES = """\
apiVersion: v1
kind: Namespace
metadata: {name: shop}
"""


def policy(**spec: JSON) -> Manifest:
    return {
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
        "metadata": {"name": "rules", "namespace": "shop"},
        "spec": {"podSelector": {"matchLabels": {"app": "web"}}, **spec},
    }  # fmt: skip


def graph(**spec: JSON) -> Any:
    found = cluster(NAMESPACES, deployment("shop/web"), deployment("shop/api"), policy(**spec))
    return draw(found, view="policy", of="shop/rules")


def told(graph: Any, id_: str) -> set[tuple[str, str, str]]:
    parts = [*graph["nodes"], *graph["edges"]]
    why = next(part["why"] for part in parts if part["id"] == id_)
    return {(reason["object"], reason["path"], reason["value"]) for reason in why}


API = "Deployment/shop/api->Deployment/shop/web"
RULES = "NetworkPolicy shop/rules"


def test_an_allowed_line_names_the_peer_and_the_port_entry_of_its_rule() -> None:
    peer: Manifest = {"podSelector": {"matchLabels": {"app": "api"}}}
    found = graph(ingress=[{"from": [peer], "ports": [{"port": "http"}]}])

    assert told(found, API) >= {
        (RULES, "spec.ingress[0].from[0]", "Pods app=api of Namespace shop"),
        (RULES, "spec.ingress[0].ports[0]", "TCP http"),
    }


def test_every_range_that_is_open_has_its_rule_named() -> None:
    found = graph(
        ingress=[{"ports": [{"port": 8080}]}, {"ports": [{"port": 53, "protocol": "UDP"}]}]
    )

    assert told(found, API) >= {
        (RULES, "spec.ingress[0].ports[0]", "TCP 8080"),
        (RULES, "spec.ingress[1].ports[0]", "UDP 53"),
    }


def test_a_block_and_its_hole_name_the_fields_that_they_stand_in() -> None:
    block: Manifest = {"cidr": "10.20.0.0/16", "except": ["10.20.8.0/24", "10.20.9.0/24"]}
    found = graph(ingress=[{"from": [{"ipBlock": block}]}])
    where = "spec.ingress[0].from[0].ipBlock"

    assert told(found, "External//10.20.0.0/16 except 10.20.8.0/24, 10.20.9.0/24") == {
        (RULES, f"{where}.cidr", "10.20.0.0/16")
    }
    assert told(found, "External//10.20.9.0/24 in 10.20.0.0/16") == {
        (RULES, f"{where}.except[1]", "10.20.9.0/24")
    }


def test_a_line_to_pods_that_declare_nothing_is_denied_on_every_port() -> None:
    bare: Manifest = {
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "bare", "namespace": "shop"},
        "spec": {"containers": [{"name": "main", "image": "x"}]},
    }  # fmt: skip
    found = draw(
        cluster(NAMESPACES, deployment("shop/web"), bare, policy(policyTypes=["Egress"])),
        view="policy", of="shop/rules",
    )  # fmt: skip
    line = next(edge for edge in found["edges"] if edge["to"].startswith("Pod/shop/bare"))

    assert (line["state"], line["label"]) == ("deny", "all")


@pytest.mark.parametrize(
    ("ports", "text"),
    [
        ([{"port": 53}, {"port": 53, "protocol": "UDP"}], "53/TCP+UDP"),
        ([{"protocol": "UDP"}], "all UDP"),
        ([{"port": 8000, "endPort": 8010}, {"port": 53, "protocol": "UDP"}], "8000-8010, 53/UDP"),
    ],
    ids=["one_number_of_two_protocols", "a_whole_protocol", "a_range_and_another_protocol"],
)
def test_ports_are_written_once_with_their_protocols(ports: list[JSON], text: str) -> None:
    found = graph(ingress=[{"ports": ports}])

    assert next(edge["label"] for edge in found["edges"] if edge["id"] == API) == text
    assert ports_text(()) == ""


def test_a_cell_of_a_matrix_whose_line_stands_for_others_says_why_of_its_own_pair() -> None:
    crowd = [deployment(f"shop/app-{number}") for number in range(8)]
    found = cluster(NAMESPACES, deployment("shop/web"), *crowd, policy(ingress=[]))
    shown = draw(found, view="policy", of="shop/rules", form="matrix")["detail"]["matrix"]
    column = [head["name"] for head in shown["columns"]].index("web")
    told = {row["name"]: row["cells"][column] for row in shown["rows"]}

    for number in range(8):
        assert f"admits app-{number} on" in told[f"app-{number}"]["why"][1]["text"]


def test_cells_say_nothing_of_why_where_the_map_is_what_is_shown() -> None:
    crowd = [deployment(f"shop/app-{number}") for number in range(8)]
    found = cluster(NAMESPACES, deployment("shop/web"), *crowd, policy(ingress=[]))
    shown = draw(found, view="policy", of="shop/rules", form="map")["detail"]["matrix"]

    assert not any("why" in cell for row in shown["rows"] for cell in row["cells"])


def test_the_table_says_what_lets_a_connection_in_not_which_ports_that_has() -> None:
    peer: Manifest = {"podSelector": {"matchLabels": {"app": "api"}}}
    found = graph(ingress=[{"from": [peer], "ports": [{"port": "http"}]}])
    because = {row["cells"][0]["text"]: row["cells"][-1]["text"] for row in found["table"]["rows"]}

    assert because["shop/api"] == "rules lets api in on TCP http (8080)."
