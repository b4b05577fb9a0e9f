"""An object's page: its parts, its drills with their undo, and what is left once it is gone."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from cluster import store
from cluster.machinery.manifest import Manifest, mapping_at, value_at
from cluster.machinery.meta import Key
from tests.web.conftest import pod

POD = "/c/demo/o/Pod/shop/web-1"
KEY = Key("", "Pod", "shop", "web-1")


def press(client: Client, address: str, drill: str, number: int = 0) -> str:
    response = client.post(
        f"{address}/drill", {"drill": drill, "number": str(number)}, follow=True
    )
    return str(response.content.decode())


def notes() -> Manifest:
    return mapping_at(store.get("demo", KEY), "metadata", "annotations")


@pytest.mark.parametrize("part", ["summary", "yaml", "events", "links"])
def test_a_part_for_the_drawer_is_a_fragment(reader: Client, demo: str, part: str) -> None:
    text = reader.get(f"{POD}?part={part}").content.decode()

    assert "<html" not in text
    assert text.strip()


def test_what_refreshes_by_itself_comes_without_the_shell(admin: Client, demo: str) -> None:
    press_only = {"drill": "unready", "number": "0"}
    admin.post(f"{POD}/drill", press_only)  # leaves a note for the next whole page
    part = admin.get(POD, headers={"x-netviz-part": "live"})
    text = part.content.decode()

    assert "<html" not in text
    assert "topbar" not in text
    for name in ("chips", "tab", "summary"):
        assert f'data-live="{name}"' in text
    assert "Undo" in admin.get(POD).content.decode()


@pytest.mark.parametrize("address", ["/", "/c/demo/findings", POD, f"{POD}?tab=yaml"])
def test_a_page_that_refreshes_by_itself_says_since_when_and_from_where(
    reader: Client, demo: str, address: str
) -> None:
    text = reader.get(address).content.decode()

    assert 'data-ws="/ws/c/demo/changes"' in text
    assert "data-rev=" in text
    assert "X-Netviz-Part" in reader.get(address)["Vary"]


def test_the_first_page_refreshes_the_cluster_it_shows(reader: Client, demo: str) -> None:
    assert 'data-href="/?cluster=demo"' in reader.get("/").content.decode()


def test_every_name_of_a_kind_leads_to_the_same_page(reader: Client, demo: str) -> None:
    response = reader.get("/c/demo/o/svc/shop/web")

    assert response["Location"] == "/c/demo/o/Service/shop/web"


def test_a_cluster_scoped_object_answers_with_and_without_a_dash(
    reader: Client, demo: str
) -> None:
    assert reader.get("/c/demo/o/Node//node-1").status_code == 200
    assert reader.get("/c/demo/o/Node/-/node-1").status_code == 200


def test_relations_name_the_field_they_rest_on(reader: Client, demo: str) -> None:
    text = reader.get(POD).content.decode()

    assert "is selected by" in text
    assert "/c/demo/o/Service/shop/web?tab=yaml&amp;path=spec.selector" in text


def test_a_service_shows_its_dns_records(reader: Client, demo: str) -> None:
    text = reader.get("/c/demo/o/Service/shop/web?part=summary").content.decode()

    assert "web.shop.svc.cluster.local." in text
    assert "_http._tcp.web.shop.svc.cluster.local." in text


def test_a_pod_without_policies_is_said_to_be_open(reader: Client, demo: str) -> None:
    text = reader.get(f"{POD}?part=summary").content.decode()

    assert text.count("no policy isolates it") == 2


def test_a_pod_shows_which_policies_isolate_it_and_what_they_allow(
    reader: Client, demo: str
) -> None:
    source: Manifest = {"podSelector": {"matchLabels": {"app": "api"}}}
    document: Manifest = {
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
        "metadata": {"name": "from-api", "namespace": "shop"},
        "spec": {
            "podSelector": {}, "ingress": [{"from": [source], "ports": [{"port": "http"}]}],
        },
    }  # fmt: skip
    store.create(cluster="demo", document=document, actor="tests")

    text = reader.get(f"{POD}?part=summary").content.decode()

    assert '/c/demo/o/NetworkPolicy/shop/from-api"' in text
    assert "Pods app=api of Namespace shop" in text
    assert "TCP 8080" in text
    assert text.count("no policy isolates it") == 1


def test_a_pod_shows_the_variables_it_has_from_services(reader: Client, demo: str) -> None:
    text = reader.get(f"{POD}?part=summary").content.decode()

    assert "KUBERNETES_SERVICE_HOST" in text
    assert "WEB_SERVICE_PORT" in text


def test_a_reader_without_the_right_to_policies_is_told_nothing_of_them(
    admin: Client, demo: str, guest: Client
) -> None:
    user = User.objects.get(username="guest")
    user.user_permissions.add(Permission.objects.get(codename="view_pod"))

    text = guest.get(f"{POD}?part=summary", REMOTE_ADDR="192.0.2.7").content.decode()

    assert "Revision" in text
    assert "isolates" not in text


def test_the_download_is_yaml_that_can_be_applied_again(reader: Client, demo: str) -> None:
    response = reader.get(f"{POD}?download")

    assert response["Content-Disposition"] == 'attachment; filename="pod-web-1.yaml"'
    assert response.content.startswith(b"apiVersion: v1\n")


def test_the_field_of_the_address_is_marked_in_the_yaml(reader: Client, demo: str) -> None:
    text = reader.get(f"{POD}?tab=yaml&path=spec.nodeName").content.decode()

    assert 'class="l hl"' in text


def test_two_versions_can_be_compared(admin: Client, demo: str) -> None:
    first = store.get("demo", KEY)["metadata"]
    assert isinstance(first, dict)
    press(admin, POD, "unready")

    text = admin.get(f"{POD}?tab=history&from={first['resourceVersion']}").content.decode()

    assert 'class="l add"' in text
    assert "netviz.io/ready" in text


def test_a_pod_made_unready_is_made_ready_by_the_undo(admin: Client, demo: str) -> None:
    text = press(admin, POD, "unready")
    assert notes()["netviz.io/ready"] == "false"
    assert 'name="drill" value="undo"' in text

    press(admin, POD, "undo")

    assert "netviz.io/ready" not in notes()


def test_an_undo_is_offered_once(admin: Client, demo: str) -> None:
    press(admin, POD, "unready")

    assert 'value="undo"' not in admin.get(POD).content.decode()


def test_a_second_undo_has_nothing_left_to_take_back(admin: Client, demo: str) -> None:
    press(admin, POD, "unready")
    press(admin, POD, "undo")
    before = store.revision_of("demo")

    assert "nothing left to undo" in press(admin, POD, "undo")
    assert store.revision_of("demo") == before


def test_a_cordoned_node_takes_pods_again_after_the_undo(admin: Client, demo: str) -> None:
    node = Key("", "Node", "", "node-1")

    press(admin, "/c/demo/o/Node/-/node-1", "cordon")
    assert value_at(store.get("demo", node), "spec", "unschedulable") is True

    press(admin, "/c/demo/o/Node/-/node-1", "undo")
    assert value_at(store.get("demo", node), "spec", "unschedulable") is None


def test_draining_cordons_a_node_and_deletes_its_pods(admin: Client, demo: str) -> None:
    text = press(admin, "/c/demo/o/Node/-/node-1", "drain")

    assert "1 Pod on it is deleted" in text
    assert store.get("demo", KEY)["metadata"]["deletionTimestamp"]  # type: ignore[index,call-overload]


def test_losing_a_zone_makes_its_nodes_stop_answering(admin: Client, demo: str) -> None:
    text = press(admin, "/c/demo/o/Node/-/node-1", "lose-zone")
    assert "Zone zone-a is lost: its Node is not ready" in text
    assert "Restore zone-a" in admin.get("/c/demo/o/Node/-/node-1").content.decode()

    press(admin, "/c/demo/o/Node/-/node-1", "undo")

    assert "Lose zone-a" in admin.get("/c/demo/o/Node/-/node-1").content.decode()


def test_scaling_says_from_where_to_where(admin: Client, demo: str) -> None:
    address = "/c/demo/o/Deployment/kube-system/coredns"

    text = press(admin, address, "scale", 5)

    key = Key("apps", "Deployment", "kube-system", "coredns")
    assert value_at(store.get("demo", key), "spec", "replicas") == 5
    assert "goes from 2 to 5 replicas" in text


@pytest.mark.parametrize(("drill", "number"), [("explode", 0), ("scale", 99_999), ("scale", -1)])
def test_a_drill_that_cannot_be_is_refused_with_its_reason(
    admin: Client, demo: str, drill: str, number: int
) -> None:
    before = store.revision_of("demo")

    text = press(admin, "/c/demo/o/Deployment/kube-system/coredns", drill, number)

    assert "banner--deny" in text
    assert store.revision_of("demo") == before


def test_a_deleted_object_shows_its_last_version_and_can_be_made_again(
    admin: Client, demo: str
) -> None:
    address = "/c/demo/o/Service/shop/web"
    press(admin, address, "delete")

    response = admin.get(address)
    text = response.content.decode()
    assert response.status_code == 410
    assert "is gone since" in text
    assert "targetPort" in text

    press(admin, address, "restore")
    assert admin.get(address).status_code == 200


def test_what_a_controller_owns_is_up_to_it_and_is_not_made_again_by_hand(
    admin: Client, demo: str
) -> None:
    coredns = store.get("demo", Key("apps", "Deployment", "kube-system", "coredns"))
    uid = mapping_at(coredns, "metadata")["uid"]
    owner: Manifest = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "coredns",
                       "uid": uid, "controller": True}  # fmt: skip
    owned = pod("dns-1")
    mapping_at(owned, "metadata").update(namespace="kube-system", ownerReferences=[owner])
    address = "/c/demo/o/Pod/kube-system/dns-1"
    store.create(cluster="demo", document=owned, actor="controller", mode="import")
    headers = {"accept": "application/json"}

    answer = admin.post(f"{address}/drill", {"drill": "delete"}, headers=headers).json()

    assert answer["sentence"].endswith("coredns makes another, so there is nothing to undo.")
    assert answer["undo"] is None
    key = Key("", "Pod", "kube-system", "dns-1")
    store.delete(cluster="demo", address=key, actor="kubelet", grace_seconds=0)
    page = admin.get(address)
    assert page.status_code == 410
    assert "whether it comes back is up to Deployment kube-system/coredns" in page.content.decode()
    assert 'value="restore"' not in page.content.decode()
    refused = admin.post(f"{address}/drill", {"drill": "restore"}, headers=headers)
    assert refused.status_code == 409
    assert "up to Deployment kube-system/coredns" in refused.json()["error"]


def test_the_drawer_says_that_an_object_is_gone(admin: Client, demo: str) -> None:
    press(admin, "/c/demo/o/Service/shop/web", "delete")

    assert "Gone since" in admin.get("/c/demo/o/Service/shop/web?part=summary").content.decode()


def test_a_write_by_a_reader_carries_their_name(admin: Client, demo: str) -> None:
    store.create(cluster="demo", document=pod("web-2"), actor="ana", mode="import")
    press(admin, "/c/demo/o/Pod/shop/web-2", "unready")

    assert store.recent(store.find_cluster("demo"), limit=1)[0].actor == "admin"


def test_a_namespace_says_what_is_in_it_and_leads_there(reader: Client, demo: str) -> None:
    text = reader.get("/c/demo/o/Namespace/-/shop").content.decode()

    assert "/c/demo/map?lvl=L1&amp;ns=shop" in text
    assert re.search(r"/c/demo/search\?q=kind(%3A|:)Service(\+|%20)ns(%3A|:)shop", text)
    assert "all ready" in text
    assert "open by default" in text
    assert "Service lost" in text  # it selects no Pod, which is a finding


def test_a_default_deny_is_told_and_its_policy_named(reader: Client, demo: str) -> None:
    policy: Manifest = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "deny-all", "namespace": "shop"},
        "spec": {"podSelector": {}, "policyTypes": ["Ingress"]},
    }
    options = store.Options(mode="import", annotate=False)
    store.write_batch(cluster="demo", documents=[policy], actor="ana", options=options)

    text = reader.get("/c/demo/o/Namespace/-/shop").content.decode()

    assert text.count("denied by default") == 1  # nothing is said of the way out
    assert text.count("open by default") == 1
    assert "/c/demo/o/NetworkPolicy/shop/deny-all" in text


def test_a_namespace_tells_nothing_of_kinds_its_reader_may_not_see(
    client: Client, demo: str
) -> None:
    few = User.objects.create_user("few")
    few.user_permissions.add(Permission.objects.get(codename="view_namespace"))
    client.force_login(few)

    text = client.get("/c/demo/o/Namespace/-/shop", REMOTE_ADDR="192.0.2.9").content.decode()

    assert "Nothing is in this Namespace." in text
    assert "Service lost" not in text
    assert "open by default" not in text
