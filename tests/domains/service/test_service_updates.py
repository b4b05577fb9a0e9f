"""Updates of Services: what is carried over, what may not change, what a type leaves (B.5, C)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cluster.domains.service.node_ports import Unclassified
from cluster.machinery.errors import Invalid
from cluster.machinery.manifest import JSON, Manifest, copy, mapping_at, mappings_at
from tests.domains.service.objects import DUAL, Cluster, cluster, refusal, service


def changed(
    first: Manifest, second: Manifest, **settings: JSON
) -> tuple[Manifest, Manifest, Cluster]:
    """The specs before and after a PUT of `second` over a created `first`."""
    made = cluster(**settings)
    before = copy(made.create(first))
    after = made.replace(second)
    return mapping_at(before, "spec"), mapping_at(after, "spec"), made


def edited(first: Manifest, edit: Callable[[Manifest], None], **settings: JSON) -> Manifest:
    """The spec after a client read what is stored, edited the spec, and sent it back."""
    made = cluster(**settings)
    stored = copy(made.create(first))
    edit(mapping_at(stored, "spec"))
    return mapping_at(made.replace(stored), "spec")


def node_ports(spec: Manifest) -> list[JSON]:
    return [port.get("nodePort") for port in mappings_at(spec, "ports")]


def refused(first: Manifest, edit: Callable[[Manifest], None], **settings: JSON) -> list[str]:
    with pytest.raises(Invalid) as caught:
        edited(first, edit, **settings)
    return refusal(caught.value)


def test_sending_the_original_manifest_again_changes_nothing() -> None:
    """B-49, K-5."""
    original = service(
        "web", 80, 443, type="LoadBalancer", externalTrafficPolicy="Local", selector={"a": "b"}
    )
    made = cluster(**DUAL)
    before = copy(made.create(original))
    revision = made.simulator.revision

    assert made.replace(original) == before
    assert made.simulator.revision == revision


def test_a_port_keeps_its_node_port_by_name_unless_another_port_took_it() -> None:
    """B-49."""
    named: list[Manifest] = [{"port": 80, "name": "a"}, {"port": 81, "name": "b"}]
    before, after, _ = changed(
        service("web", *named, type="NodePort"),
        service("web", {"port": 8080, "name": "a"}, {"port": 9, "name": "c"}, type="NodePort"),
    )
    _, stolen, _ = changed(
        service("web", {"port": 80, "name": "a", "nodePort": 30001}, type="NodePort"),
        service("web", {"port": 80, "name": "a"}, {"port": 9, "name": "c", "nodePort": 30001},
                type="NodePort"),
    )  # fmt: skip

    assert node_ports(before) == [30086, 30087]
    assert node_ports(after) == [30086, 30088]  # 30087 is given back after the write only (B-59)
    assert node_ports(stolen) == [30086, 30001]


ADDRESSES: list[tuple[str, Manifest, Manifest, list[str]]] = [
    ("another address", {}, {"clusterIP": "10.96.7.7"},
     ["spec.clusterIPs[0]: Invalid value: may not change once set"]),
    ("to headless", {}, {"clusterIP": "None"},
     ["spec.clusterIPs[0]: Invalid value: may not change once set"]),
    ("from headless", {"clusterIP": "None", "selector": {"a": "b"}},
     {"clusterIP": "10.96.7.7", "selector": {"a": "b"}},
     ["spec.clusterIPs[0]: Invalid value: may not change once set"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second", "expected"), [r[1:] for r in ADDRESSES], ids=[r[0] for r in ADDRESSES]
)
def test_addresses_do_not_change_in_place(
    first: Manifest, second: Manifest, expected: list[str]
) -> None:
    """B-50, B-51."""
    with pytest.raises(Invalid) as caught:
        changed(service(**first), service(**second))

    assert refusal(caught.value) == expected


def test_an_emptied_address_stays() -> None:
    """B-50."""

    def empty(spec: Manifest) -> None:
        spec["clusterIP"], spec["clusterIPs"] = "", []

    assert edited(service(), empty)["clusterIP"] == "10.96.1.1"


def test_an_address_changes_by_way_of_external_name() -> None:
    """B-52, B-53, B-54, C-24."""
    before, external, made = changed(
        service("web", {"port": 80, "name": "a"}, type="NodePort", selector={"a": "b"}),
        service("web", {"port": 80, "name": "a"}, type="ExternalName", externalName="a.b",
                selector={"a": "b"}),
    )  # fmt: skip
    free = made.simulator.pools._holders
    back = mapping_at(made.replace(service(clusterIP="10.96.9.9", externalName="a.b")), "spec")

    assert node_ports(before) == [30086]
    assert not {"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"} & set(external)
    assert node_ports(external) == [None]
    assert external["selector"] == {"a": "b"}
    assert len(free) == 1  # only the new address, which is held now
    assert (back["clusterIP"], back["ipFamilyPolicy"]) == ("10.96.9.9", "SingleStack")
    assert back["externalName"] == "a.b"


def test_becoming_an_external_name_with_another_address_is_refused() -> None:
    """B-53, B-22."""

    def edit(spec: Manifest) -> None:
        spec.update(type="ExternalName", externalName="a.b", clusterIP="10.96.7.7")
        spec["clusterIPs"] = ["10.96.7.7"]

    assert refused(service(), edit) == [
        "spec.clusterIPs: Forbidden: may not be set for ExternalName services"
    ]


def test_becoming_an_external_name_with_another_cluster_ip_alone_is_refused_too() -> None:
    """B-53, B-22: an old client knows no clusterIPs."""

    def edit(spec: Manifest) -> None:
        spec.update(type="ExternalName", externalName="a.b", clusterIP="10.96.7.7")
        del spec["clusterIPs"]

    assert refused(service(), edit) == [
        "spec.clusterIPs: Forbidden: may not be set for ExternalName services"
    ]


def test_leaving_load_balancer_wipes_what_was_left_alone() -> None:
    """B-55."""
    full: Manifest = {
        "type": "LoadBalancer", "externalTrafficPolicy": "Local", "loadBalancerClass": "a/b",
    }  # fmt: skip
    to_cluster_ip = edited(service(**full), lambda spec: spec.update(type="ClusterIP"))
    to_node_port = edited(service(**full), lambda spec: spec.update(type="NodePort"))
    gone = {"allocateLoadBalancerNodePorts", "loadBalancerClass", "healthCheckNodePort"}

    assert not gone & set(to_cluster_ip)
    assert not gone & set(to_node_port)
    assert "externalTrafficPolicy" not in to_cluster_ip
    assert to_node_port["externalTrafficPolicy"] == "Local"
    assert node_ports(to_cluster_ip) == [None]
    assert node_ports(to_node_port) == [30086]


def test_what_the_request_adds_is_not_wiped_but_refused() -> None:
    """B-55, B-19, B-28."""

    def edit(spec: Manifest) -> None:
        spec.update(type="ClusterIP", externalTrafficPolicy="Local")
        mappings_at(spec, "ports")[0]["nodePort"] = 30001

    assert refused(service(type="NodePort"), edit) == [
        "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
        (
            "spec.externalTrafficPolicy: Invalid value: may only be set for externally-accessible "
            "services"
        ),
    ]


def test_source_ranges_are_never_wiped() -> None:
    """B-69."""
    first = service(type="LoadBalancer", loadBalancerSourceRanges=["10.0.0.0/8"])

    assert refused(first, lambda spec: spec.update(type="NodePort")) == [
        "spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'"
    ]


def test_gaining_node_ports_gives_each_entry_its_own() -> None:
    """B-56."""
    dns: list[Manifest] = [
        {"port": 53, "name": "tcp"}, {"port": 53, "name": "udp", "protocol": "UDP"},
    ]  # fmt: skip
    before, after, _ = changed(
        service("web", *dns),
        service("web", *dns, type="LoadBalancer", externalTrafficPolicy="Local"),
    )

    assert node_ports(after) == [30086, 30087]
    assert after["healthCheckNodePort"] == 30088
    assert after["clusterIPs"] == before["clusterIPs"]


def test_local_to_cluster_releases_the_health_check_port() -> None:
    """B-56, B-29."""
    local = service(type="LoadBalancer", externalTrafficPolicy="Local")
    calm = edited(local, lambda spec: spec.update(externalTrafficPolicy="Cluster"))

    assert "healthCheckNodePort" not in calm
    assert refused(local, lambda spec: spec.update(healthCheckNodePort=30500)) == [
        "spec.healthCheckNodePort: Forbidden: field is immutable"
    ]


def test_leaving_load_balancer_clears_its_status() -> None:
    """B-57."""
    made = cluster()
    stored = made.create(service(type="LoadBalancer"))
    status: Manifest = {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}
    made.simulator.replace({**copy(stored), "status": status}, subresource="status")

    assert made.replace(service(type="NodePort"))["status"] == {"loadBalancer": {}}


def test_a_load_balancer_that_stops_allocating_keeps_only_what_it_sends() -> None:
    """B-58."""
    first = service(type="LoadBalancer")
    kept = edited(first, lambda spec: spec.update(allocateLoadBalancerNodePorts=False))
    _, dropped, _ = changed(
        first, service(type="LoadBalancer", allocateLoadBalancerNodePorts=False)
    )

    assert node_ports(kept) == [30086]
    assert node_ports(dropped) == [None]


def test_the_load_balancer_class_stays() -> None:
    """B-27."""
    first = service(type="LoadBalancer", loadBalancerClass="a/b")

    assert refused(first, lambda spec: spec.update(loadBalancerClass="c/d")) == [
        "spec.loadBalancerClass: Invalid value: may not change once set"
    ]


def test_creating_wipes_nothing() -> None:
    """B-60."""
    with pytest.raises(Invalid, match="may only be set for externally-accessible services"):
        cluster().create(service(externalTrafficPolicy="Cluster"))


def test_a_new_node_port_is_claimed_before_anything_else_is_checked() -> None:
    """B-70, A-10a."""

    def edit(spec: Manifest) -> None:
        spec["sessionAffinity"] = "Cookie"
        mappings_at(spec, "ports")[0]["nodePort"] = 80

    assert refused(service(type="NodePort"), edit) == [
        (
            "spec.ports[0].nodePort: Invalid value: provided port is not in the valid range. The "
            "range of valid ports is 30000-32767"
        )
    ]


def test_one_number_twice_for_one_protocol_is_unclassified_on_update() -> None:
    """B-18; entries of different port may share over protocols (B-46)."""
    entries: list[Manifest] = [
        {"port": 1, "name": "a", "nodePort": 30001},
        {"port": 2, "name": "b", "nodePort": 30001},
    ]
    with pytest.raises(Unclassified, match=r"duplicate nodePort: \{TCP 30001\}"):
        changed(service(type="NodePort"), service("web", *entries, type="NodePort"))
    _, after, _ = changed(
        service(type="NodePort"),
        service("web", entries[0], {**entries[1], "protocol": "UDP"}, type="NodePort"),
    )

    assert node_ports(after) == [30001, 30001]


# dual stack

PREFER: Manifest = {"ipFamilyPolicy": "PreferDualStack"}


def test_upgrading_keeps_the_first_address_and_adds_one() -> None:
    """C-18."""
    before, after, _ = changed(service(), service(**PREFER), **DUAL)

    assert before["clusterIPs"] == ["10.96.1.1"]
    assert after["clusterIPs"] == ["10.96.1.1", "fd00:10:96::101"]
    assert after["ipFamilies"] == ["IPv4", "IPv6"]


def test_upgrading_may_name_the_second_address() -> None:
    """C-18."""

    def edit(spec: Manifest) -> None:
        spec.update(PREFER, clusterIPs=["10.96.1.1", "fd00:10:96::9"])

    assert edited(service(), edit, **DUAL)["clusterIPs"] == ["10.96.1.1", "fd00:10:96::9"]


def test_downgrading_to_single_stack_trims_what_was_left_alone() -> None:
    """C-19."""
    after = edited(
        service(**PREFER), lambda spec: spec.update(ipFamilyPolicy="SingleStack"), **DUAL
    )

    assert (after["clusterIPs"], after["ipFamilies"]) == (["10.96.1.1"], ["IPv4"])


def test_dropping_the_second_without_the_policy_is_refused() -> None:
    """C-20, B-51."""

    def drop(spec: Manifest) -> None:
        spec.update(clusterIPs=["10.96.1.1"], ipFamilies=["IPv4"])

    assert refused(service(**PREFER), drop, **DUAL) == [
        (
            "spec.ipFamilyPolicy: Invalid value: must be 'SingleStack' to release the secondary "
            "cluster IP"
        ),
        (
            "spec.ipFamilyPolicy: Invalid value: must be 'SingleStack' to release the secondary "
            "IP family"
        ),
    ]
    assert refused(service(**PREFER), lambda spec: spec.update(clusterIP="10.96.7.7"), **DUAL) == [
        (
            "spec.ipFamilyPolicy: Invalid value: must be 'SingleStack' to release the secondary "
            "cluster IP"
        )
    ]


def test_the_first_family_stays() -> None:
    """C-21."""
    assert refused(
        service(), lambda spec: spec.update(clusterIP="", clusterIPs=[], ipFamilies=["IPv6"]),
        **DUAL,
    ) == [
        ("spec.clusterIPs[0]: Invalid value: expected an IPv6 value as indicated by "
        "`ipFamilies[0]`")
    ]  # fmt: skip

    def swap(spec: Manifest) -> None:
        spec.update(ipFamilies=["IPv6", "IPv4"], clusterIP="fd00:10:96::101")
        spec["clusterIPs"] = ["fd00:10:96::101", "10.96.1.1"]

    assert refused(service(**PREFER), swap, **DUAL) == [
        "spec.clusterIPs[0]: Invalid value: may not change once set",
        "spec.clusterIPs[1]: Invalid value: may not change once set",
        "spec.ipFamilies[0]: Invalid value: may not change once set",
        "spec.ipFamilies[0]: Invalid value: may not change once set",
    ]


def test_headless_services_change_families_freely() -> None:
    """C-21."""
    headless = service(clusterIP="None", selector={"a": "b"})
    after = edited(headless, lambda spec: spec.update(ipFamilies=["IPv6"]), **DUAL)

    assert after["ipFamilies"] == ["IPv6"]


def test_a_preference_is_not_upgraded_behind_the_users_back() -> None:
    """C-22, C-5."""
    made = cluster()
    made.create(service(**PREFER))
    made.simulator.settings = cluster(**DUAL).simulator.settings
    same = copy(made.get("Service", "web"))
    same_spec = mapping_at(made.replace(same), "spec")

    assert same_spec["clusterIPs"] == ["10.96.1.1"]
    assert mapping_at(made.replace(service(selector={"a": "b"})), "spec")["ipFamilyPolicy"] == (
        "PreferDualStack"
    )


def test_require_and_prefer_change_places_without_effect() -> None:
    """C-23."""
    before, after, _ = changed(
        service(**PREFER), service(ipFamilyPolicy="RequireDualStack"), **DUAL
    )

    assert after["clusterIPs"] == before["clusterIPs"]


def test_services_from_before_dual_stack_are_completed_when_they_are_updated() -> None:
    """C-25."""
    made = cluster()
    stored = made.create(service())
    spec = mapping_at(stored, "spec")
    for name in ("clusterIPs", "ipFamilies", "ipFamilyPolicy"):
        del spec[name]

    after = mapping_at(made.replace(service(selector={"a": "b"})), "spec")

    assert after["clusterIPs"] == ["10.96.1.1"]
    assert (after["ipFamilies"], after["ipFamilyPolicy"]) == (["IPv4"], "SingleStack")
