"""The commands that keep something: load, verify, drill, clusters."""

from __future__ import annotations

from collections.abc import Callable

import orjson
import pytest

from cluster import store
from cluster.catalog import KINDS
from cluster.machinery.manifest import Manifest, list_at, mappings_at, text_at
from cluster.models import Resource
from cluster.store import rows
from tests.management.running import BAD, LOST, UNKNOWN, WEB, Ran

Run = Callable[..., Ran]


def objects_of(cluster: str, kind: str, namespace: str = "shop") -> list[Manifest]:
    found = Resource.objects.filter(cluster__name=cluster, kind=kind, namespace=namespace)
    return [orjson.loads(bytes(row.manifest)) for row in found.order_by("name")]


def tamper(change: Callable[[Manifest], None], **where: str) -> None:
    """Change a stored object behind the store's back."""
    found = Resource.objects.filter(**where).first()
    assert found is not None
    manifest: Manifest = orjson.loads(bytes(found.manifest))
    change(manifest)
    rows.unguarded(Resource).filter(pk=found.pk).update(manifest=orjson.dumps(manifest))


def no_endpoints(manifest: Manifest) -> None:
    manifest["endpoints"] = []


def not_running(manifest: Manifest) -> None:
    status = manifest["status"]
    assert isinstance(status, dict)
    status["phase"] = "Unknown"
    status["conditions"] = []


# load


def test_load_makes_the_cluster_and_waits_for_what_follows(stored_netviz: Run) -> None:
    ran = stored_netviz("load", "--cluster", "shop", "-", stdin=WEB)

    assert ran.code == 0
    assert ran.err == ""
    assert ran.out.splitlines()[-1] == "shop: 2 created"
    assert len(objects_of("shop", "Pod")) == 2
    assert len(list_at(objects_of("shop", "EndpointSlice")[0], "endpoints")) == 2


def test_load_again_changes_nothing(stored_netviz: Run) -> None:
    """K-5."""
    stored_netviz("load", "--cluster", "shop", "-", stdin=WEB)
    before = store.revision_of("shop")

    ran = stored_netviz("load", "--cluster", "shop", "-", stdin=WEB)

    assert (ran.code, ran.out) == (0, "shop: 2 unchanged\n")
    assert store.revision_of("shop") == before


def test_load_tells_each_refused_document_in_a_line_and_keeps_the_others(
    stored_netviz: Run,
) -> None:
    text = f"{WEB}---\n{BAD}---\n{UNKNOWN}---\nkind: [\n---\n{LOST}"

    ran = stored_netviz("load", "--cluster", "shop", "-", stdin=text)

    refused, skipped, unreadable = ran.told
    assert ran.code == 2
    assert ran.out.splitlines()[-1] == "shop: 3 created, 1 refused, 1 skipped, 1 unreadable"
    assert refused.startswith("-:16: Service shop/bad: refused: ")
    assert "spec.ports[0].port: Invalid value: 70000" in refused
    assert skipped.startswith("-:22: Widget gadget: skipped: ")
    assert unreadable.startswith("-:27: unreadable: ")
    assert [text_at(item, "metadata", "name") for item in objects_of("shop", "Service")] == [
        "lost", "web",
    ]  # fmt: skip


def test_a_kind_that_is_not_served_is_skipped_without_harm(stored_netviz: Run) -> None:
    assert stored_netviz("load", "--cluster", "shop", "-", stdin=UNKNOWN).code == 0


def test_apply_merges_and_replace_replaces(stored_netviz: Run) -> None:
    """Apply drops what it wrote before; a replace also drops what others wrote (J-1)."""
    load = ("load", "--cluster", "shop", "-")
    stored_netviz(*load, stdin=LOST)
    key = KINDS["Service"].key("shop", "lost")
    store.patch(
        cluster="shop", address=key, change={"metadata": {"labels": {"by": "hand"}}},
        patch_type="merge", actor="tests",
    )  # fmt: skip
    labelled = LOST.replace("namespace: shop", "namespace: shop, labels: {tier: a}")

    stored_netviz(*load, stdin=labelled)
    merged = objects_of("shop", "Service")[0]
    stored_netviz(*load, "--replace", stdin=labelled)
    replaced = objects_of("shop", "Service")[0]

    assert labels_of(merged) == {"by": "hand", "tier": "a"}
    assert labels_of(replaced) == {"tier": "a"}


