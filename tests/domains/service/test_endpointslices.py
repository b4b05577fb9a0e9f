"""The slices of a Service: who is in them, what they say, when they are written (D.1 to D.6)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cluster.domains.service.endpointslice import Endpoint
from cluster.machinery.manifest import JSON, Manifest, copy, mapping_at
from tests.domains.service.objects import (
    DUAL,
    Cluster,
    cluster,
    manifest,
    node,
    pod,
    pods,
    service,
)

WEB: Manifest = {"selector": {"app": "web"}}
GONE: Manifest = {
    "deletionTimestamp": "2026-01-01T00:00:30Z", "deletionGracePeriodSeconds": 30,
}  # fmt: skip


def web(*ports: int | Manifest, **more: JSON) -> Manifest:
    return service("web", *ports, **{**WEB, **more})


def names(made: Cluster) -> list[str]:
    return sorted(item.target.name for item in made.endpoints() if item.target is not None)


@pytest.mark.parametrize(
    ("item", "is_in"),
    [
        (pod("p", "10.244.0.1"), True),
        (pod("p", "10.244.0.1", ready=False), True),
        (pod("p", "10.244.0.1", phase="Pending", ready=False), True),
        (pod("p", "10.244.0.1", meta=GONE), True),
        (pod("p"), False),
        (pod("p", "10.244.0.1", phase="Succeeded"), False),
        (pod("p", "10.244.0.1", phase="Failed"), False),
        (pod("p", "10.244.0.1", labels={"app": "web", "more": "x"}), True),
        (pod("p", "10.244.0.1", labels={"app": "api"}), False),
        (pod("p", "10.244.0.1", on=""), False),
        (pod("p", "10.244.0.1", on="node-9"), False),
    ],
    ids=[
        "ready", "not ready", "pending with address", "terminating", "no address", "succeeded",
        "failed", "more labels", "other label", "no node", "missing node",
    ],
)  # fmt: skip
def test_who_is_an_endpoint(item: Manifest, *, is_in: bool) -> None:
    """D-2, D-3, D-4."""
    assert names(cluster(web(), item)) == (["p"] if is_in else [])


def test_pods_of_other_namespaces_are_no_endpoints() -> None:
    """D-2."""
    elsewhere = pod("p", "10.244.0.1")
    mapping_at(elsewhere, "metadata")["namespace"] = "other"
    made = cluster(manifest("Namespace", "other"), web(), elsewhere)

    assert names(made) == []


@pytest.mark.parametrize(
    ("ready", "terminating", "publish", "expected"),
    [
        (True, False, False, (True, True, False)),
        (False, False, False, (False, False, False)),
        (True, True, False, (False, True, True)),
        (False, True, True, (True, False, True)),
        (False, False, True, (True, False, False)),
    ],
    ids=["ready", "not ready", "terminating", "D-7 published", "published"],
)
def test_conditions_are_always_written(
    *, ready: bool, terminating: bool, publish: bool, expected: tuple[bool, bool, bool]
) -> None:
    """D-5, D-6, D-7."""
    item = pod("p", "10.244.0.1", ready=ready, meta=GONE if terminating else None)
    (found,) = cluster(web(publishNotReadyAddresses=publish), item).endpoints()

    assert (found.ready, found.serving, found.terminating) == expected


def test_an_endpoint_says_where_it_is_and_what_it_is() -> None:
    """D-8, D-9, D-10, D-12."""
    made = cluster(
        service("web", ipFamilies=["IPv6"], **WEB), pod("p", "FD00:0:0::01", "10.1.1.1"), **DUAL
    )
    stored = made.get("EndpointSlice", made.slices()[0].meta.name)

    assert stored["endpoints"] == [
        {
            "addresses": ["fd00::1"],
            "conditions": {"ready": True, "serving": True, "terminating": False},
            "targetRef": {"kind": "Pod", "namespace": "shop", "name": "p", "uid": "uid-p"},
            "nodeName": "node-1",
            "zone": "a",
        }
    ]


@pytest.mark.parametrize(
    ("spec", "hostname"),
    [
        ({"hostname": "h", "subdomain": "web"}, "h"),
        ({"hostname": "h", "subdomain": "api"}, ""),
        ({"subdomain": "web"}, ""),
        ({"hostname": "h"}, ""),
    ],
)
def test_a_hostname_needs_the_services_name_as_subdomain(spec: Manifest, hostname: str) -> None:
    """D-11."""
    (found,) = cluster(web(), pod("p", "10.244.0.1", **spec)).endpoints()  # type: ignore[arg-type]

    assert found.hostname == hostname


def test_a_missing_node_is_an_error_until_it_appears() -> None:
    """D-4."""
    made = cluster(web(), pod("p", "10.244.0.1", on="node-9"))
    assert made.errors() == ["skipping Pod p for Service shop/web: Node node-9 Not Found"]
    assert made.sizes() == [0]

    made.add(node("node-9", "z"))

    assert (made.errors(), made.sizes()) == ([], [1])
    assert made.endpoints()[0].zone == "z"
    made.delete("Node", "node-9", "")
    assert made.sizes() == [0]


def test_publishing_takes_pods_without_a_node() -> None:
    """D-4."""
    made = cluster(web(publishNotReadyAddresses=True), pod("p", "10.244.0.1", on=""))

    assert [(item.node_name, item.zone) for item in made.endpoints()] == [("", "")]
    assert made.errors() == []


def test_named_ports_resolve_per_pod_and_split_the_slices() -> None:
    """D-13, D-15, D-16, D-18."""
    made = cluster(
        web({"name": "a", "port": 80, "targetPort": "http", "appProtocol": "x/y"},
            {"name": "b", "port": 81, "targetPort": 9}),
        pod("one", "10.244.0.1", ports={"http": 8080}),
        pod("two", "10.244.0.2", ports={"http": 9090}),
        pod("none", "10.244.0.3", ports={"grpc": 1}),
    )  # fmt: skip
    found = {
        item.target.name: [(p.name, p.protocol, p.port, p.app_protocol) for p in s.ports]
        for s in made.slices()
        for item in s.endpoints
        if item.target is not None
    }

    assert found == {
        "one": [("a", "TCP", 8080, "x/y"), ("b", "TCP", 9, None)],
        "two": [("a", "TCP", 9090, "x/y"), ("b", "TCP", 9, None)],
        "none": [("b", "TCP", 9, None)],
    }


def test_a_named_port_must_have_the_protocol_and_sidecars_come_last() -> None:
    """D-15."""
    sidecar: JSON = [
        {"name": "s", "image": "i", "restartPolicy": "Always",
         "ports": [{"name": "web", "containerPort": 1}, {"name": "side", "containerPort": 2}]}
    ]  # fmt: skip
    made = cluster(
        web({"name": "a", "port": 1, "targetPort": "web"},
            {"name": "b", "port": 2, "targetPort": "side"},
            {"name": "c", "port": 3, "targetPort": "web", "protocol": "UDP"}),
        pod("p", "10.244.0.1", ports={"web": 8080}, initContainers=sidecar),
    )  # fmt: skip

    assert [(port.name, port.port) for port in made.slices()[0].ports] == [("a", 8080), ("b", 2)]


def test_a_pod_on_which_nothing_resolves_stands_in_a_slice_without_ports() -> None:
    """D-16; D-17 for headless Services without ports."""
    by_name = cluster(web({"port": 80, "targetPort": "http"}), pod("p", "10.244.0.1"))
    headless = cluster(service("web", ports=None, clusterIP="None", **WEB), *pods(1))

    for made in (by_name, headless):
        assert [(len(s.endpoints), s.ports) for s in made.slices()] == [(1, ())]
        assert made.is_at_rest()


def test_each_family_has_its_own_slices() -> None:
    """D-20, C-29."""
    made = cluster(
        web(ipFamilyPolicy="RequireDualStack"),
        pod("both", "10.244.0.1", "fd00::1"),
        pod("four", "10.244.0.2"),
        **DUAL,
    )

    assert len(made.endpoints(family="IPv4")) == 2
    assert len(made.endpoints(family="IPv6")) == 1


def test_slices_of_a_dropped_family_go() -> None:
    """D-21."""
    made = cluster(web(ipFamilyPolicy="RequireDualStack"), pod("p", "10.0.0.1", "fd00::1"), **DUAL)
    stored = copy(made.get("Service", "web"))
    mapping_at(stored, "spec")["ipFamilyPolicy"] = "SingleStack"
    made.replace(stored)

    assert [s.address_type for s in made.slices()] == ["IPv4"]


def test_slices_carry_the_services_labels_and_belong_to_it() -> None:
    """D-22, D-23, D-24, D-25, D-26."""
    marks: Manifest = {
        "team": "x", "kubernetes.io/service-name": "liar", "service.kubernetes.io/headless": "yes",
    }  # fmt: skip
    made = cluster(
        service("web", meta={"labels": marks, "annotations": {"a": "b"}}, **WEB), *pods(1)
    )
    (found,) = made.slices()
    (owner,) = found.meta.owners
    uid = mapping_at(made.get("Service", "web"), "metadata")["uid"]

    assert dict(found.meta.labels) == {
        "team": "x",
        "kubernetes.io/service-name": "web",
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
    }
    assert found.meta.name.startswith("web-")
    assert (owner.kind, owner.name, owner.uid) == ("Service", "web", uid)
    assert owner.controller
    assert owner.block_owner_deletion
    assert "a" not in found.meta.annotations


def test_headless_services_have_headless_slices() -> None:
    """D-23, B-61."""
    (found,) = cluster(web(clusterIP="None"), *pods(1)).slices()

    assert found.meta.labels["service.kubernetes.io/headless"] == ""


def test_long_names_are_cut_before_the_suffix() -> None:
    """D-22, A-17."""
    long = "w" * 63
    (found,) = cluster(service(long, **WEB), *pods(1)).slices(long)

    assert found.meta.name[:58] == "w" * 58
    assert len(found.meta.name) == 63


def test_labels_taken_from_the_service_are_taken_from_the_slices() -> None:
    """D-25, D-42."""
    made = cluster(service("web", meta={"labels": {"team": "x"}}, **WEB), *pods(1))
    made.replace(service("web", **WEB))

    assert "team" not in made.slices()[0].meta.labels


def test_a_service_without_endpoints_has_one_placeholder_per_family_and_then_fills_it() -> None:
    """D-29, D-30."""
    made = cluster(web(ipFamilyPolicy="PreferDualStack"), **DUAL)
    before = {s.meta.name for s in made.slices()}
    assert [(s.endpoints, s.ports) for s in made.slices()] == [((), ()), ((), ())]
    assert made.is_at_rest()

    made.add(pod("p", "10.244.0.1", "fd00::1"))

    assert {s.meta.name for s in made.slices()} == before
    assert all(len(s.endpoints) == 1 and s.ports for s in made.slices())
    made.delete("Pod", "p")
    assert {s.meta.name for s in made.slices()} == before
    assert not made.endpoints()


def test_slices_of_an_earlier_service_of_the_name_are_removed_not_adopted() -> None:
    """D-27."""
    old = manifest(
        "EndpointSlice", "web-old",
        labels={"kubernetes.io/service-name": "web",
                "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io"},
        ownerReferences=[{"apiVersion": "v1", "kind": "Service", "name": "web", "uid": "past"}],
    )  # fmt: skip
    made = cluster({**old, "addressType": "IPv4", "endpoints": [], "ports": []}, web(), *pods(2))

    assert "web-old" not in {s.meta.name for s in made.slices()}
    assert made.sizes() == [2]


def test_the_trigger_time_is_the_readiness_change_that_is_written() -> None:
    """D-28."""
    made = cluster(web(), *pods(1))
    key = "endpoints.kubernetes.io/last-change-trigger-time"
    assert made.slices()[0].meta.annotations[key] == "2025-12-31T00:00:00Z"

    made.add(*pods(1, first=1))
    made.delete("Pod", "web-0001")

    assert key not in made.slices()[0].meta.annotations  # a Pod that goes has no such time


def test_a_terminating_service_gets_no_new_slices() -> None:
    """D-31."""
    made = cluster()
    leaving: Manifest = {"deletionTimestamp": "2026-01-01T00:00:00Z", "finalizers": ["a/b"]}
    made.add(service("web", meta=leaving, **WEB), *pods(1))

    assert made.slices() == []


def test_a_target_port_change_rewrites_the_slices_in_place() -> None:
    """D-37."""
    made = cluster(web({"port": 80, "targetPort": 1}), *pods(180))
    before = {s.meta.name for s in made.slices()}
    made.replace(web({"port": 80, "targetPort": 2}))

    assert made.sizes() == [80, 100]
    assert {s.meta.name for s in made.slices()} == before
    assert {s.ports[0].port for s in made.slices()} == {2}
    assert made.writes() == {"written": 2, "removed": 0}


def test_a_target_port_change_repacks_small_slices() -> None:
    """D-37: six slices of 20 come to 100 and 20."""
    made = cluster(web({"port": 80, "targetPort": 1}), max_endpoints_per_slice=20)
    made.add(*pods(120))
    assert made.sizes() == [20] * 6
    made.simulator.engine.settings = cluster().simulator.settings
    made.replace(web({"port": 80, "targetPort": 2}))

    assert made.sizes() == [20, 100]
    assert made.writes() == {"written": 2, "removed": 4}


SILENT: list[tuple[str, Callable[[Cluster], object]]] = [
    ("D-40 annotation of a pod",
     lambda c: c.add(pod("web-0000", "10.244.0.1", meta={"annotations": {"a": "b"}}))),
    ("D-42 annotation of the service",
     lambda c: c.replace(service("web", meta={"annotations": {"a": "b"}}, **WEB))),
    ("D-42 affinity", lambda c: c.replace(web(sessionAffinity="ClientIP"))),
    ("D-42 type", lambda c: c.replace(web(type="NodePort"))),
    ("D-42 policy", lambda c: c.replace(web(internalTrafficPolicy="Local"))),
    ("D-42 port number", lambda c: c.replace(web({"port": 81, "targetPort": 80}))),
    ("D-42 node port",
     lambda c: c.replace(web({"port": 80, "nodePort": 30001}, type="NodePort"))),
    ("D-44 a zone label", lambda c: c.add(node("node-1", "elsewhere"))),
    ("D-44 a node's readiness", lambda c: c.add(node("node-1", "a", ready=False))),
]  # fmt: skip


@pytest.mark.parametrize("change", [r[1] for r in SILENT], ids=[r[0] for r in SILENT])
def test_what_writes_no_slice(change: Callable[[Cluster], object]) -> None:
    """D-41."""
    made = cluster(web(), *pods(2))
    change(made)

    assert made.writes() == {"written": 0, "removed": 0}
    assert made.is_at_rest()


LOUD: list[tuple[str, Callable[[Cluster], object]]] = [
    ("readiness", lambda c: c.add(pod("web-0000", "10.244.0.1", ready=False))),
    ("labels", lambda c: c.add(pod("web-0000", "10.244.0.1", labels={"app": "x"}))),
    ("termination", lambda c: c.add(pod("web-0000", "10.244.0.1", meta=GONE))),
    ("address", lambda c: c.add(pod("web-0000", "10.244.0.9"))),
    ("port name", lambda c: c.replace(web({"port": 80, "name": "http"}))),
    ("protocol", lambda c: c.replace(web({"port": 80, "protocol": "UDP"}))),
    ("app protocol", lambda c: c.replace(web({"port": 80, "appProtocol": "a/b"}))),
    ("service label", lambda c: c.replace(service("web", meta={"labels": {"a": "b"}}, **WEB))),
]  # fmt: skip


@pytest.mark.parametrize("change", [r[1] for r in LOUD], ids=[r[0] for r in LOUD])
def test_what_writes_one_slice(change: Callable[[Cluster], object]) -> None:
    """D-40, D-42: one slice of two is written, and then all is at rest."""
    made = cluster(web(), *pods(2))
    change(made)

    assert made.writes() == {"written": 1, "removed": 0}
    assert made.is_at_rest()


def test_a_new_zone_shows_when_the_slices_are_written_for_another_reason() -> None:
    """D-44."""
    made = cluster(web(), *pods(2))
    made.add(node("node-1", "elsewhere"))
    assert {item.zone for item in made.endpoints()} == {"a"}

    made.add(pod("web-0001", "10.244.0.2", ready=False))

    assert {item.zone for item in made.endpoints()} == {"elsewhere"}


def test_becoming_headless_by_itself_writes_nothing() -> None:
    """D-43: only by way of ExternalName, where the slices stay as they are (D-1)."""
    made = cluster(web(), *pods(1))
    made.replace(service("web", ports=None, type="ExternalName", externalName="a.b", **WEB))
    assert made.sizes() == [1]
    made.replace(web(clusterIP="None"))
    assert "service.kubernetes.io/headless" not in made.slices()[0].meta.labels

    made.add(pod("web-0000", "10.244.0.1", ready=False))

    assert made.slices()[0].meta.labels["service.kubernetes.io/headless"] == ""


def test_a_service_that_loses_its_selector_keeps_its_slices() -> None:
    """D-1; deleting the Service removes them."""
    made = cluster(web(), *pods(2))
    made.replace(service())
    made.delete("Pod", "web-0000")
    assert made.sizes() == [2]

    made.delete("Service", "web")

    assert made.slices() == []


def handmade(name: str = "mine", **more: JSON) -> Manifest:
    return {
        **manifest("EndpointSlice", name, labels={"kubernetes.io/service-name": "web"}),
        "addressType": "IPv4",
        "endpoints": [{"addresses": ["192.0.2.7"]}],
        "ports": [{"name": "", "port": 80}],
        **more,
    }


def test_slices_made_by_hand_are_left_alone() -> None:
    """D-49, D-50, B-62."""
    made = cluster(web(), *pods(1), handmade())
    alone = cluster(service("web", clusterIP="None"), handmade())

    assert made.sizes() == [1, 1]
    assert made.get("EndpointSlice", "mine")["endpoints"] == [{"addresses": ["192.0.2.7"]}]
    assert [s.meta.name for s in alone.slices()] == ["mine"]


def test_a_slice_edited_by_hand_is_put_right_again() -> None:
    made = cluster(web(), *pods(2))
    stored = copy(made.get("EndpointSlice", made.slices()[0].meta.name))
    stored["endpoints"] = [{"addresses": ["192.0.2.7"]}]
    made.replace(stored)

    assert names(made) == ["web-0000", "web-0001"]


def test_an_endpoint_that_moves_family_moves_slice() -> None:
    """D-8: one endpoint per family and Pod, whatever the order of its addresses."""
    made = cluster(web(ipFamilyPolicy="PreferDualStack"), pod("p", "fd00::1", "10.0.0.1"), **DUAL)
    found: list[Endpoint] = made.endpoints()

    assert sorted(item.address for item in found) == ["10.0.0.1", "fd00::1"]


def test_a_numeric_target_port_needs_no_declaration() -> None:
    """D-14."""
    made = cluster(web({"port": 80, "targetPort": 8080}), pod("p", "10.244.0.1"))

    assert [port.port for port in made.slices()[0].ports] == [8080]


def test_an_external_name_has_no_slices_even_with_a_selector() -> None:
    """B-63, D-1."""
    external = service("web", ports=None, type="ExternalName", externalName="a.b", **WEB)

    assert cluster(external, *pods(1)).slices() == []


def test_the_order_of_ports_in_a_service_changes_no_slice() -> None:
    """D-19: the ports of a slice are a set."""
    made = cluster(
        web({"name": "a", "port": 80}, {"name": "b", "port": 81}), pod("p", "10.244.0.1")
    )
    before = made.slices()

    made.replace(web({"name": "b", "port": 81}, {"name": "a", "port": 80}))
    made.settle()

    assert {(port.name, port.port) for port in before[0].ports} == {("a", 80), ("b", 81)}
    assert made.slices() == before
