"""Endpoints worked out of slices, as the endpoints controller would keep them."""

from __future__ import annotations

import pytest

from cluster.domains.service import endpoints_view
from cluster.domains.service.endpoints_view import endpoints_of, has_endpoints
from cluster.machinery.manifest import JSON, Manifest

SERVICE: Manifest = {
    "metadata": {"name": "web", "namespace": "shop", "resourceVersion": "5", "labels": {"a": "b"}},
    "spec": {"selector": {"app": "web"}, "ipFamilies": ["IPv4", "IPv6"]},
}
HTTP: JSON = {"name": "http", "port": 8080, "protocol": "TCP"}


def endpoint(ip: str, *, ready: bool = True, terminating: bool = False) -> JSON:
    return {
        "addresses": [ip], "nodeName": "node-1",
        "conditions": {"ready": ready, "terminating": terminating},
        "targetRef": {"kind": "Pod", "name": f"pod-{ip}"},
    }  # fmt: skip


def slice_of(*endpoints: JSON, family: str = "IPv4", ports: JSON = None) -> Manifest:
    return {
        "metadata": {"name": f"web-{len(endpoints)}", "resourceVersion": "9"},
        "addressType": family, "ports": [HTTP] if ports is None else ports,
        "endpoints": list(endpoints),
    }  # fmt: skip


def test_addresses_are_ready_or_not_and_the_second_family_is_left_out() -> None:
    slices = [
        slice_of(endpoint("10.0.0.2"), endpoint("10.0.0.1")),
        slice_of(endpoint("10.0.0.3", ready=False)),
        slice_of(endpoint("10.0.0.4", ready=False, terminating=True)),
        slice_of(endpoint("fd00::1"), family="IPv6"),
    ]

    found = endpoints_of(SERVICE, slices)

    assert found["subsets"] == [
        {
            "addresses": [
                {"ip": ip, "nodeName": "node-1", "targetRef": {"kind": "Pod", "name": f"pod-{ip}"}}
                for ip in ("10.0.0.1", "10.0.0.2")
            ],
            "notReadyAddresses": [
                {
                    "ip": "10.0.0.3",
                    "nodeName": "node-1",
                    "targetRef": {"kind": "Pod", "name": "pod-10.0.0.3"},
                }
            ],
            "ports": [HTTP],
        }
    ]
    meta = found["metadata"]
    assert isinstance(meta, dict)
    assert meta["resourceVersion"] == "9"
    assert meta["labels"] == {
        "a": "b", "endpoints.kubernetes.io/managed-by": "endpoint-controller",
    }  # fmt: skip


def test_each_set_of_ports_is_a_subset() -> None:
    other: JSON = [{"name": "http", "port": 9090, "protocol": "TCP"}]
    found = endpoints_of(
        SERVICE, [slice_of(endpoint("10.0.0.1")), slice_of(endpoint("10.0.0.2"), ports=other)]
    )

    subsets = found["subsets"]
    assert isinstance(subsets, list)
    assert [subset["ports"] for subset in subsets if isinstance(subset, dict)] == [[HTTP], other]


def test_there_is_nothing_without_endpoints_and_no_more_than_fits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "subsets" not in endpoints_of(SERVICE, [])

    monkeypatch.setattr(endpoints_view, "MOST_ADDRESSES", 1)
    cut = endpoints_of(SERVICE, [slice_of(endpoint("10.0.0.1"), endpoint("10.0.0.2"))])

    assert cut["metadata"]["annotations"] == {  # type: ignore[index,call-overload]
        "endpoints.kubernetes.io/over-capacity": "truncated"
    }


def test_only_services_with_a_selector_of_their_own_network_have_them() -> None:
    assert has_endpoints(SERVICE)
    assert not has_endpoints({"spec": {}})
    assert not has_endpoints({"spec": {"selector": {"a": "b"}, "type": "ExternalName"}})
