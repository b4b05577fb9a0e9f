"""Plans as a door: written, kept, shown, exported, applied, deleted; mistakes at their lines."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cluster import store
from cluster.machinery.meta import Key
from cluster.store import plans

POLICY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: closed, namespace: shop}
spec: {podSelector: {}}
"""
DELETION = """\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
$patch: delete
"""
WRONG = """\
apiVersion: v1
kind: Service
metadata: {name: broken, namespace: shop}
spec:
  ports: [{port: 99999}]
"""
WEB = Key("", "Service", "shop", "web")


def planned(client: Client, text: str, **more: object) -> str:
    """Return the address of the plan of a text."""
    response = client.post("/c/demo/plan", {"text": text, "action": "plan", **more})
    assert response.status_code == 302, response.content.decode()
    return str(response["Location"])


def test_a_plan_tells_what_a_change_closes_and_changes_nothing(admin: Client, demo: str) -> None:
    before = store.revision_of(demo)

    address = planned(admin, POLICY)
    page = admin.get(address).content.decode()

    assert "closes" in page
    assert "NetworkPolicy" in page
    assert "loses" in page
    assert store.revision_of(demo) == before


def test_a_deletion_is_a_document_with_the_directive(admin: Client, demo: str) -> None:
    address = planned(admin, DELETION)
    page = admin.get(address).content.decode()

    assert "is-removed" in page
    assert "web.shop.svc.cluster.local" in page


def test_mistakes_are_listed_with_file_line_and_field_and_the_rest_is_compared(
    admin: Client, demo: str
) -> None:
    file = SimpleUploadedFile("svc.yaml", WRONG.encode())
    address = planned(admin, f"{POLICY}---\nkind: [\n---\n{DELETION}", file=file)
    page = admin.get(address).content.decode()

    assert "2 documents would be refused" in page
    assert "svc.yaml" in page
    assert "spec.ports[0].port" in page
    assert 'data-line="18"' in page
    assert "is-removed" in page
    assert 'value="apply"' not in admin.get(f"{address}?apply").content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"text": ""}, "nothing to plan"),
        ({"text": "# only a comment\n"}, "nothing to plan"),
        ({"text": "x" * (plans.LONGEST_TEXT + 1)}, "at most"),
        ({"object": "Pod/shop/nobody", "action": "add-object", "text": POLICY}, "There is no Pod"),
        ({"object": "nonsense", "action": "add-deletion", "text": POLICY}, "Name an object"),
    ],
    ids=["empty", "comments", "too long", "no such object", "no object"],
)
def test_a_form_that_cannot_be_planned_comes_back_as_it_was(
    admin: Client, demo: str, fields: dict[str, str], words: str
) -> None:
    response = admin.post("/c/demo/plan", {"action": "plan", **fields})
    page = response.content.decode()

    assert response.status_code == 400
    assert words in page
    assert ("name: closed" in page) == ("closed" in fields["text"])


def test_objects_of_the_cluster_are_added_as_yaml_or_as_their_deletion(
    admin: Client, demo: str
) -> None:
    form = {"text": POLICY, "object": "Service/shop/web"}

    written = admin.post("/c/demo/plan", {**form, "action": "add-object"}).content.decode()
    deleted = admin.post("/c/demo/plan", {**form, "action": "add-deletion"}).content.decode()
    page = admin.get("/c/demo/plan", {"of": "Service/shop/web"}).content.decode()

    assert "name: closed" in written
    assert "targetPort: http" in written
    assert "$patch: delete\n" in deleted
    assert "targetPort: http" in page
    assert "resourceVersion" not in page


def test_the_smallest_change_of_a_trace_opens_as_a_plan_that_lets_it_pass(
    admin: Client, demo: str
) -> None:
    admin.post(f"{planned(admin, POLICY)}/press", {"action": "apply"})
    trace = {"from": "203.0.113.7", "to": "shop/web-1", "port": "8080"}
    blocked = admin.get("/c/demo/trace", trace).content.decode()
    found = re.search(r'href="(/c/demo/plan\?[^"]+step=\d+)"', blocked)
    assert found is not None

    draft = admin.get(found[1].replace("&amp;", "&")).content.decode()
    text = re.search(r"<textarea[^>]*>(.*?)</textarea>", draft, re.DOTALL)
    assert text is not None
    address = planned(admin, text[1])
    after = admin.get("/c/demo/trace", trace | {"plan": address.rsplit("/", 1)[1]})

    assert "Blocked at step" in blocked
    assert "203.0.113.7 reaches shop/web-1" in after.content.decode()


