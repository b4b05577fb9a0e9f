"""What the pure layers say is said again on pages of another language, and nowhere else."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from cluster import store
from cluster.machinery.manifest import JSON
from cluster.runtime import wording
from tests.web.conftest import pod

MARK = "\N{RIGHTWARDS ARROW}"
CHINESE = {"Accept-Language": "zh-hans"}


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every sentence in another language be the English one with a mark before it."""

    def told(text: str) -> str:
        return text if wording.language() == wording.ENGLISH else MARK + text

    monkeypatch.setattr(wording, "gettext", told)
    monkeypatch.setattr(wording, "ngettext", lambda one, more, n: told(one if n == 1 else more))


@pytest.fixture
def closed(demo: str) -> str:
    """Return a cluster with a policy that lets nothing to the Pods of `web`."""
    policy: JSON = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "closed", "namespace": "shop"},
        "spec": {"podSelector": {"matchLabels": {"app": "web"}}},
    }
    documents = [policy, pod("api-1", app="api", node="node-2")]
    options = store.Options(mode="import", annotate=False)
    store.write_batch(cluster=demo, documents=documents, actor="ana", options=options)
    return demo


CLOSED_DELETED = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: closed, namespace: shop}
$patch: delete
"""
TRACE = "/c/demo/trace?from=shop/api-1&to=shop/web-1&port=8080"


@pytest.mark.usefixtures("marked")
def test_a_trace_is_told_in_the_language_of_its_page(reader: Client, closed: str) -> None:
    page = reader.get(TRACE, headers=CHINESE).content.decode()
    page = re.sub("</?bdi[^>]*>", "", page)
    plain = reader.get(TRACE, headers={"Accept-Language": "en"}).content.decode()

    assert f"{MARK}Do the policies of Pod shop/web-1 let in Pod shop/api-1 on TCP 8080?" in page
    assert f"{MARK}A Pod that a policy selects is isolated" in page
    assert f"{MARK}add " in page
    assert f"{MARK}whether a process listens on the port" in page
    assert MARK not in plain


@pytest.mark.usefixtures("marked")
def test_findings_are_told_in_the_language_of_their_pages_and_exported_in_english(
    reader: Client, closed: str
) -> None:
    page = reader.get("/c/demo/findings", headers=CHINESE).content.decode()
    helped = reader.get("/help/findings/NV401", headers=CHINESE).content.decode()
    exported = [
        reader.get(f"/c/demo/findings?format={form}", headers=CHINESE).content.decode()
        for form in ("csv", "json", "sarif")
    ]

    assert f"{MARK}No policy lets anyone connect to TCP" in page
    for text in ("The policy selects no Pod", "spec.podSelector is compared", "Compare the"):
        assert f"{MARK}{text}" in helped
    assert all("No policy lets anyone connect to TCP" in text for text in exported)
    assert not any(MARK in text for text in exported)


@pytest.mark.usefixtures("marked")
def test_a_kept_plan_is_told_in_the_language_of_who_reads_it(admin: Client, closed: str) -> None:
    text = CLOSED_DELETED
    made = admin.post("/c/demo/plan", {"text": text, "action": "plan"}, headers=CHINESE)
    address = str(made["Location"])

    page = re.sub("</?bdi[^>]*>", "", admin.get(address, headers=CHINESE).content.decode())
    exported = admin.get(f"{address}.json").content.decode()

    assert f"{MARK}This change " in page
    assert f"{MARK}No policy isolates Pod shop/web-1 for {MARK}ingress." in page
    assert f"{MARK}No policy lets anyone connect to TCP" in page
    assert "told" not in json.loads(exported)
    assert "No policy isolates Pod shop/web-1 for ingress." in exported
    assert MARK not in exported


@pytest.mark.usefixtures("marked")
def test_a_drill_and_its_undo_are_told_in_the_language_of_who_does_it(
    admin: Client, demo: str
) -> None:
    address = "/c/demo/o/Pod/shop/web-1/drill"
    accepted = {**CHINESE, "Accept": "application/json"}
    done = admin.post(address, {"drill": "unready"}, headers=accepted).json()
    undone = admin.post(address, {"drill": "undo"}, headers=accepted).json()

    assert done["sentence"].startswith(f"{MARK}Pod shop/web-1 stops being ready")
    assert undone["sentence"] == f"{MARK}Pod shop/web-1 is as ready as before."