def labels_of(manifest: Manifest) -> object:
    meta = manifest["metadata"]
    assert isinstance(meta, dict)
    return meta.get("labels")


def test_a_new_cluster_can_have_both_families(stored_netviz: Run) -> None:
    ran = stored_netviz("load", "--cluster", "two", "--dual-stack", "-", stdin=WEB)

    assert ran.code == 0
    assert store.find_cluster("two").settings.families == ("IPv4", "IPv6")
    assert all(len(mappings_at(pod, "status", "podIPs")) == 2 for pod in objects_of("two", "Pod"))


def test_objects_without_a_namespace_go_where_they_are_told(stored_netviz: Run) -> None:
    text = LOST.replace(", namespace: shop", "")

    stored_netviz("load", "--cluster", "shop", "--namespace", "team", "-", stdin=text)

    assert len(objects_of("shop", "Service", "team")) == 1


def test_a_path_that_is_missing_makes_no_cluster(stored_netviz: Run) -> None:
    ran = stored_netviz("load", "--cluster", "shop", "nowhere.yaml")

    assert (ran.code, ran.err) == (2, "netviz load: nowhere.yaml: no such file or directory\n")
    assert store.all_clusters() == []


def test_a_cluster_needs_a_name_that_can_be_one(stored_netviz: Run) -> None:
    ran = stored_netviz("load", "--cluster", "No Name", "-", stdin=WEB)

    assert ran.code == 2
    assert "a lowercase RFC 1123 label must consist of" in ran.err


def test_what_is_stored_can_be_printed(stored_netviz: Run) -> None:
    stored_netviz("load", "--cluster", "shop", "-", stdin=WEB)

    ran = stored_netviz("simulate", "--cluster", "shop", "--kinds", "Pod", "-o", "json")

    items = [
        item for item in mappings_at(orjson.loads(ran.out), "items")
        if text_at(item, "metadata", "namespace") == "shop"
    ]  # fmt: skip
    assert ran.code == 0
    assert [item["kind"] for item in items] == ["Pod", "Pod"]
    assert all(text_at(item, "metadata", "resourceVersion") for item in items)


# verify


def test_what_the_engine_made_is_equal(stored_netviz: Run) -> None:
    stored_netviz("load", "--cluster", "shop", "-", stdin=WEB)

    assert stored_netviz("verify") == Ran(0, "shop: equal\n", "")
    assert stored_netviz("verify", "--cluster", "shop") == Ran(0, "shop: equal\n", "")


@pytest.mark.parametrize(
    ("kind", "change"), [("EndpointSlice", no_endpoints), ("Pod", not_running)]
)
def test_an_object_that_was_tampered_with_is_found(
    stored_netviz: Run, kind: str, change: Callable[[Manifest], None]
) -> None:
    stored_netviz("load", "--cluster", "shop", "-", stdin=WEB)
    stored_netviz("load", "--cluster", "whole", "-", stdin=WEB)
    tamper(change, cluster__name="shop", kind=kind, namespace="shop")

    ran = stored_netviz("verify")

    lines = ran.out.splitlines()
    assert ran.code == 1
    assert any(line.startswith(f"shop: rules: {kind} shop/web-") for line in lines)
    assert lines[-1] == "whole: equal"
    assert stored_netviz("verify", "--cluster", "whole").code == 0


def test_verify_needs_a_cluster_that_exists(stored_netviz: Run) -> None:
    ran = stored_netviz("verify", "--cluster", "nowhere")

    assert ran == Ran(2, "", 'netviz verify: clusters "nowhere" not found\n')


# drill


