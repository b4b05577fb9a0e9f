"""Finding objects by what a reader types."""

from __future__ import annotations

import pytest

from cluster.catalog import KINDS
from cluster.machinery.findings import Finding
from cluster.machinery.manifest import Manifest
from cluster.machinery.meta import Key
from cluster.machinery.settings import EMPTY, parse_settings
from cluster.machinery.snapshot import Snapshot
from cluster.questions.facts import Facts
from cluster.questions.query.grammar import Query, parse_query
from cluster.questions.query.matching import matching
from cluster.questions.query.objects import ClusterWorld
from cluster.questions.search import find_objects


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    found = Snapshot(KINDS, parse_settings(EMPTY))
    named = [
        ("Service", "shop", "web"), ("Service", "pay", "web"), ("Service", "shop", "cart"),
        ("Pod", "shop", "web-1"), ("Pod", "shop", "my-web"),
    ]  # fmt: skip
    for kind, namespace, name in named:
        item: Manifest = {
            "apiVersion": "v1", "kind": kind,
            "metadata": {"name": name, "namespace": namespace, "labels": {"app": name[:3]}},
            "spec": {"clusterIP": "10.96.0.9", "clusterIPs": ["10.96.0.9"]}
            if name == "cart" else {},
        }  # fmt: skip
        found.put(KINDS[kind].parse(item))
    isolating: Manifest = {
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
        "metadata": {"name": "shut", "namespace": "shop", "labels": {"App": "Web"}},
        "spec": {"podSelector": {"matchLabels": {"app": "web"}}, "policyTypes": ["Ingress"]},
    }  # fmt: skip
    found.put(KINDS["NetworkPolicy"].parse(isolating))
    return found


def found(snapshot: Snapshot, text: str) -> list[str]:
    keys, total = find_objects(snapshot, Facts(), text, limit=10, sees=lambda _kind: True)
    assert total == len(keys)
    return [f"{key.kind} {key.namespace}/{key.name}" for key in keys]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("cart", ["Service shop/cart"]),
        ("kind:svc ns:pay", ["Service pay/web"]),
        ("kind:svc,pod name:web-1", ["Pod shop/web-1"]),
        ("shop/cart", ["Service shop/cart"]),
        ("10.96.0.9", ["Service shop/cart"]),
        ("ip:10.96.0.9", ["Service shop/cart"]),
        ("label:app=car", ["Service shop/cart"]),
        ("web-*", ["Pod shop/web-1"]),
        ("kind:gadget", []),
        ('"web', ["Service pay/web", "Service shop/web", "Pod shop/web-1", "Pod shop/my-web"]),
        ("CART", ["Service shop/cart"]),
    ],
)
def test_terms_narrow_the_search(snapshot: Snapshot, text: str, answer: list[str]) -> None:
    assert found(snapshot, text) == answer


def test_an_exact_name_comes_first_and_a_name_that_contains_it_last(snapshot: Snapshot) -> None:
    answer = found(snapshot, "web")

    assert answer[0] == "Service pay/web"
    assert answer[-1] == "Pod shop/my-web"


def test_the_limit_bounds_the_list_and_not_the_count(snapshot: Snapshot) -> None:
    keys, total = find_objects(snapshot, Facts(), "web", limit=1, sees=lambda _kind: True)

    assert (len(keys), total) == (1, 4)


def test_kinds_that_may_not_be_seen_are_not_found(snapshot: Snapshot) -> None:
    keys, total = find_objects(snapshot, Facts(), "web", limit=9, sees=lambda kind: kind == "Pod")

    assert total == len(keys) == 2


WORDS = (
    "web", "e", "w*b", "*", "web-1", "shop/w", "kind:pod", "ns:pay", "label:app=web", "label:app",
    "10.96.0.9", "name:cart", "ns:shop,pay", "label:app=car", "-web", "name~w", "kind:svc,po",
    "po", "shop", "NV1", "label:app=w*", "(web OR cart)", "label:APP=WEB", "-label:app=web",
    "label:app!=web", "label!=app=web,app=car", "label~pp=w", "s*b", "10.96.*", "ip:10.96.0.0/16",
    "ip!=10.96.0.9", "finding:NV101", "-finding:nv1*", "policy:shut", "policy!=shop/sh*",
    "name!=web", "type:ClusterIP", "status:pending", "from:kind:netpol", "near:cart~2",
    "denied-by:s*", "ns!=shop", "kind!=pod",
)  # fmt: skip


class LookingAtAll(ClusterWorld):
    """The same cluster without its indexes."""

    def meant(self, query: Query) -> set[str]:
        return matching(query, self)


@pytest.mark.parametrize("word", WORDS)
def test_an_index_finds_what_looking_at_every_object_finds(snapshot: Snapshot, word: str) -> None:
    cart = Key("", "Service", "shop", "cart")
    facts = Facts({("rule", cart): (Finding(cart, "NV101", "", "It is alone.", "warning"),)})
    world = LookingAtAll(snapshot, facts, bool)
    for other in ("", *WORDS):
        text = f"{word} {other}"
        fitting = matching(parse_query(text).query, world)

        keys, total = find_objects(snapshot, facts, text, limit=50, sees=bool)
        first, _total = find_objects(snapshot, facts, text, limit=1, sees=bool)

        assert {key.node_id for key in keys} == fitting, text
        assert (total, first) == (len(fitting), keys[:1]), text


def test_a_name_is_found_from_its_first_moment_to_its_last(snapshot: Snapshot) -> None:
    item: Manifest = {
        "apiVersion": "v1", "kind": "Pod", "spec": {},
        "metadata": {"name": "passing-by", "namespace": "shop"},
    }  # fmt: skip
    assert found(snapshot, "passing") == []
    snapshot.put(KINDS["Pod"].parse(item))
    assert found(snapshot, "passing") == ["Pod shop/passing-by"]
    snapshot.remove(KINDS["Pod"].key("shop", "passing-by"))
    assert found(snapshot, "passing") == []
