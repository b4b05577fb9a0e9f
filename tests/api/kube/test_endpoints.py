"""Endpoints of Services with a selector: listed, read and watched alike."""

from __future__ import annotations

from typing import Any

import pytest

from cluster.api.kube import endpoints_watch
from cluster.machinery.kind import Kind
from cluster.machinery.manifest import JSON, Manifest
from cluster.store import Page, list_objects
from tests.api.kube.door import Door

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]
SERVICES = "/api/v1/namespaces/default/services"
SLICES = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices"
ENDPOINTS = "/api/v1/namespaces/default/endpoints"


def service(name: str = "web") -> Manifest:
    return {"metadata": {"name": name}, "spec": {"selector": {"a": "b"}, "ports": [{"port": 80}]}}


def slice_of(name: str, *ips: str) -> Manifest:
    endpoints: list[JSON] = [{"addresses": [ip], "conditions": {"ready": True}} for ip in ips]
    return {
        "metadata": {"name": name, "labels": {"kubernetes.io/service-name": "web"}},
        "addressType": "IPv4", "ports": [{"port": 8080}], "endpoints": endpoints,
    }  # fmt: skip


def addresses(event: Any) -> list[str]:
    """Return type and addresses of an event."""
    subsets = event["object"].get("subsets", [])
    return [event["type"], *(a["ip"] for subset in subsets for a in subset["addresses"])]


async def test_a_watch_of_endpoints_follows_services_and_slices(admin: Door) -> None:
    start = (await admin.get(ENDPOINTS)).version
    async with admin.watch(f"{ENDPOINTS}?resourceVersion={start}") as lines:
        await admin.post(SERVICES, service())
        await admin.post(SLICES, slice_of("one", "10.0.0.1"))
        await admin.merge(f"{SLICES}/one", {"metadata": {"annotations": {"no": "difference"}}})
        await admin.post(SLICES, slice_of("two", "10.0.0.2"))
        await admin.ask("DELETE", f"{SLICES}/one")
        read = (await admin.get(f"{ENDPOINTS}/web")).json
        await admin.ask("DELETE", f"{SERVICES}/web")
        events = [await lines.next() for _ in range(5)]

    assert [addresses(event) for event in events] == [
        ["ADDED"],
        ["MODIFIED", "10.0.0.1"],
        ["MODIFIED", "10.0.0.1", "10.0.0.2"],
        ["MODIFIED", "10.0.0.2"],
        ["DELETED", "10.0.0.2"],
    ]
    told = [event["object"] for event in events if event]
    versions = [int(one["metadata"]["resourceVersion"]) for one in told]
    assert versions == sorted(set(versions))
    assert told[3]["subsets"] == read["subsets"]


async def test_a_late_watch_of_endpoints_tells_the_same_from_the_log(admin: Door) -> None:
    start = (await admin.get(ENDPOINTS)).version
    await admin.post(SERVICES, service())
    await admin.post(SLICES, slice_of("one", "10.0.0.1"))
    async with admin.watch(f"{ENDPOINTS}?resourceVersion={start}") as late:
        told = [addresses(await late.next()) for _ in range(2)]
    async with admin.watch(ENDPOINTS) as all_:
        present = [await all_.next() for _ in range(1)]
    async with admin.watch(f"{ENDPOINTS}?fieldSelector=metadata.name%3Dother") as other:
        assert await other.is_quiet()
        await admin.post(SERVICES, service("other"))
        assert await other.some(1) == [("ADDED", "other")]

    assert told == [["ADDED"], ["MODIFIED", "10.0.0.1"]]
    assert [addresses(event) for event in present] == [["ADDED", "10.0.0.1"]]


async def test_watches_begin_with_what_another_holds_and_each_tells_all(
    admin: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five hundred that begin at once must not read Services and slices five hundred times."""
    listed: list[str] = []

    def counted(cluster: str, kind: Kind, **options: Any) -> Page:
        listed.append(kind.kind)
        return list_objects(cluster, kind, **options)

    monkeypatch.setattr(endpoints_watch, "list_objects", counted)
    await admin.post(SERVICES, service())
    async with admin.watch(ENDPOINTS) as first:
        await first.next()
        await admin.post(SLICES, slice_of("one", "10.0.0.1"))
        async with admin.watch(ENDPOINTS) as second:
            present = addresses(await second.next())
            await admin.post(SLICES, slice_of("two", "10.0.0.2"))
            told = [addresses(await first.next()) for _ in range(2)]
            last = addresses(await second.next())

    assert listed == ["Endpoints", "Service", "EndpointSlice"]
    assert present == ["ADDED", "10.0.0.1"]
    assert told == [["MODIFIED", "10.0.0.1"], ["MODIFIED", "10.0.0.1", "10.0.0.2"]]
    assert last == ["MODIFIED", "10.0.0.1", "10.0.0.2"]
