"""What "Why?" answers in the diagrams of a Service: exact objects, fields and values."""

from __future__ import annotations

import re
from typing import Any

import pytest

from cluster.catalog import KINDS
from tests.questions.views.test_service_diagrams import STATES, cluster_in
from tests.questions.views.worlds import (
    BY_HAND,
    DUAL,
    DUAL_SETTINGS,
    app,
    cards,
    graph,
    lines,
    nodes,
    service,
    world,
)

VIEWS = ("endpoints", "paths", "compare", "slices")
LOST = """
---
apiVersion: v1
kind: Pod
metadata: {name: lost, namespace: shop, labels: {app: web}}
spec:
  nodeSelector: {disk: fast}
  containers: [{name: main, image: main, ports: [{name: http, containerPort: 8080}]}]
"""
UNKNOWN = {"Watchers//others", "ControlPlane//kube-apiserver->Watchers//others"}
"""What nothing in a cluster tells of."""


def told(item: Any) -> list[tuple[str, str, str]]:
    """What a card or line rests on: object, path, value."""
    return [(reason["object"], reason["path"], reason["value"]) for reason in item["why"]]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("state", STATES)
def test_every_card_and_line_answers_with_object_field_and_value(state: str, view: str) -> None:
    found = graph(cluster_in(state), view)

    for item in (*found["nodes"], *found["edges"]):
        if item["id"] in UNKNOWN:
            continue
        assert item["why"], item["id"]
        assert len(item["why"]) >= len(item.get("badges", ())), item["id"]
        for reason in item["why"]:
            what = f"{item['id']}: {reason}"
            assert reason["path"], what
            assert reason["value"], what
            assert "[]" not in reason["path"], what
            if not reason["object"]:  # what nobody has stored
                assert "hypothetical" in reason["value"] or "Assumed" in reason["text"], what
                continue
            kind, _space, name = reason["object"].partition(" ")
            assert kind in KINDS, what
            assert bool("/" in name) is KINDS[kind].namespaced, what


def test_a_line_that_a_missing_port_stops_says_which_and_what_the_pod_has_instead() -> None:
    asked = world(app(), service().replace("targetPort: http", "targetPort: web"))

    found = graph(asked, "endpoints")

    [to_slice] = lines(found, "Service/")
    to_pods = [edge for edge in lines(found, "EndpointSlice/") if edge["state"] == "deny"]
    assert to_slice["label"] == 'no port "web"'
    assert len(to_pods) == 2
    for edge in to_pods:
        pod = edge["to"].replace("Pod/", "Pod ", 1)
        assert edge["title"] == 'no port "web"'
        assert told(edge)[0] == (pod, "spec.containers[*].ports[*].name", "http")
        assert edge["why"][0]["cause"]
    assert [(c["value"], c["label"]) for c in found["counters"]] == [(0, "ready"), (2, "no port")]


def test_a_refusal_for_want_of_a_port_is_not_told_as_want_of_ready_endpoints() -> None:
    asked = world(nodes(1), app(), service().replace("targetPort: http", "targetPort: web"))

    found = graph(asked, "paths")

    assert found["verdict"]["why"] == "No Pod behind it has this port: connection refused."
    [stop] = cards(found, "Stop")
    assert ("Service shop/web", "spec.ports[0].targetPort", "web") in told(stop)


def test_places_in_slices_and_containers_are_numbers() -> None:
    found = graph(world(nodes(2), app(), service()), "endpoints")

    [slice_] = cards(found, "EndpointSlice")
    paths = {path for edge in lines(found, slice_["id"]) for _object, path, _value in told(edge)}
    assert paths == {
        f"endpoints[{number}].{field}"
        for number in (0, 1)
        for field in ("conditions.ready", "addresses")
    }
    ports = {
        path for pod in cards(found, "Pod") for _object, path, _value in told(pod)
        if path.startswith("spec.containers")
    }  # fmt: skip
    assert ports == {"spec.containers[0].ports[0].containerPort"}


def test_the_end_of_a_path_names_the_endpoint_in_its_slice() -> None:
    found = graph(world(nodes(1), app(replicas=1), service()), "paths")

    [line] = lines(found, "Proxy/", "Pod/")
    slice_, path, value = told(line)[-2]
    assert re.fullmatch(r"EndpointSlice shop/web-\w+", slice_)
    assert (path, value) == ("endpoints[0].conditions.ready", "true")
    assert line["title"].startswith("1 of 1, each as likely; stays on the Node")


