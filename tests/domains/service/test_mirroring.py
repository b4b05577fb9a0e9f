"""Endpoints of Services without a selector become slices (D-53, D-54)."""

from __future__ import annotations

import pytest

from cluster.machinery.manifest import JSON, Manifest, mapping_at
from tests.domains.service.objects import Cluster, cluster, manifest, service

PORTS: list[JSON] = [{"name": "http", "port": 80}]


def endpoints(*subsets: Manifest, **meta: JSON) -> Manifest:
    return {**manifest("Endpoints", "web", **meta), "subsets": list[JSON](subsets)}


def subset(*ips: str, ports: list[JSON] | None = None, idle: tuple[str, ...] = ()) -> Manifest:
    found: Manifest = {"ports": ports or PORTS}
    if ips:
        found["addresses"] = [{"ip": ip} for ip in ips]
    if idle:
        found["notReadyAddresses"] = [{"ip": ip} for ip in idle]
    return found


def shown(made: Cluster) -> list[tuple[str, list[tuple[str, bool | None]]]]:
    return sorted(
        (s.address_type, sorted((e.address, e.ready) for e in s.endpoints)) for s in made.slices()
    )


def test_each_family_and_port_list_has_one_slice() -> None:
    """D-54."""
    made = cluster(
        service(),
        endpoints(
            subset("192.0.2.1", "2001:DB8::0:1", idle=("192.0.2.2",)),
            subset("192.0.2.3", ports=[{"name": "other", "port": 81}]),
        ),
    )

    assert shown(made) == [
        ("IPv4", [("192.0.2.1", True), ("192.0.2.2", False)]),
        ("IPv4", [("192.0.2.3", True)]),
        ("IPv6", [("2001:db8::1", True)]),
    ]
    assert made.is_at_rest()


def test_a_mirrored_slice_says_where_it_comes_from() -> None:
    """D-54."""
    target: Manifest = {"kind": "Pod", "namespace": "shop", "name": "p", "uid": "u"}
    address: Manifest = {"ip": "192.0.2.1", "hostname": "h", "nodeName": "n", "targetRef": target}
    notes: Manifest = {
        "keep": "x",
        "endpoints.kubernetes.io/last-change-trigger-time": "2026-01-01T00:00:00Z",
        "kubectl.kubernetes.io/last-applied-configuration": "{}",
    }
    made = cluster(
        service(),
        endpoints({"addresses": [address], "ports": PORTS},
                  labels={"team": "x"}, annotations=notes),
    )  # fmt: skip
    (found,) = made.slices()
    stored = made.get("EndpointSlice", found.meta.name)

    assert dict(found.meta.labels) == {
        "team": "x",
        "kubernetes.io/service-name": "web",
        "endpointslice.kubernetes.io/managed-by": "endpointslicemirroring-controller.k8s.io",
    }
    assert dict(found.meta.annotations) == {"keep": "x"}
    assert [(owner.kind, owner.name) for owner in found.meta.owners] == [("Endpoints", "web")]
    assert stored["endpoints"] == [
        {
            "addresses": ["192.0.2.1"],
            "conditions": {"ready": True},
            "hostname": "h",
            "targetRef": target,
            "nodeName": "n",
        }
    ]


@pytest.mark.parametrize(
    "items",
    [
        [endpoints(subset("192.0.2.1"))],
        [service(selector={"a": "b"}), endpoints(subset("192.0.2.1"))],
        [service(), endpoints(subset("192.0.2.1"),
                              labels={"endpointslice.kubernetes.io/skip-mirror": "true"})],
        [service(), endpoints(subset("192.0.2.1"),
                              annotations={"control-plane.alpha.kubernetes.io/leader": "me"})],
    ],
    ids=["no service", "a selector", "skipped by label", "leader election"],
)  # fmt: skip
def test_what_is_not_mirrored(items: list[Manifest]) -> None:
    """D-53."""
    assert cluster(*items).endpoints() == []


def test_mirrored_slices_go_when_the_service_gets_a_selector() -> None:
    """D-53."""
    made = cluster(service(), endpoints(subset("192.0.2.1")))
    made.replace(service(selector={"a": "b"}))

    assert made.endpoints() == []


def test_a_change_rewrites_the_slice_in_place_and_deleting_removes_it() -> None:
    """D-54."""
    made = cluster(service(), endpoints(subset("192.0.2.1")))
    (before,) = made.slices()
    made.replace(endpoints(subset("192.0.2.2"), labels={"a": "b"}))
    (after,) = made.slices()

    assert after.meta.name == before.meta.name
    assert (after.endpoints[0].address, after.meta.labels["a"]) == ("192.0.2.2", "b")
    made.delete("Endpoints", "web")
    assert made.slices() == []


def test_other_ports_reuse_the_slice() -> None:
    made = cluster(service(), endpoints(subset("192.0.2.1")))
    (before,) = made.slices()
    made.replace(endpoints(subset("192.0.2.1", ports=[{"name": "x", "port": 9}])))
    (after,) = made.slices()

    assert after.meta.name == before.meta.name
    assert [port.port for port in after.ports] == [9]


def test_at_most_a_thousand_addresses_of_a_subset_are_mirrored() -> None:
    """D-54."""
    ips = [f"192.0.{i // 250}.{i % 250 + 1}" for i in range(1010)]
    made = cluster(service(), endpoints(subset(*ips)))

    assert made.sizes() == [1000]
    assert [(event.reason, event.type) for event in made.last.events] == [
        ("TooManyAddressesToMirror", "Warning")
    ]
    assert "10 addresses were skipped" in made.last.events[0].message


def test_mirrored_slices_are_owned_by_the_endpoints_object() -> None:
    made = cluster(service(), endpoints(subset("192.0.2.1")))
    uid = mapping_at(made.get("Endpoints", "web"), "metadata")["uid"]

    assert [owner.uid for owner in made.slices()[0].meta.owners] == [uid]
