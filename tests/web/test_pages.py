"""Doors: every page answers, says what it must, and asks the database a fixed number of times."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client, override_settings
from pytest_django import DjangoAssertNumQueries

from tests.web.conftest import EVIL

PAGES = {
    "overview": ("/", "Namespaces"),
    "map": ("/c/demo/map", 'role="tab"'),
    "map of a namespace": ("/c/demo/map?lvl=L1&ns=shop", "shop"),
    "endpoints": ("/c/demo/d/endpoints/shop/web", "shop/web"),
    "paths": ("/c/demo/d/paths/shop/web", "How to read this"),
    "object": ("/c/demo/o/Service/shop/web", "Relations"),
    "node": ("/c/demo/o/Node/-/node-1", "node-1"),
    "YAML": ("/c/demo/o/Service/shop/web?tab=yaml", 'id="L1"'),
    "history": ("/c/demo/o/Service/shop/web?tab=history", "As revision"),
    "events": ("/c/demo/events", "Service shop/web"),
    "findings": ("/c/demo/findings", "NV101"),
    "help": ("/help/findings/NV101", "What to do"),
    "search": ("/c/demo/search?q=web", "web-1"),
    "trace": ("/c/demo/trace", "What may stand in the fields"),
    "a trace": ("/c/demo/trace?from=shop/web-1&to=shop/svc/web", "Not checked"),
    "plan": ("/c/demo/plan", "Nothing was planned"),
    "learn": ("/learn", "Learn by changing a cluster"),
    "import": ("/import?cluster=demo", 'value="demo"'),
    "clusters": ("/clusters", "demo"),
    "settings": ("/settings", "Theme"),
    "login": ("/login", "Log in to netviz"),
}


@pytest.mark.parametrize(("address", "words"), PAGES.values(), ids=PAGES.keys())
def test_a_reader_at_this_machine_opens_the_page_without_a_login(
    reader: Client, demo: str, address: str, words: str
) -> None:
    response = reader.get(address)

    assert response.status_code == 200
    assert words in response.content.decode()


@pytest.mark.parametrize("address", [page[0] for page in PAGES.values()], ids=PAGES.keys())
def test_no_page_holds_inline_scripts_or_styles(admin: Client, demo: str, address: str) -> None:
    text = admin.get(address).content.decode()

    assert " style=" not in text
    assert "<style" not in text
    assert not re.search(r"\son[a-z]+=", text)
    inline = re.findall(r"<script(?![^>]*\ssrc=)([^>]*)>", text)
    assert all('type="application/json"' in attributes for attributes in inline)


@pytest.mark.parametrize(
    ("address", "count"),
    [
        ("/", 6),
        ("/c/demo/map", 6),
        ("/c/demo/d/endpoints/shop/web", 4),
        ("/c/demo/o/Service/shop/web", 8),
        ("/c/demo/events", 6),  # the log, and since when findings stand
        ("/c/demo/findings", 6),
        ("/c/demo/trace?from=shop/web-1&to=shop/svc/web", 5),
        ("/c/demo/plan", 4),
        ("/c/demo/graph?view=map", 2),
        ("/clusters", 2),
        ("/settings", 1),
    ],
)
def test_a_page_asks_the_database_as_often_however_much_there_is(
    reader: Client,
    demo: str,
    address: str,
    count: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    reader.get(address)  # loads the replica

    with django_assert_max_num_queries(count):
        reader.get(address)


@pytest.mark.parametrize(
    "address",
    [
        "/c/demo/o/Pod/shop/web-1",
        "/c/demo/o/Pod/shop/web-1?tab=yaml",
        "/c/demo/o/Pod/shop/web-1?tab=history",
        "/c/demo/o/Pod/shop/web-1?part=summary",
        "/c/demo/o/Pod/shop/web-1?part=yaml",
        f"/c/demo/search?q={EVIL}",
        f"/c/demo/events?q={EVIL}",
        f"/c/demo/findings?q={EVIL}",
        f"/c/demo/map?q={EVIL}",
        f"/c/demo/trace?from={EVIL}&to={EVIL}&port={EVIL}&proto={EVIL}",
        f"/c/demo/plan?of=Pod/shop/{EVIL}",
        "/c/demo/plan?of=Pod/shop/web-1",
        f"/import?cluster={EVIL}",
        f"/login?next={EVIL}",
        f"/c/demo/o/{EVIL}/x/y",
        f"/c/{EVIL}/map",
    ],
)
def test_markup_in_data_and_addresses_is_shown_as_text(
    admin: Client, demo: str, address: str
) -> None:
    assert EVIL not in admin.get(address).content.decode()


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("/nothing", 404),
        ("/c/nowhere/map", 404),
        ("/c/demo/o/Gadget/shop/web", 404),
        ("/c/demo/o/Pod/shop/nobody", 404),
        ("/c/demo/d/endpoints/shop/nobody", 404),
        ("/c/demo/d/spiral/shop/web", 404),
        ("/help/findings/NV999", 404),
        ("/import/999", 404),
        ("/clusters/demo/explode", 404),
        ("/c/demo/graph?view=spiral", 400),
        ("/c/demo/graph?view=trace", 400),
        ("/c/demo/trace?from=shop/web-1&to=shop/svc/nobody", 404),
        ("/c/demo/trace?from=shop/web-1&to=shop/svc/web&port=70000", 400),
        ("/c/demo/trace?from=shop/web-1&to=shop/svc/web&plan=none", 404),
        ("/c/demo/plan?of=Pod/shop/nobody", 404),
        ("/c/demo/plan?of=nonsense", 400),
        ("/c/demo/plan/none", 404),
        ("/c/demo/graph?view=map&lvl=L9", 400),
        ("/c/demo/map?at=99999", 410),
    ],
)
def test_what_is_not_there_gets_a_page_in_the_shell_with_its_code(
    admin: Client, demo: str, address: str, code: int
) -> None:
    response = admin.get(address)

    assert response.status_code == code
    assert 'class="rail"' in response.content.decode()


def test_the_graph_of_a_page_is_the_document_at_its_data_src(reader: Client, demo: str) -> None:
    text = reader.get("/c/demo/d/endpoints/shop/web").content.decode()
    source = re.search(r'data-src="([^"]+)"', text)
    inline = re.search(r'<script id="graph-json" type="application/json">(.*?)</script>', text)
    assert source is not None
    assert inline is not None

    document = reader.get(source[1].replace("&amp;", "&")).json()

    assert json.loads(inline[1]) == document
    assert document["view"] == "endpoints"
    assert {"Service/shop/web", "Pod/shop/web-1"} <= {node["id"] for node in document["nodes"]}


def test_table_and_text_stand_in_the_page_without_scripts(reader: Client, demo: str) -> None:
    text = reader.get("/c/demo/d/endpoints/shop/web").content.decode()

    table = text[text.index('id="v-table"') : text.index('id="v-text"')]
    assert "web-1" in table
    assert '<ol class="outline">' in text


def test_the_tab_of_the_address_is_chosen(reader: Client, demo: str) -> None:
    text = reader.get("/c/demo/map?tab=table").content.decode()

    assert re.search(r'data-view="table"[^>]*aria-selected="true"', text)
    assert re.search(r'id="v-diagram"[^>]*hidden', text)


def test_a_view_at_a_revision_says_so_and_has_no_socket(reader: Client, demo: str) -> None:
    text = reader.get("/c/demo/map?at=3").content.decode()

    assert re.search(r"Viewing \d{4}-[^,]+, revision 3\.", text)
    assert "data-ws" not in text


def test_without_a_cluster_the_first_page_says_how_to_begin(reader: Client, db: None) -> None:
    text = reader.get("/").content.decode()

    assert "There is no cluster yet" in text
    assert "/c/" not in text


def test_search_answers_the_box_with_json(reader: Client, demo: str) -> None:
    answer = reader.get("/c/demo/search?q=kind:svc web", headers={"accept": "application/json"})

    assert answer.json()["total"] == 1
    assert answer.json()["results"][0] == {
        "id": "Service/shop/web", "kind": "Service", "namespace": "shop", "name": "web",
        "icon": "service", "paint": "service", "href": "/c/demo/o/Service/shop/web",
    }  # fmt: skip


def test_a_folded_view_draws_what_is_looked_for(reader: Client, demo: str) -> None:
    text = reader.get("/c/demo/map?lvl=L1&budget=3&q=name:lost").content.decode()

    inline = re.search(r'<script id="graph-json" type="application/json">(.*?)</script>', text)
    assert inline is not None
    graph = json.loads(inline[1])
    assert graph["truncated"]
    assert "Service/shop/lost" in {node["id"] for node in graph["nodes"]}
    assert "find=name:lost" in text


def test_the_graph_says_what_a_query_means_and_leaves_out_what_is_hidden(
    reader: Client, demo: str
) -> None:
    graph = reader.get("/c/demo/graph?view=map&lvl=L1&q=name:web&hide=kind:pod").json()

    assert graph["match"]["ids"] == ["Service/shop/web"]
    assert not any(node["kind"] == "Pod" for node in graph["nodes"])


@pytest.mark.parametrize("name", ["q", "hide"])
def test_a_query_that_cannot_be_read_is_refused_by_its_name(
    reader: Client, demo: str, name: str
) -> None:
    response = reader.get(f"/c/demo/graph?view=map&{name}=stat:x")

    assert response.status_code == 400
    assert f"{name}: there is no term" in response.content.decode()


def test_search_tells_a_view_what_of_it_is_not_drawn(reader: Client, demo: str) -> None:
    headers = {"accept": "application/json"}

    answer = reader.get("/c/demo/search?q=kind:pod+ns:shop&view=map&lvl=L0", headers=headers)

    match = answer.json()["match"]
    assert (match["total"], match["undrawn"]) == (1, 1)
    assert match["groups"][0]["href"] == "?lvl=L1&ns=shop"


def test_the_revisions_are_listed_oldest_first(reader: Client, guest: Client, demo: str) -> None:
    found = reader.get("/c/demo/revisions").json()

    revisions = [step["rev"] for step in found["revisions"]]
    assert revisions == sorted(revisions)
    assert revisions[-1] == found["newest"]
    assert "Pod shop/web-1" in {step["what"] for step in found["revisions"]}
    with override_settings(NETVIZ_PUBLIC=True):  # nobody sees all for being at this machine
        seen = guest.get("/c/demo/revisions").json()["revisions"]
    assert "Pod shop/web-1" not in {step["what"] for step in seen}


def test_a_drill_answers_a_page_that_stays_with_its_undo(admin: Client, demo: str) -> None:
    address = "/c/demo/o/Pod/shop/web-1/drill"
    headers = {"accept": "application/json"}

    answer = admin.post(address, {"drill": "unready"}, headers=headers).json()
    back = admin.post(answer["undo"]["address"], {"drill": "undo"}, headers=headers)

    assert "web-1" in answer["sentence"]
    assert back.status_code == 200
    refused = admin.post(address, {"drill": "fly"}, headers=headers)
    assert refused.status_code == 400
    assert refused.json()["error"]
