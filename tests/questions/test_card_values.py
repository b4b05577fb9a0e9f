"""What a search may match on cards is, after any change, what reading everything anew gives."""

from __future__ import annotations

import pytest

from cluster.catalog import KINDS
from cluster.machinery.findings import Finding
from cluster.machinery.manifest import Manifest
from cluster.machinery.meta import Key
from cluster.machinery.settings import EMPTY, parse_settings
from cluster.machinery.snapshot import Snapshot
from cluster.questions.facts import Facts
from cluster.questions.query.card_values import CARD_FIELDS, CardValues
from cluster.questions.query.values import object_values

WEB = Key("", "Pod", "shop", "web")


def pod(**labels: str) -> Manifest:
    return {
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "web", "namespace": "shop", "labels": {**labels}},
        "spec": {"nodeName": "n1", "containers": [
            {"name": "main", "image": "main", "ports": [{"name": "http", "containerPort": 80}]},
        ]},
        "status": {"podIPs": [{"ip": "10.1.2.3"}, {"ip": "fd00::3"}]},
    }  # fmt: skip


def node(zone: str) -> Manifest:
    labels: Manifest = {"topology.kubernetes.io/zone": zone}
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1", "labels": labels}}


def policy(app: str) -> Manifest:
    return {
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
        "metadata": {"name": "shut", "namespace": "shop"},
        "spec": {"podSelector": {"matchLabels": {"app": app}}, "policyTypes": ["Ingress"]},
    }  # fmt: skip


CHANGES = {
    "node": (node("b"), "zone", ("b",)),
    "policy": (policy("web"), "policy", ("shut", "shop/shut")),
    "pod": (pod(app="web", tier="front"), "label", ("app=web", "tier=front")),
}


@pytest.mark.parametrize("changed", CHANGES)
def test_values_follow_what_they_rest_on(changed: str) -> None:
    snapshot, facts = Snapshot(KINDS, parse_settings(EMPTY)), Facts()
    for item in (node("a"), policy("db"), pod(app="web")):
        snapshot.put(KINDS[str(item["kind"])].parse(item))
    kept = snapshot.beside(CardValues)
    before = read(snapshot, facts)
    manifest, field, values = CHANGES[changed]

    snapshot.put(KINDS[str(manifest["kind"])].parse(manifest))

    after = read(snapshot, facts)
    assert before.get(field) != after[field] == values
    assert snapshot.beside(CardValues) is kept


def test_findings_are_those_of_now() -> None:
    snapshot, facts = Snapshot(KINDS, parse_settings(EMPTY)), Facts()
    snapshot.put(KINDS["Pod"].parse(pod(app="web")))
    assert "finding" not in read(snapshot, facts)

    facts.update({("rule", WEB): (Finding(WEB, "NV101", "", "It is alone.", "warning"),)})

    assert read(snapshot, facts)["finding"] == ("NV101",)


def read(snapshot: Snapshot, facts: Facts) -> dict[str, tuple[str, ...]]:
    """Return the values of the Pod, which are those that reading it now gives."""
    item = snapshot.find(WEB)
    assert item is not None
    kept = dict(snapshot.beside(CardValues).of(WEB, item, facts))
    anew = {field: object_values(snapshot, facts, WEB, item, field) for field in CARD_FIELDS}
    assert kept == {field: values for field, values in anew.items() if values}
    return kept


def test_a_port_is_found_by_number_name_and_as_it_is_written_on_cards() -> None:
    snapshot, facts = Snapshot(KINDS, parse_settings(EMPTY)), Facts()
    snapshot.put(KINDS["Pod"].parse(pod(app="web")))

    assert tuple(read(snapshot, facts)["port"]) == ("80", "80/TCP", "http")