def test_a_plan_is_exported_as_markdown_json_and_yaml(admin: Client, demo: str) -> None:
    address = planned(admin, POLICY, title="close the shop")

    markdown = admin.get(f"{address}.md").content.decode()
    found = json.loads(admin.get(f"{address}.json").content)

    assert "Lost connections" in markdown
    assert address in markdown
    assert found["title"] == "close the shop"
    assert found["counts"]["lost"] > 0
    assert admin.get(f"{address}.yaml").content.decode() == POLICY
    assert admin.get(f"{address}.exe").status_code == 404


@pytest.mark.parametrize("side", ["overlay", "before", "after"])
def test_a_plan_has_three_graphs(admin: Client, demo: str, side: str) -> None:
    address = planned(admin, POLICY)

    graph = admin.get(f"{address}/graph", {"side": side}).json()

    signs = {edge.get("sign", "") for edge in graph["edges"]}
    assert signs == {"overlay": {"-"}, "before": {""}, "after": set()}[side] or "" in signs
    assert admin.get(f"{address}/graph", {"side": "spiral"}).status_code == 404


def test_applying_makes_all_of_the_change_in_one_go_or_nothing(admin: Client, demo: str) -> None:
    both = planned(admin, f"{POLICY}---\n{DELETION}")
    again = planned(admin, f"{POLICY}---\n{DELETION}")

    done = admin.post(f"{both}/press", {"action": "apply"}, follow=True).content.decode()
    handle = store.find_cluster(demo)
    policy = Key("networking.k8s.io", "NetworkPolicy", "shop", "closed")
    after = store.get_many(handle, [WEB, policy])
    moved = admin.get(again, headers={"X-Netviz-Part": "live"}).content.decode()
    admin.post(f"{planned(admin, WRONG.replace('99999', '80'))}/press", {"action": "apply"})
    refused = admin.post(f"{again}/press", {"action": "apply"}, follow=True).content.decode()

    assert "Applied: 2 of 2 documents" in done
    assert list(after) == [policy]
    assert "The base moved" in moved.partition('data-live="moved"')[2]
    assert "Nothing was applied" in refused


def test_recomputing_keeps_the_text_and_makes_another_plan(admin: Client, demo: str) -> None:
    first = planned(admin, POLICY)

    second = admin.post(f"{first}/press", {"action": "recompute"})["Location"]

    assert second != first
    assert admin.get(f"{second}.yaml").content == admin.get(f"{first}.yaml").content


def test_plans_are_kept_up_to_a_number_and_deleted_by_who_made_them(
    admin: Client, demo: str, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plans, "KEPT_PLANS", 2)
    first, second, third = (planned(admin, POLICY) for _turn in range(3))
    other = User.objects.create_user("ben")
    other.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(other)

    assert admin.get(first).status_code == 404
    assert client.post(f"{second}/press", {"action": "delete"}).status_code == 403
    assert client.post(f"{second}/press", {"action": "apply"}).status_code == 403
    assert admin.post(f"{second}/press", {"action": "delete"}).status_code == 302
    assert admin.get(second).status_code == 404
    assert admin.get(third).status_code == 200


def test_whoever_reads_plans_without_a_login_within_a_bound_of_their_own(
    reader: Client, admin: Client, demo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plans, "KEPT_UNKNOWN", 2)
    known = planned(admin, POLICY)
    first, second, third = (planned(reader, POLICY) for _ in range(3))

    assert reader.get(first).status_code == 404
    assert "kept until" in reader.get(second).content.decode()
    assert reader.get(known).status_code == 200
    assert "/login" in reader.post(f"{third}/press", {"action": "apply"})["Location"]
    assert reader.post(f"{known}/press", {"action": "delete"}).status_code == 403
    assert reader.post(f"{third}/press", {"action": "delete"}).status_code == 302

    monkeypatch.setattr(plans, "UNKNOWN_LASTS", timedelta(0))

    assert reader.get(second).status_code == 404
    assert [plan.actor for plan in plans.recent_plans(demo)] == ["admin"]


def test_planning_needs_sight_of_what_it_rests_on(demo: str, client: Client) -> None:
    assert "/login" in client.post("/c/demo/plan", REMOTE_ADDR="192.0.2.9")["Location"]

    ben = User.objects.create_user("ben")
    client.force_login(ben)
    response = client.post("/c/demo/plan", {"text": POLICY}, REMOTE_ADDR="192.0.2.9")

    assert "cluster.view_networkpolicy" in response.content.decode()
    assert plans.recent_plans(demo) == []
