"""Pages of what is not there name it, say what there is instead, and have one thing to do."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from cluster import store
from cluster.machinery.meta import Key
from cluster.runtime import replica

CASES = {
    "cluster": (
        "/c/demos/map",
        "There is no cluster called demos",
        "Did you mean demo?",
        "/c/demo/map",
        "/import?cluster=demos",
    ),
    "object": (
        "/c/demo/o/Service/shop/webb",
        "There is no Service shop/webb",
        "its log does not remember one",
        "/c/demo/o/Service/shop/web",
        "/c/demo/search?q=webb",
    ),
    "object in another namespace": (
        "/c/demo/o/Service/default/web",
        "There is no Service default/web",
        "Closest names",
        "/c/demo/o/Service/shop/web",
        "/c/demo/search?q=web",
    ),
    "object in no namespace": (
        "/c/demo/o/Service/nope/web",
        "There is no Service nope/web",
        "demo has no namespace nope.",
        "/c/demo/o/Service/shop/web",
        "/c/demo/search?q=web",
    ),
    "kind": (
        "/c/demo/o/Servic/shop/web",
        "netviz knows no kind called Servic",
        "The closest is Service.",
        "/c/demo/search?q=kind:Service",
        "/c/demo/search?q=Servic",
    ),
    "diagram": (
        "/c/demo/d/endpoint/shop/web",
        "There is no diagram called endpoint",
        "Of shop/web these can be drawn.",
        "/c/demo/d/endpoints/shop/web",
        "/c/demo/map",
    ),
    "object of a diagram": (
        "/c/demo/d/paths/shop/webb",
        "There is no Service shop/webb",
        "Closest names",
        "/c/demo/o/Service/shop/web",
        "/c/demo/search?q=webb",
    ),
    "namespace": (
        "/c/demo/map?lvl=L1&ns=shopp",
        "There is no namespace shopp",
        "Did you mean shop?",
        "/c/demo/map?lvl=L1&amp;ns=shop",
        "/c/demo/map",
    ),
    "plan": ("/c/demo/plan/none", "There is nothing at this address", "none", "", "/c/demo/plan"),
    "page": ("/nothing-here", "There is nothing at this address", "misspelt", "", "/"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_what_is_missing_is_named_with_what_there_is_and_one_thing_to_do(
    reader: Client, demo: str, case: tuple[str, str, str, str, str]
) -> None:
    address, heading, cause, listed, action = case
    response = reader.get(address)

    text = response.content.decode()
    assert response.status_code == 404
    assert heading in text
    assert cause in text
    assert f'class="btn btn--primary" href="{action}"' in text
    assert not listed or f'<a href="{listed}">' in text


def test_what_is_listed_instead_is_what_the_reader_may_see(guest: Client, demo: str) -> None:
    text = guest.get("/c/demo/o/Service/shop/webb", REMOTE_ADDR="192.0.2.9").content.decode()
    assert "/c/demo/o/Service/shop/web" in text

    text = guest.get("/c/demo/d/policy/shop/webb", REMOTE_ADDR="192.0.2.9").content.decode()
    assert "Closest names" not in text


@pytest.mark.parametrize("address", ["/c/demo/o/Service/shop/web", "/c/demo/d/endpoints/shop/web"])
def test_a_link_to_what_was_deleted_shows_its_last_version(
    reader: Client, demo: str, address: str
) -> None:
    store.delete(cluster="demo", address=Key("", "Service", "shop", "web"), actor="ana")

    response = reader.get(address)

    assert response.status_code == 410
    assert re.search(r"Service shop/web is gone since \d{4}", response.content.decode())
    assert "Last known version" in response.content.decode()


def test_the_demo_cluster_is_made_on_demand_by_who_may(
    admin: Client, reader: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replica.replicas, "_replicas", {})
    assert 'action="/demo"' in reader.get("/").content.decode()
    assert "/login" in reader.post("/demo")["Location"]
    assert 'action="/demo"' in admin.get("/c/nope/map").content.decode()

    assert admin.post("/demo")["Location"] == "/c/demo/map"
    assert admin.post("/demo")["Location"] == "/c/demo/map"
    assert store.revision_of("demo") > 0
