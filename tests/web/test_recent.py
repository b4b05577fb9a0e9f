"""Recent traces: kept by the browser, shown on the overview, bounded, and forgotten on demand."""

from __future__ import annotations

from base64 import urlsafe_b64encode

import orjson
import pytest
from django.test import Client

from cluster.web.recent import COOKIE, MOST_BYTES, MOST_KEPT

TRACE = "/c/demo/trace?from=shop/web-1&to=shop/svc/"


def test_traces_are_on_the_overview_with_what_they_came_to_until_they_are_cleared(
    reader: Client, demo: str
) -> None:
    reader.get(f"{TRACE}web&port=80&proto=TCP")
    reader.get(f"{TRACE}lost")
    reader.get(f"{TRACE}lost&part=text")

    for _load in range(2):
        text = reader.get("/?cluster=demo").content.decode()
        shown = text[text.index('id="h-recent-traces"') :]
        shown = shown[: shown.index("</section>")]
        assert shown.count("<li ") == 2
        assert shown.index("shop/svc/lost") < shown.index("shop/svc/web")
        assert 'href="/c/demo/trace?from=shop/web-1&amp;to=shop/svc/web&amp;port=80' in shown
        assert shown.count("blocked") == 2
        assert "80/TCP" in shown
        assert "<time " in shown

    assert reader.post("/traces/forget")["Location"] == "/"
    assert "Nothing was traced in this browser yet." in reader.get("/").content.decode()


def test_the_cookie_stays_small_and_the_same_trace_is_kept_once(reader: Client, demo: str) -> None:
    for number in [*range(1, 30), 29]:
        reader.get(f"{TRACE}web&port={number}")
    kept = reader.cookies[COOKIE].value

    assert len(kept) <= MOST_BYTES
    text = reader.get("/c/demo/trace").content.decode()
    assert text.count("<time ") <= MOST_KEPT
    assert text.count("port=29&quot;") + text.count('port=29"') == 1


@pytest.mark.parametrize(
    "value",
    [
        "nonsense",
        urlsafe_b64encode(b"[1,[],{}]").decode(),
        urlsafe_b64encode(orjson.dumps([["demo", ["a"] * 5, "ok", 2**60]])).decode(),
        urlsafe_b64encode(orjson.dumps([["demo", ["a"] * 4, "ok", 1]])).decode(),
        urlsafe_b64encode(orjson.dumps([["demo", [None] * 5, "ok", 1]])).decode(),
        "é" * 10,
    ],
)
def test_a_cookie_that_is_not_ours_holds_nothing(reader: Client, demo: str, value: str) -> None:
    reader.cookies[COOKIE] = value

    response = reader.get("/?cluster=demo")

    assert response.status_code == 200
    assert "Nothing was traced in this browser yet." in response.content.decode()