def test_a_drill_says_what_it_does_and_does_it(stored_netviz: Run) -> None:
    stored_netviz("load", "--cluster", "shop", "-", stdin=WEB)
    name = text_at(objects_of("shop", "Pod")[0], "metadata", "name")

    ran = stored_netviz("drill", "unready", f"shop/{name}", "--cluster", "shop")

    (pod, *_others) = objects_of("shop", "Pod")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"Pod shop/{name} stops being ready: ")
    assert text_at(pod, "metadata", "annotations", "netviz.io/ready") == "false"


def test_a_drill_scales(stored_netviz: Run) -> None:
    stored_netviz("load", "--cluster", "shop", "-", stdin=WEB)

    ran = stored_netviz("drill", "scale", "deploy/shop/web", 5, "--cluster", "shop")

    (deployment,) = objects_of("shop", "Deployment")
    assert ran == Ran(0, "Deployment shop/web goes from 2 to 5 replicas.\n", "")
    assert deployment["spec"] == {**_mapping(deployment["spec"]), "replicas": 5}


def _mapping(value: object) -> Manifest:
    assert isinstance(value, dict)
    return value


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(("unready", "shop/nobody"), 'pods "nobody" not found', id="pod"),
        pytest.param(("drain", "node-9"), 'nodes "node-9" not found', id="node"),
        pytest.param(("lose-zone", "mars"), 'no Node is in zone "mars"', id="zone"),
        pytest.param(("scale", "Deployment/shop/web"), "needs a number of replicas", id="count"),
        pytest.param(("scale", "Service/shop/web", "3"), "workload with replicas", id="kind"),
    ],
)
def test_a_drill_that_cannot_be_is_refused(
    stored_netviz: Run, arguments: tuple[str, ...], words: str
) -> None:
    stored_netviz("load", "--cluster", "shop", "-", stdin=WEB)
    before = store.revision_of("shop")

    ran = stored_netviz("drill", *arguments, "--cluster", "shop")

    assert (ran.code, ran.out) == (2, "")
    assert words in ran.err
    assert store.revision_of("shop") == before


def test_an_unknown_drill_lists_the_known_ones(stored_netviz: Run) -> None:
    ran = stored_netviz("drill", "explode", "shop/web")

    assert ran.code == 2
    assert "lose-zone" in ran.err


# clusters


def test_clusters_are_made_listed_and_deleted(stored_netviz: Run) -> None:
    made = stored_netviz("clusters", "make", "one", "--config", '{"nodes": 1}')
    two = stored_netviz("clusters", "make", "two", "--dual-stack")
    listed = stored_netviz("clusters")
    gone = stored_netviz("clusters", "delete", "one")

    assert (made.code, two.code, gone.code) == (0, 0, 0)
    assert [line.split()[0] for line in listed.out.splitlines()] == ["one", "two"]
    assert gone.out == "one deleted\n"
    assert [item.name for item in store.all_clusters()] == ["two"]
    assert store.find_cluster("two").settings.families == ("IPv4", "IPv6")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(("make", "one"), "already exists", id="a name that is taken"),
        pytest.param(("make", "No"), "RFC 1123", id="a name that is none"),
        pytest.param(("make", "x", "--config", "{"), "--config is no JSON", id="no JSON"),
        pytest.param(("make", "x", "--config", "[]"), "must be a JSON object", id="a list"),
        pytest.param(
            ("make", "x", "--config", '{"nodes": -1}'), "nodes: Invalid value", id="value"
        ),
        pytest.param(("delete", "x"), 'clusters "x" not found', id="a missing cluster"),
    ],
)
def test_a_mistake_about_clusters_is_told(
    stored_netviz: Run, arguments: tuple[str, ...], words: str
) -> None:
    stored_netviz("clusters", "make", "one")

    ran = stored_netviz("clusters", *arguments)

    assert (ran.code, ran.out) == (2, "")
    assert words in ran.err
    assert [item.name for item in store.all_clusters()] == ["one"]