def test_an_endpoint_on_no_node_is_not_a_hop_to_another_node() -> None:
    found = graph(world(nodes(1), BY_HAND), "paths")

    titles = {line["title"] for line in lines(found, "Proxy/", "Endpoint/")}
    assert titles
    assert all("an address that is on no Node" in title for title in titles)


def test_the_other_kind_is_not_told_as_if_it_were_stored() -> None:
    found = graph(world(app(), service()), "compare")

    for item in (*found["nodes"], *found["edges"]):
        for object_, path, value in told(item):
            if object_ == "Service shop/web" and path == "spec.clusterIP":
                assert value != "None", item["id"]
    client = next(node for node in found["nodes"] if node["id"] == "Client//headless")
    assert ("", "spec.clusterIP", "None (hypothetical)") in told(client)


def test_nothing_ready_is_drawn_as_a_name_that_does_not_exist() -> None:
    headless = graph(world(app(ready=False), service("web", "clusterIP: None")), "compare")

    [record] = [node for node in cards(headless, "Record") if node["group"] == "Band/headless"]
    assert (record["name"], record["state"]) == ("NXDOMAIN", "deny")


def test_pods_that_a_selector_nearly_selects_are_drawn_with_the_label_that_differs() -> None:
    asked = world(app("web"), app("db"), service().replace("{app: web}", "{app: wep}"))

    found = graph(asked, "endpoints")

    missed = [node for node in cards(found, "Pod") if node["word"] == "not selected"]
    assert len(missed) == 2
    assert all(node["ghost"] and node["meta"] == "app=web" for node in missed)
    for node in missed:
        [line] = lines(found, "Service/shop/web", node["id"])
        assert (line["state"], line["label"]) == ("deny", "app=web")
        assert told(line) == [
            ("Service shop/web", "spec.selector", "app=wep"),
            (node["id"].replace("Pod/", "Pod ", 1), "metadata.labels[app]", "web"),
        ]
    rows = {row["id"]: row["cells"][1]["text"] for row in found["table"]["rows"]}
    assert rows == {node["id"]: "not selected" for node in missed}
    assert any("Not selected, but close: app=web" in line["text"] for line in found["text"])


def test_a_selected_pod_that_is_no_endpoint_says_what_it_lacks() -> None:
    found = graph(world(nodes(1), app(), service(), LOST), "endpoints")

    [line] = lines(found, "Service/shop/web", "Pod/shop/lost")
    assert ("Pod shop/lost", "status.podIPs", "absent") in told(line)
    assert "1 has no IP yet" in found["verdict"]["why"]


def test_what_is_set_beside_the_usual_is_a_badge_with_its_field() -> None:
    asked = world(
        nodes(2), app(), service(
            "web", *DUAL, "sessionAffinity: ClientIP", "internalTrafficPolicy: Local",
            "trafficDistribution: PreferClose",
        ), **DUAL_SETTINGS,
    )  # fmt: skip

    found = graph(asked, "endpoints")

    card = next(node for node in found["nodes"] if node["kind"] == "Service")
    texts = [badge["text"] for badge in card["badges"]]
    assert texts[-4:] == ["dual", "affinity", "iTP Local", "close"]
    assert [path for _object, path, _value in told(card)][-4:] == [
        "spec.clusterIPs", "spec.sessionAffinity", "spec.internalTrafficPolicy",
        "spec.trafficDistribution",
    ]  # fmt: skip


def test_a_slice_written_by_hand_says_so_with_its_label() -> None:
    found = graph(world(BY_HAND), "endpoints")

    [slice_] = cards(found, "EndpointSlice")
    assert [badge["text"] for badge in slice_["badges"]] == ["by hand"]
    assert told(slice_)[-1][1:] == (
        "metadata.labels[endpointslice.kubernetes.io/managed-by]", "absent",
    )  # fmt: skip


def test_drawn_as_one_object_table_and_counters_tell_of_that_object() -> None:
    found = graph(world(nodes(20), app(replicas=230), service()), "slices", **{"as": "endpoints"})

    first, *rest = found["table"]["rows"]
    assert first["id"] == "Endpoints/shop/web"
    assert [cell["text"] for cell in first["cells"]][3] == "230/1,000"
    assert all(row["id"].startswith("Watchers//") for row in rest)
    assert next((c["value"], c["label"]) for c in found["counters"]) == (230, "addresses")
