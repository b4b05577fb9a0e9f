"""The pages of what the engine works out: to read, never to write."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from cluster import store
from cluster.machinery.manifest import Manifest
from cluster.models import PolicyVerdict
from cluster.runtime.loop import EngineLoop

POLICY: Manifest = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "metadata": {"name": "only-dns", "namespace": "kube-system"},
    "spec": {
        "podSelector": {},
        "ingress": [{"from": [{"namespaceSelector": {}}], "ports": [{"port": 53}]}],
    },
}


@pytest.fixture
def settled(shop: str) -> str:
    """Return a cluster whose DNS Pods are isolated, as the engine leaves it."""
    store.create(cluster=shop, document=POLICY, actor="tests")
    EngineLoop().run_until_idle()
    return shop


def test_the_dns_records_are_listed(admin: Client, settled: str) -> None:
    text = admin.get(reverse("admin:cluster_dnsrecord_changelist")).content.decode()

    assert "kubernetes.default.svc.cluster.local." in text
    assert "10.96.0.10" in text


def test_the_verdicts_are_listed_with_policies_peers_and_ports(
    admin: Client, settled: str
) -> None:
    text = admin.get(reverse("admin:cluster_policyverdict_changelist")).content.decode()

    assert "kube-system/coredns" in text
    assert "only-dns" in text
    assert "every Pod of every Namespace: TCP 53" in text


def test_verdicts_can_be_filtered_by_what_is_left_open(admin: Client, settled: str) -> None:
    page = reverse("admin:cluster_policyverdict_changelist")

    limited = admin.get(f"{page}?standing__exact=limited").content.decode()
    closed = admin.get(f"{page}?standing__exact=closed").content.decode()

    assert "kube-system/coredns" in limited
    assert "kube-system/coredns" not in closed


def test_a_verdict_can_be_looked_at_and_not_written(admin: Client, settled: str) -> None:
    row = PolicyVerdict.objects.filter(direction="Ingress", standing="limited").get()
    page = reverse("admin:cluster_policyverdict_change", args=(row.pk,))

    shown = admin.get(page)
    written = admin.post(page, {"standing": "open"})

    assert shown.status_code == 200
    assert "every Pod of every Namespace" in shown.content.decode()
    assert written.status_code == 403
    assert admin.get(reverse("admin:cluster_policyverdict_add")).status_code == 403
