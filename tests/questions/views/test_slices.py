"""Diagram 6.4: how full the slices are, who packs them, who gets each change."""

from __future__ import annotations

from cluster.machinery.manifest import Manifest
from tests.questions.asking import cluster
from tests.questions.views.worlds import (
    BY_HAND,
    DUAL,
    DUAL_SETTINGS,
    app,
    cards,
    graph,
    nodes,
    service,
    world,
)


def test_each_slice_is_a_bin_with_a_cell_per_endpoint() -> None:
    found = graph(world(nodes(20), app(replicas=230), service()), "slices")

    bins = cards(found, "EndpointSlice")
    assert sorted(len(node["cells"]) for node in bins) == [30, 100, 100]
    assert {node["places"] for node in bins} == {100}
    assert found["verdict"]["text"].startswith("One Pod's change resends 1 of 3 slices")
    assert "1 is under half full" in found["verdict"]["why"]


def test_a_cell_tells_the_state_of_its_endpoint() -> None:
    found = graph(world(app(replicas=2, ready=False), service()), "slices")

    [bin_] = cards(found, "EndpointSlice")
    assert bin_["cells"] == "nn"
    assert (bin_["state"], bin_["word"]) == ("warn", "0 of 2 ready")


def test_dual_stack_resends_a_slice_per_family() -> None:
    asked = world(app(), service("web", *DUAL), **DUAL_SETTINGS)

    found = graph(asked, "slices")

    assert found["verdict"]["text"].startswith("One Pod's change resends 2 of 2 slices")


def test_watchers_are_assumed_until_their_pods_are_seen() -> None:
    asked = world(app(), service())
    dns: Manifest = {
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"namespace": "kube-system", "name": "dns",
                     "labels": {"k8s-app": "kube-dns"}},
        "spec": {"containers": [{"name": "dns", "image": "dns"}]},
    }  # fmt: skip
    seen = cluster(
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n" + app() + service(), dns
    )

    def watchers(found: object) -> dict[str, tuple[str, bool]]:
        return {
            node["id"].rpartition("/")[2]: (node["name"], node.get("assumed", False))
            for node in cards(found, "Watchers")
        }

    times = "\N{MULTIPLICATION SIGN}"
    assert watchers(graph(asked, "slices"))["kube-proxy"] == (f"{times}3 kube-proxy", True)
    assert watchers(graph(asked, "slices"))["coredns"] == (f"{times}2 CoreDNS", True)
    assert watchers(graph(seen, "slices"))["coredns"] == (f"{times}1 CoreDNS", False)


def test_proxies_leave_the_slices_of_headless_services_out() -> None:
    found = graph(world(app(), service("web", "clusterIP: None")), "slices")

    [proxy] = [node for node in cards(found, "Watchers") if node["id"].endswith("kube-proxy")]
    assert proxy["state"] == "skip"
    assert not [edge for edge in found["edges"] if edge["to"] == proxy["id"]]


def test_slices_written_by_hand_have_no_controller() -> None:
    found = graph(world(BY_HAND), "slices")

    assert cards(found, "Controller") == []
    [outer] = [group for group in found["groups"] if group["parent"] is None]
    assert outer["label"] == "Written by hand"
    assert [edge["to"] for edge in found["edges"] if edge["from"] == outer["id"]] == [
        "ControlPlane//kube-apiserver"
    ]


def test_as_one_endpoints_object_every_change_resends_everything() -> None:
    asked = world(nodes(20), app(replicas=230), service())
    found = graph(asked, "slices", as_="endpoints")

    [legacy] = cards(found, "Endpoints")
    assert (len(legacy["cells"]), legacy["places"]) == (230, 1000)
    assert found["verdict"]["text"].startswith(
        "As one Endpoints object, every change of shop/web would resend all 230 addresses"
    )


def test_one_endpoints_object_is_cut_at_a_thousand_addresses() -> None:
    ends = ", ".join(f"{{addresses: [198.18.{i // 250}.{i % 250 + 1}]}}" for i in range(1020))
    head, _ends, _rest = BY_HAND.partition("endpoints: [")
    halves = ends.split(", {")
    first = ", {".join(halves[:1000])
    second = "{" + ", {".join(halves[1000:])
    text = f"{head}endpoints: [{first}]\n"
    more = text[text.rindex("---") :].replace("web-1", "web-2")
    more = more[: more.index("endpoints: [")] + f"endpoints: [{second}]\n"
    found = graph(world(text + more), "slices", as_="endpoints")

    assert found["verdict"]["state"] == "deny"
    assert found["verdict"]["why"].startswith("20 addresses beyond 1,000 would be cut")


def test_a_change_of_one_pod_changes_one_bin_and_nothing_else() -> None:
    before = graph(world(app(replicas=2), service()), "slices")
    after = graph(world(app(replicas=2, ready=False), service()), "slices")

    old = {node["id"]: node for node in before["nodes"]}
    changed = [node["kind"] for node in after["nodes"] if old[node["id"]] != node]
    assert changed == ["EndpointSlice"]
    [bin_] = cards(after, "EndpointSlice")
    assert set(bin_["flash"]) <= {edge["id"] for edge in after["edges"]}
