"""What an account may not list is not told by what is drawn of other objects."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from cluster import store
from cluster.machinery.manifest import JSON

ELSEWHERE = {"REMOTE_ADDR": "192.0.2.9"}
SHUT: JSON = {
    "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
    "metadata": {"name": "shut", "namespace": "shop"},
    "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
}  # fmt: skip


@pytest.fixture
def blind(client: Client, demo: str) -> Client:
    """Return a browser that may see everything but NetworkPolicies, of which there is one."""
    options = store.Options(mode="import", annotate=False)
    store.write_batch(cluster=demo, documents=[SHUT], actor="ana", options=options)
    user = User.objects.create_user("ben")
    seen = Permission.objects.filter(codename__startswith="view_")
    user.user_permissions.set(seen.exclude(codename="view_networkpolicy"))
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    "view",
    ["view=map&lvl=L0", "view=map&lvl=L1", "view=dns&of=shop/web", "view=endpoints&of=shop/web"],
)
def test_drawings_tell_of_policies_to_those_alone_who_may_list_them(
    admin: Client, blind: Client, view: str
) -> None:
    whole = admin.get(f"/c/demo/graph?{view}", **ELSEWHERE)  # type: ignore[arg-type]
    shown = blind.get(f"/c/demo/graph?{view}", **ELSEWHERE)  # type: ignore[arg-type]

    text = str(shown.json() | {"tells": [], "rests": []})
    for word in ("default-deny", "shut", "no policy", "NV130", "Policies", "egress", "shields"):
        assert word not in text, word
    assert len(shown.json()["nodes"]) == len(whole.json()["nodes"])


def test_the_map_says_what_it_leaves_out_and_what_to_ask_for(admin: Client, blind: Client) -> None:
    address = "/c/demo/map?lvl=L1"

    assert "default-deny" in admin.get(address, **ELSEWHERE).content.decode()  # type: ignore[arg-type]
    text = blind.get(address, **ELSEWHERE).content.decode()  # type: ignore[arg-type]

    assert "default-deny" not in text
    assert "may not list NetworkPolicy" in text
    assert "cluster.view_networkpolicy" in text


def test_the_size_of_the_tiles_is_chosen_by_links_that_need_no_scripts(
    reader: Client, demo: str
) -> None:
    text = reader.get(f"/?cluster={demo}").content.decode()
    menu = text.partition('<details class="menubox">')[2].partition("</details>")[0]

    assert "size=services" in menu
    assert "size=findings" in menu
    assert " hidden>" not in menu
    assert f'href="/c/{demo}/trace"' in text.partition("Recent traces")[2]
