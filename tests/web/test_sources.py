"""What the drawer and the bins ask of the log: where objects stood, what their writes came to."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from cluster import store
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.meta import Key
from tests.web.conftest import pod, service

POD = Key("", "Pod", "shop", "web-1")


def sources(browser: Client, **asked: Any) -> Any:
    return browser.get("/c/demo/sources", asked).json()["sources"]


def slice_of(cells: str) -> Manifest:
    """A slice of the Service with an endpoint per letter, `r` ready and `n` not."""
    endpoints: list[JSON] = [
        {"addresses": [f"10.244.1.{number}"], "conditions": {"ready": cell == "r"}}
        for number, cell in enumerate(cells, 1)
    ]
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "name": "web-1", "namespace": "shop",
            "labels": {"kubernetes.io/service-name": "web"},
        },
        "addressType": "IPv4", "endpoints": endpoints, "ports": [],
    }  # fmt: skip


def write(*documents: Manifest) -> int:
    """Write documents, and return the revision that came of them."""
    options = store.Options(mode="import", annotate=False)
    outcomes = store.write_batch(
        cluster="demo", documents=list(documents), actor="ana", options=options
    )
    assert not [outcome.error for outcome in outcomes if outcome.error]
    return store.revision_of("demo")


def test_objects_stand_where_the_log_says_now_and_at_an_earlier_revision(
    reader: Client, demo: str
) -> None:
    before = store.revision_of("demo")
    first = sources(reader, of=["Pod shop/web-1", "Service shop/web", "Node none", "nonsense"])
    assert set(first) == {"Pod shop/web-1", "Service shop/web"}

    now = write(pod("web-1", ready=False))

    assert sources(reader, of="Pod shop/web-1")["Pod shop/web-1"]["rev"] == now
    assert sources(reader, of="Pod shop/web-1", rev=before) == {
        "Pod shop/web-1": first["Pod shop/web-1"]
    }
    assert first["Pod shop/web-1"]["time"].endswith("Z")
    manifest = store.get("demo", POD)
    assert manifest["metadata"]["resourceVersion"] == str(now)  # type: ignore[index, call-overload]


def test_what_was_deleted_stood_until_then(reader: Client, demo: str) -> None:
    before = store.revision_of("demo")
    store.delete(cluster="demo", address=POD, actor="ana", grace_seconds=0)

    assert sources(reader, of="Pod shop/web-1") == {}
    assert set(sources(reader, of="Pod shop/web-1", rev=before)) == {"Pod shop/web-1"}


def test_what_a_reader_may_not_see_is_left_out(
    guest: Client, demo: str, settings: Settings
) -> None:
    settings.NETVIZ_PUBLIC = True
    write(slice_of("r"))

    found = sources(guest, of=["Pod shop/web-1", "Service shop/web"])

    assert set(found) == {"Service shop/web"}
    asked = guest.get("/c/demo/slice-writes", {"of": "EndpointSlice/shop/web-1"}).json()
    assert asked == {"writes": {}}


def test_a_slice_has_the_ready_endpoints_after_each_write_and_how_many_writes_there_were(
    reader: Client, demo: str
) -> None:
    first = write(slice_of("rr"))
    for cells in ("rn", "rr") * 7:
        write(slice_of(cells))

    def writes(**asked: Any) -> Any:
        given = {"of": ["EndpointSlice/shop/web-1", "EndpointSlice/shop/none", "Pod/shop/web-1"]}
        return reader.get("/c/demo/slice-writes", {**given, **asked}).json()["writes"]

    assert writes() == {"EndpointSlice/shop/web-1": {"ready": [1, 2] * 6, "count": 15}}
    assert writes(rev=first) == {"EndpointSlice/shop/web-1": {"ready": [2], "count": 1}}
    key = Key("discovery.k8s.io", "EndpointSlice", "shop", "web-1")
    store.delete(cluster="demo", address=key, actor="ana", grace_seconds=0)
    assert writes() == {}
    write(slice_of("r"))
    assert writes()["EndpointSlice/shop/web-1"] == {"ready": [1], "count": 1}


@pytest.mark.parametrize(
    "rev", ["x", "-1", "9" * 40, "1.5"], ids=["word", "below", "long", "half"]
)
def test_a_revision_that_is_none_means_the_newest(reader: Client, demo: str, rev: str) -> None:
    now = write(service("web", app="other"))

    assert sources(reader, of="Service shop/web", rev=rev)["Service shop/web"]["rev"] == now
