"""Addresses from the load balancer's pool (B-65 to B-67, C-26)."""

from __future__ import annotations

from cluster.machinery.manifest import JSON, Manifest, mapping_at, mappings_at
from tests.domains.service.objects import DUAL, Cluster, cluster, service

POOL: Manifest = {"loadbalancer_pool": ["192.0.2.0/30", "2001:db8::/126"]}
LB: Manifest = {"type": "LoadBalancer"}


def addresses(made: Cluster, name: str = "web") -> list[JSON]:
    status = mapping_at(made.get("Service", name), "status")
    return [item["ip"] for item in mappings_at(status, "loadBalancer", "ingress")]


def test_without_a_pool_a_service_stays_pending() -> None:
    """B-65."""
    assert addresses(cluster(service(**LB))) == []


def test_one_address_per_family() -> None:
    """B-65, C-26, B-8."""
    made = cluster(service(ipFamilyPolicy="PreferDualStack", **LB), **POOL, **DUAL)

    assert mapping_at(made.get("Service", "web"), "status")["loadBalancer"] == {
        "ingress": [
            {"ip": "192.0.2.1", "ipMode": "VIP"},
            {"ip": "2001:db8::1", "ipMode": "VIP"},
        ]
    }
    assert made.is_at_rest()


def test_the_wish_for_an_address_is_honoured_where_it_can_be() -> None:
    """B-67."""
    made = cluster(
        service("a", loadBalancerIP="192.0.2.2", **LB),
        service("b", loadBalancerIP="192.0.2.2", **LB),
        **POOL,
    )

    assert (addresses(made, "a"), addresses(made, "b")) == (["192.0.2.2"], ["192.0.2.1"])


def test_another_class_is_another_implementations_business() -> None:
    """B-66."""
    assert addresses(cluster(service(loadBalancerClass="a/b", **LB), **POOL)) == []


def test_a_status_that_somebody_else_wrote_is_left_alone() -> None:
    foreign: Manifest = {
        **service(**LB),
        "status": {"loadBalancer": {"ingress": [{"ip": "198.51.100.1"}]}},
    }

    assert addresses(cluster(foreign, **POOL)) == ["198.51.100.1"]


def test_who_waits_gets_the_address_that_comes_free() -> None:
    made = cluster(*(service(name, **LB) for name in "abc"), **POOL)
    assert [addresses(made, name) for name in "abc"] == [["192.0.2.1"], ["192.0.2.2"], []]
    assert made.errors() == ["no free IPv4 address in loadbalancer_pool"]

    made.delete("Service", "a")

    assert addresses(made, "c") == ["192.0.2.1"]
    assert made.errors() == []


def test_leaving_the_type_gives_the_address_back() -> None:
    """B-57."""
    made = cluster(service(**LB), **POOL)
    made.replace(service(type="NodePort"))
    assert addresses(made) == []

    made.add(service("next", **LB))

    assert addresses(made, "next") == ["192.0.2.1"]
