"""Who may open which door."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from cluster import store

WRITES = {
    "a drill": ("/c/demo/o/Pod/shop/web-1/drill", {"drill": "delete"}),
    "a new cluster": ("/clusters", {"name": "other", "nodes": "1"}),
    "deleting a cluster": ("/c/demo/cluster/delete", {"name": "demo"}),
    "an import": ("/import", {"cluster": "demo", "text": "kind: x"}),
}


@pytest.mark.parametrize("address", ["/", "/c/demo/map", "/c/demo/graph?view=map", "/settings"])
def test_in_public_reading_needs_a_login(
    reader: Client, demo: str, settings: Settings, address: str
) -> None:
    settings.NETVIZ_PUBLIC = True

    response = reader.get(address)

    assert response.status_code == 302
    assert response["Location"].startswith("/login?next=")


def test_another_machine_needs_a_login_to_read(reader: Client, demo: str) -> None:
    assert reader.get("/c/demo/map", REMOTE_ADDR="192.0.2.7").status_code == 302
    assert reader.get("/c/demo/map", REMOTE_ADDR="::1").status_code == 200


@pytest.mark.parametrize(("address", "data"), WRITES.values(), ids=WRITES.keys())
def test_writing_needs_a_login(
    reader: Client, demo: str, address: str, data: dict[str, str]
) -> None:
    before = store.revision_of("demo")

    response = reader.post(address, data)

    assert response["Location"].startswith("/login?next=")
    assert store.revision_of("demo") == before


@pytest.mark.parametrize(("address", "data"), WRITES.values(), ids=WRITES.keys())
def test_writing_needs_the_permission(
    guest: Client, demo: str, address: str, data: dict[str, str]
) -> None:
    before = store.revision_of("demo")

    assert guest.post(address, data).status_code == 403
    assert store.revision_of("demo") == before


@pytest.mark.parametrize(("address", "data"), WRITES.values(), ids=WRITES.keys())
def test_a_form_without_the_token_is_refused(
    admin: Client, demo: str, address: str, data: dict[str, str]
) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = admin.cookies

    response = strict.post(address, data)

    assert response.status_code == 403
    assert "This form has expired" in response.content.decode()


def test_kinds_that_a_reader_may_not_see_are_nowhere_in_the_page(
    guest: Client, demo: str, settings: Settings
) -> None:
    settings.NETVIZ_PUBLIC = True
    pages = ["/c/demo/d/endpoints/shop/web", "/c/demo/events", "/c/demo/search?q=web", "/"]

    for address in pages:
        assert "web-1" not in guest.get(address).content.decode(), address


def test_a_view_says_which_permission_is_missing(
    guest: Client, demo: str, settings: Settings
) -> None:
    settings.NETVIZ_PUBLIC = True

    text = guest.get("/c/demo/d/endpoints/shop/web").content.decode()

    assert "cluster.view_pod" in text
    assert "Service/shop/web" in text


def test_the_page_of_a_hidden_kind_is_refused_and_names_the_permission(
    guest: Client, demo: str, settings: Settings
) -> None:
    settings.NETVIZ_PUBLIC = True

    response = guest.get("/c/demo/o/Pod/shop/web-1")

    assert response.status_code == 403
    assert "cluster.view_pod" in response.content.decode()


def test_buttons_that_a_reader_may_not_press_are_not_shown(
    reader: Client, admin: Client, demo: str
) -> None:
    assert "Make unready" in admin.get("/c/demo/o/Pod/shop/web-1").content.decode()
    assert "Make unready" not in reader.get("/c/demo/o/Pod/shop/web-1").content.decode()
