"""What an object has to do with others."""

from __future__ import annotations

import pytest

from cluster.catalog import KINDS
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.meta import Key
from cluster.machinery.settings import EMPTY, parse_settings
from cluster.machinery.snapshot import Snapshot
from cluster.questions.relations import MOST, Relation, relations

SERVICE = Key("", "Service", "shop", "web")
POD = Key("", "Pod", "shop", "web-1")
SLICE = Key("discovery.k8s.io", "EndpointSlice", "shop", "web-x")
REPLICA_SET = Key("apps", "ReplicaSet", "shop", "web-5d")
NODE = Key("", "Node", "", "node-1")
INGRESS = Key("networking.k8s.io", "Ingress", "shop", "front")
POLICY = Key("networking.k8s.io", "NetworkPolicy", "shop", "deny")


def manifest(key: Key, meta: Manifest | None = None, **fields: JSON) -> Manifest:
    kind = KINDS[key.kind]
    named: Manifest = {"name": key.name, "uid": f"uid-{key.name}"}
    if key.namespace:
        named["namespace"] = key.namespace
    return {"apiVersion": kind.api_version, "kind": key.kind,
            "metadata": named | (meta or {}), **fields}  # fmt: skip


def pod(key: Key) -> Manifest:
    owner: Manifest = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-5d",
                       "uid": "uid-web-5d", "controller": True}  # fmt: skip
    spec: Manifest = {"nodeName": "node-1", "containers": [{"name": "main", "image": "x"}]}
    return manifest(key, {"labels": {"app": "web"}, "ownerReferences": [owner]}, spec=spec)


@pytest.fixture
def snapshot() -> Snapshot:
    backend: Manifest = {"service": {"name": "web", "port": {"number": 80}}}
    path: Manifest = {"path": "/", "pathType": "Prefix", "backend": backend}
    endpoint: Manifest = {
        "addresses": ["10.0.0.1"],
        "targetRef": {"kind": "Pod", "namespace": "shop", "name": "web-1"},
    }
    found = Snapshot(KINDS, parse_settings(EMPTY))
    for item in (
        manifest(SERVICE, spec={"selector": {"app": "web"}, "ports": [{"port": 80}]}),
        pod(POD),
        manifest(REPLICA_SET, spec={
            "selector": {"matchLabels": {"app": "web"}},
            "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": []}},
        }),
        manifest(SLICE, {"labels": {"kubernetes.io/service-name": "web"}},
                 addressType="IPv4", endpoints=[endpoint], ports=[]),
        manifest(NODE),
        manifest(INGRESS, spec={"rules": [{"host": "a.example", "http": {"paths": [path]}}]}),
        manifest(POLICY, spec={"podSelector": {}, "policyTypes": ["Ingress"]}),
    ):  # fmt: skip
        found.put(KINDS[str(item["kind"])].parse(item))
    return found


def told(snapshot: Snapshot, key: Key) -> set[tuple[str, Key, str]]:
    return {(r.word, r.key, r.path) for r in relations(snapshot, key).listed}


@pytest.mark.parametrize(
    ("key", "word", "other", "path"),
    [
        (SERVICE, "selects", POD, "spec.selector"),
        (POD, "is selected by", SERVICE, "spec.selector"),
        (POD, "is selected by", POLICY, "spec.podSelector"),
        (POLICY, "selects", POD, "spec.podSelector"),
        (POD, "is owned by", REPLICA_SET, "metadata.ownerReferences[0]"),
        (REPLICA_SET, "owns", POD, "metadata.ownerReferences"),
        (POD, "runs on", NODE, "spec.nodeName"),
        (NODE, "runs", POD, "spec.nodeName"),
        (SERVICE, "has its endpoints in", SLICE,
         "metadata.labels[kubernetes.io/service-name]"),
        (SLICE, "lists", POD, "endpoints[0].targetRef"),
        (POD, "is an endpoint in", SLICE, "endpoints[0].targetRef"),
        (INGRESS, "routes to", SERVICE, "spec.rules[0].http.paths[0].backend"),
        (SERVICE, "is routed to by", INGRESS, "spec.rules[0].http.paths[0].backend"),
    ],
)  # fmt: skip
def test_both_ends_tell_the_relation_and_its_field(
    snapshot: Snapshot, key: Key, word: str, other: Key, path: str
) -> None:
    assert (word, other, path) in told(snapshot, key)


def test_an_object_that_is_not_there_has_no_relations(snapshot: Snapshot) -> None:
    assert relations(snapshot, Key("", "Pod", "shop", "nobody")).listed == ()


def test_more_than_a_hundred_of_a_relation_are_counted(snapshot: Snapshot) -> None:
    for number in range(MOST + 20):
        snapshot.put(KINDS["Pod"].parse(pod(Key("", "Pod", "shop", f"more-{number:03}"))))

    found = relations(snapshot, SERVICE)

    assert len([r for r in found.listed if r.word == "selects"]) == MOST
    assert found.more["selects"] == 21


def test_relations_are_told_in_one_order(snapshot: Snapshot) -> None:
    once: tuple[Relation, ...] = relations(snapshot, POD).listed

    assert once == relations(snapshot, POD).listed


def test_a_selector_means_pods_and_nothing_else_with_the_same_labels(snapshot: Snapshot) -> None:
    labelled = manifest(
        Key("apps", "ReplicaSet", "shop", "web-6e"), {"labels": {"app": "web"}},
        spec={
            "selector": {"matchLabels": {"app": "api"}},
            "template": {"metadata": {"labels": {"app": "api"}}, "spec": {"containers": []}},
        },
    )  # fmt: skip
    snapshot.put(KINDS["ReplicaSet"].parse(labelled))

    assert told(snapshot, Key("apps", "ReplicaSet", "shop", "web-6e")) == set()
