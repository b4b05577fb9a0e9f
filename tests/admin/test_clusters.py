"""Clusters in the admin: made with settings, described, copied, reset and deleted."""

from __future__ import annotations

import pytest
from django.contrib import admin as django_admin
from django.test import Client
from django.urls import reverse

from cluster import store
from cluster.admin.forms.cluster import FIELDS
from cluster.admin.navigation import GROUPS
from cluster.machinery.errors import NotFound
from cluster.machinery.settings import SETTING_NAMES
from cluster.models import Change, Cluster
from tests.admin.conftest import Made
from tests.admin.pages import errors, inputs

ADD = "admin:cluster_cluster_add"


def address(name: str) -> str:
    return reverse("admin:cluster_cluster_change", args=[Cluster.objects.get(name=name).pk])


def test_every_setting_is_a_field() -> None:
    assert {field.path[0] for field in FIELDS.values()} == set(SETTING_NAMES)


def test_a_cluster_is_made_with_settings(admin: Client) -> None:
    form = inputs(admin.get(reverse(ADD)))
    form |= {
        "name": "two", "title": "The second", "dual_stack": "on", "setting_nodes": "2",
        "setting_node_port_range": "31000-31010", "setting_dns_ttl": "5",
    }  # fmt: skip

    response = admin.post(reverse(ADD), form)

    assert response.status_code == 302, errors(response)
    made = store.find_cluster("two").settings
    assert made.families == ("IPv4", "IPv6")
    assert made.nodes == 2
    assert made.node_port_range == (31000, 31010)
    assert made.dns.ttl == 5


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "No Name"),
        ("name", "shop"),
        ("setting_service_cidrs", "10.0.0.0/99"),
        ("setting_dns_ttl", "999999"),
        ("setting_node_port_range", "5-1"),
        ("setting_nodes", "many"),
        ("setting_upstream_dns", "a: ["),
    ],
)
def test_a_setting_that_cannot_be_is_told_at_its_field(
    admin: Client, field: str, value: str
) -> None:
    form = inputs(admin.get(reverse(ADD))) | {"name": "two"} | {field: value}

    assert list(errors(admin.post(reverse(ADD), form))) == [field]


def test_of_a_cluster_that_is_there_only_its_description_changes(admin: Client) -> None:
    form = inputs(admin.get(address("shop")))
    assert not any(name.startswith("setting_") for name in form)

    admin.post(address("shop"), form | {"title": "Our shop", "setting_nodes": "9"})

    assert store.find_cluster("shop").title == "Our shop"
    assert store.find_cluster("shop").settings.nodes == 1


def test_a_cluster_is_copied_with_its_objects(admin: Client, made: Made) -> None:
    made("Service")
    form = inputs(admin.get(reverse(ADD)))
    source = str(Cluster.objects.get(name="shop").pk)

    response = admin.post(reverse(ADD), form | {"name": "copy", "copy_of": source})

    assert response.status_code == 302, errors(response)
    assert store.count(store.find_cluster("copy")) == store.count(store.find_cluster("shop"))


def test_a_cluster_is_reset(admin: Client, made: Made) -> None:
    made("ConfigMap")
    chosen = [Cluster.objects.get(name="shop").pk]

    admin.post(
        reverse("admin:cluster_cluster_changelist"),
        {"action": "reset_clusters", "_selected_action": chosen},
    )

    assert ("", "ConfigMap") not in store.count(store.find_cluster("shop"))


def test_a_cluster_is_deleted_after_asking(admin: Client) -> None:
    there = reverse("admin:cluster_cluster_delete", args=[Cluster.objects.get(name="shop").pk])
    assert "objects and their log" in admin.get(there).content.decode()

    admin.post(there, {"post": "yes"})

    with pytest.raises(NotFound):
        store.find_cluster("shop")


@pytest.mark.parametrize(
    "model", ["change", "event", "dnsrecord", "policyverdict", "importjob", "enginestate", "lease"]
)
def test_records_only_show(admin: Client, made: Made, model: str) -> None:
    made("Service")

    assert admin.get(reverse(f"admin:cluster_{model}_changelist")).status_code == 200
    assert admin.get(reverse(f"admin:cluster_{model}_add")).status_code == 403


def test_the_log_is_listed_and_shown(admin: Client, made: Made) -> None:
    made("Service")
    text = admin.get(reverse("admin:cluster_change_changelist"), {"q": "web"}).content.decode()
    assert "added" in text

    change = Change.objects.get(kind="Service", name="web")
    there = reverse("admin:cluster_change_change", args=[change.pk])
    assert admin.get(there).status_code == 200
    assert admin.post(there, {}).status_code == 403


@pytest.mark.parametrize("page", ["auth_user_changelist", "auth_user_add", "auth_group_add"])
def test_users_and_groups_have_pages(admin: Client, page: str) -> None:
    assert admin.get(reverse(f"admin:{page}")).status_code == 200


def test_the_side_bar_leads_to_every_page_that_is_registered(admin: Client) -> None:
    listed = {label for _title, entries in GROUPS for label, _icon in entries}
    assert listed == {model._meta.label_lower for model in django_admin.site._registry}
